"""Bounded: no more than so many bytes; what was not used for longest goes (ours; field: LRU eviction)."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, ClassVar, TypeVar

from ..functions import look, size, walk
from ..ref import Ref
from ..store import MISSING, Gone, Refused, Store
from ..transforming.pass_through import PassThrough

V = TypeVar("V")


@dataclass
class Room:
    """How much each ref takes, the one that was not used for longest first, and all together."""

    taken: OrderedDict[Ref, int] = field(default_factory=OrderedDict)
    total: int = 0
    counted: bool = False  # what was there before

    def use(self, ref: Ref, most: int) -> None:
        """From now on `ref` takes `most`, and was used last."""
        self.total = self.others(ref) + most
        self.taken[ref] = most
        self.taken.move_to_end(ref)

    def free(self, ref: Ref) -> None:
        """From now on nothing is at `ref`."""
        self.total = self.others(ref)
        self.taken.pop(ref, None)

    def others(self, ref: Ref | None) -> int:
        """What all but `ref` take."""
        return self.total - self.taken.get(ref, 0) if ref is not None else self.total

    def oldest(self, ref: Ref | None) -> Ref:
        """The one that was not used for longest, but not `ref`."""
        return next(other for other in self.taken if other != ref)

    def shrink(self, source: Store[Any], most: int, but: Ref | None = None) -> None:
        """Delete from `source`, the oldest first, until all but `but` take `most` together."""
        while self.others(but) > most:
            oldest = self.oldest(but)
            source.delete(oldest)
            self.free(oldest)

    def make(self, source: Store[Any], limit: int, ref: Ref, most: int) -> None:
        """Room for `most` at `ref`, which may be there from now on; Refused if there is none."""
        if most > limit:
            raise Refused(f"{ref!r} would take {most}, and there is room for {limit}")
        self.shrink(source, limit - most, ref)
        self.use(ref, max(most, self.taken.get(ref, 0)))  # after a failure either may be there

    def count(self, source: Store[Any], limit: int) -> None:
        """What was there before the first use; what is too much of it goes."""
        for ref in walk(source, Ref()):
            self.use(ref, size(look(source, ref)))
        self.shrink(source, limit)
        self.counted = True


@dataclass(frozen=True)
class Bounded(PassThrough[V]):
    """A store that makes room: its values take `limit` bytes at most, and what was not used for longest is deleted.

    ``sum(size(v)) <= limit`` in the source at each moment, stopped midway too, as long as all writes go through here
    (what is there already is counted at the first use). get, put and swap are uses. What does not fit at all is
    Refused, and nothing goes for it. Absence and failure are the source's; merge replaces, so Merging stands above.

    >>> from storage_combinators import Memory, Ref
    >>> store = Bounded(Memory(), 2)
    >>> for name in "abc": store.put(Ref(name), b"1")
    >>> list(store.refs(Ref()))
    [Ref('b'), Ref('c')]
    """

    limit: int
    room: Room = field(default_factory=Room, repr=False, compare=False)
    lock: Any = field(default_factory=RLock, repr=False, compare=False)

    without: ClassVar[dict[str, str]] = {"keeps": "what was not used for longest makes room for what is new"}

    def __post_init__(self) -> None:
        if self.limit < 0:
            raise ValueError(f"limit is the bytes that all values take together, at least 0, not {self.limit}")

    def get(self, ref: Ref, /) -> V:
        with self._alone():
            value = self.source.get(ref)
            self.room.use(ref, size(value))
            return value

    def put(self, ref: Ref, value: V, /) -> None:
        with self._alone(), self._made(ref, size(value)):
            self.source.put(ref, value)

    merge = put

    def delete(self, ref: Ref, /) -> None:
        with self._alone():
            self.source.delete(ref)
            self.room.free(ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        with self._alone():
            self.source.swap(ref, old, old)  # a Conflict comes before anything goes
            with self._made(ref, size(new)):
                self.source.swap(ref, old, new)
            if new is MISSING:
                self.room.free(ref)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self.lock:
            if not self.room.counted:
                self.room.count(self.source, self.limit)
            yield

    @contextmanager
    def _made(self, ref: Ref, most: int) -> Iterator[None]:
        self.room.make(self.source, self.limit, ref, most)
        yield
        self.room.use(ref, most)
