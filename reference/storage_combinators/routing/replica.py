"""Replica: one store of many, some of which may fail (ours; field: quorum replication, the ABD register, Dynamo)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from time import time_ns
from typing import ClassVar, Generic, TypeVar
from uuid import uuid4

from ..functions import present, same
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Missing, Store
from .asking import Ask, in_turn
from .quorum import Quorum
from .stamped import Stamped

V = TypeVar("V")


def ticket() -> str:
    """Never the same twice."""
    return uuid4().hex


@dataclass(frozen=True)
class Replica(Generic[V]):
    """Each value, stamped, in all n `sources`; a read needs n + 1 - `writes` of them, a write as many, then `writes`.

    ``Replica((a, b, c), 2) ≈`` one dictionary while any one source fails or lags behind; with ``writes=n`` any one is
    enough to read, and with ``ask=at_once(executor)`` the fastest are. A read that meets disagreement is a write of the
    newest, `repair` reads every ref: at once after a source has lost what it had. A copy that is Damaged is no answer;
    the next write replaces it, or repair. A delete is a stamped value and stays. A write that failed or was stopped is
    open: it may show later, but over none that began after it while clocks agree, and once read it stays if a read
    needs as many as a write. swap compares, then writes: two at once may both win.

    >>> from storage_combinators import Memory
    >>> a, b, c = Memory(), Memory(), Memory(); Replica((a, b, c), 2).put(Ref("a"), "x")
    >>> store = Replica((Memory(), b, c), 2); store.get(Ref("a")), store.sources[0].get(Ref("a")).value
    ('x', 'x')
    """

    sources: tuple[Store[Stamped[V]], ...]
    writes: int
    clock: Callable[[], int] = field(default=time_ns, repr=False, compare=False)
    ticket: Callable[[], str] = field(default=ticket, repr=False, compare=False)
    ask: Ask = field(default=in_turn, repr=False, compare=False)

    without: ClassVar[dict[str, str]] = {
        "threads": "swap compares, then writes; Locked over it restores it among threads",
    }

    def __post_init__(self) -> None:
        _ = self.quorum  # which may be impossible

    @property
    def quorum(self) -> Quorum[V]:
        """The sources, and how many of them are enough."""
        return Quorum(self.sources, len(self.sources) + 1 - self.writes, self.writes, self.ask)

    def get(self, ref: Ref, /) -> V:
        value = self.quorum.newest(ref).value
        if value is MISSING:
            raise Missing(ref)
        return value

    def put(self, ref: Ref, value: V, /) -> None:
        self._write(ref, self.quorum.newest(ref), present(value))

    merge = put  # what is stored is stamped, so that no source could merge: put Merging over it

    def delete(self, ref: Ref, /) -> None:
        self._write(ref, self.quorum.newest(ref), MISSING)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        newest = self.quorum.newest(ref)
        if not same(newest.value, old) and not self.quorum.holds(ref, replace(newest, value=old)):
            raise Conflict(ref)
        if not same(old, new):  # else it only tests: a write could undo one that came in between
            self._write(ref, newest, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        yield from filter(self.quorum.alive if depth == 1 else self.quorum.held, self.quorum.listed(base, depth))

    def repair(self, base: Ref = Ref()) -> None:
        """Bring every source up to date at and under `base`. No verb of a store; all sources must answer."""
        self.quorum.repair(base)

    def _write(self, ref: Ref, newest: Stamped[V], value: V | Gone) -> None:
        self.quorum.spread(ref, Stamped(max(newest.count + 1, self.clock()), self.ticket(), value))
