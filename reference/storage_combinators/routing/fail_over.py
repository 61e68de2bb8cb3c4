"""FailOver: the next store when one fails (ours; field: failover, standby)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..ref import Ref
from ..store import Conflict, Depth, Gone, Missing, Refused, Store

V = TypeVar("V")
_ANSWERS = (Missing, Conflict, Refused)


@dataclass(frozen=True)
class FailOver(Generic[V]):
    """Reads from the first of `sources` that does not fail, Missing being an answer; writes to the first of all alone.

    ``FailOver((a, b)) ≈ a`` while a does not fail; while it does, ``get = b.get``. Sequential moves on from absence.
    A write that the first fails is raised and never made elsewhere: it would be lost when the first is back. Who keeps
    the others alike is another matter (Fanout, Replica, a copy). The last failure is raised; a listing goes on with
    what it has not told yet. Stopped midway: each write is one verb of the first.

    >>> from storage_combinators import Failing, Memory, Ref
    >>> def down(verb, ref): raise ConnectionError(verb)
    >>> FailOver((Failing(Memory(), before=down), Memory({Ref("a"): 1}))).get(Ref("a"))
    1
    """

    sources: tuple[Store[V], ...]
    failures: tuple[type[Exception], ...] = (Exception,)

    def __post_init__(self) -> None:
        if not self.sources:
            raise ValueError("FailOver needs at least one source, the one that is written")

    def get(self, ref: Ref, /) -> V:
        for source in self.sources[:-1]:
            try:
                return source.get(ref)
            except _ANSWERS:
                raise
            except self.failures:
                pass  # the next is asked
        return self.sources[-1].get(ref)

    def put(self, ref: Ref, value: V, /) -> None:
        self.sources[0].put(ref, value)

    def merge(self, ref: Ref, value: V, /) -> None:
        self.sources[0].merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        self.sources[0].delete(ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        self.sources[0].swap(ref, old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        told: set[Ref] = set()
        for place, source in enumerate(self.sources, 1):
            try:
                for ref in source.refs(base, depth):
                    if ref not in told:
                        told.add(ref)
                        yield ref
                return
            except _ANSWERS:
                raise
            except self.failures:
                if place == len(self.sources):
                    raise
