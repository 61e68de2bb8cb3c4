"""History: what was there before is kept (ours; field: versioning, point-in-time reads, undo)."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from ..functions import changes_nothing, look
from ..guarding.read_only import ReadOnly
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Missing, Refused, Store
from ..transforming.pass_through import PassThrough

V = TypeVar("V")


@dataclass(frozen=True)
class History(PassThrough[V]):
    """A store that keeps in `versions` what each write found, and until when it was there: (v,), or () for nothing.

    ``History(s) ≈ s``; ``as_of(t).get(r)`` is what get(r) answered at time t, before the first write too.
    What is there is kept before it is written over: a failure, or being stopped midway, leaves nothing untrue, and
    what cannot be kept is not written over. Versions are never removed, nor is one that a Conflict made needless; a
    swap that only tests keeps none. Of several who write one ref at the same time, one version may be missing: Locked
    over it keeps all. Over bytes: TupleCodec.

    >>> from storage_combinators import Memory, Ref
    >>> store = History(Memory(), Memory(), iter(range(9)).__next__); store.put(Ref("a"), "x"); store.put(Ref("a"), "y")
    >>> store.as_of(0).get(Ref("a")), store.undo(Ref("a")), store.get(Ref("a"))
    ('x', None, 'x')
    """

    versions: Store[tuple[V, ...]]
    clock: Callable[[], float] = time.time

    def put(self, ref: Ref, value: V, /) -> None:
        self._keep(ref)
        self.source.put(ref, value)

    def merge(self, ref: Ref, value: V, /) -> None:
        self._keep(ref)
        self.source.merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        self._keep(ref)
        self.source.delete(ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        if not changes_nothing(old, new):
            self._keep(ref)
        self.source.swap(ref, old, new)

    def as_of(self, moment: float) -> "AsOf[V]":
        """What was there at `moment`, to read. No verb of a store."""
        return AsOf(self.source, self.versions, moment)

    def undo(self, ref: Ref) -> None:
        """Back to what was there before it was last changed, as one more change; undo again brings it back.

        Refused where it never was anything else; Conflict if somebody writes meanwhile. No verb of a store.
        """
        now = look(self.source, ref)
        for _, record in sorted(records(self.versions, ref), reverse=True):
            old = _value(self.versions.get(record))
            if not changes_nothing(old, now):
                return self.swap(ref, now, old)
        raise Refused(f"{ref!r} was never anything else")

    def _keep(self, ref: Ref) -> None:
        old, now = look(self.source, ref), float(self.clock())
        for number in count():
            with suppress(Conflict):  # another write had this time and number
                self.versions.swap(_place(ref) / f"@{now!r}@{number}", MISSING, () if old is MISSING else (old,))
                return


@dataclass(frozen=True)
class AsOf(ReadOnly[V]):
    """What a History had at `moment`, to read: ``get(r)`` is the first version kept later, else what is there now.

    Writes are Refused. Absence at that time is Missing; failure is the source's. A listing reads each version that it
    lists, and of each child one at least. It is as right as the clock: one that was set back tells another past.

    >>> from storage_combinators import Memory, Ref
    >>> store = History(Memory({Ref("a"): 1}), Memory(), clock=lambda: 5); store.delete(Ref("a"))
    >>> list(store.as_of(4).refs(Ref())), list(store.as_of(5).refs(Ref()))
    ([Ref('a')], [])
    """

    versions: Store[tuple[V, ...]]
    moment: float

    def get(self, ref: Ref, /) -> V:
        value = self._then(ref)
        if value is MISSING:
            raise Missing(ref)
        return value

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        ever = {base} if depth == 0 else {*self._ever(base, depth)} - ({base} if depth == 1 else set())
        for ref in ever:
            if any(self._then(each) is not MISSING for each in ([ref] if depth != 1 else self._ever(ref, None))):
                yield ref

    def _ever(self, base: Ref, depth: Depth) -> Iterator[Ref]:
        """What has a value or had one: in the listing of now, and of the versions; some come twice."""
        yield from self.source.refs(base, depth)
        yield from map(_written, self.versions.refs(_place(base), depth))

    def _then(self, ref: Ref) -> V | Gone:
        now = look(self.source, ref)  # first: who writes from here on has kept it
        later = min((found for found in records(self.versions, ref) if found[0][0] > self.moment), default=None)
        return now if later is None else _value(self.versions.get(later[1]))


def records(versions: Store[tuple[V, ...]], ref: Ref) -> Iterator[tuple[tuple[float, int], Ref]]:
    """Where the versions of `ref` are kept, each with the time until which it was there, and its number then."""
    for record in versions.refs(_place(ref), 1):
        if record[-1].startswith("@"):
            _, until, number = record[-1].split("@")
            yield (float(until), int(number)), record


def _value(version: tuple[V, ...]) -> V | Gone:
    return version[0] if version else MISSING


def _place(ref: Ref) -> Ref:
    """Below it are the versions of `ref`: a name of a user never begins with @ there."""
    return Ref(*(f"-{name}" for name in ref))


def _written(record: Ref) -> Ref:
    """What `record` is a version of, or the ref whose place it is."""
    return Ref(*(name[1:] for name in record if not name.startswith("@")))
