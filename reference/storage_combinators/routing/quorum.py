"""Quorum: enough of several sources, so that any two quorums have one in common (Attiya, Bar-Noy and Dolev 1995)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from ..ref import Ref
from ..store import MISSING, Depth, Store
from ..transforming.checked import Damaged
from .asking import Ask
from .stamped import Stamped, holds, raise_to, stamped

V = TypeVar("V")


@dataclass(frozen=True)
class Quorum(Generic[V]):
    """The sources of a Replica, of which `writes` must take a write and `reads` answer a read; no store itself.

    ``reads + writes > len(sources)``: among those that answer is one that has the newest that was acknowledged.
    """

    sources: Sequence[Store[Stamped[V]]]
    reads: int
    writes: int
    ask: Ask

    def __post_init__(self) -> None:
        if not 1 <= self.writes <= len(self.sources):
            most = f"1 to {len(self.sources)}" if self.sources else "there must be at least one source"
            raise ValueError(f"writes={self.writes}: how many of the sources a write needs is {most}")

    def newest(self, ref: Ref) -> Stamped[V]:
        """The newest that any of `reads` sources has; where they disagree, all are brought up to it first."""
        answers = self.ask(self.sources, lambda source: stamped(source, ref), self.reads, self.reads)
        newest = max(answers, key=Stamped.when)
        if any(answer.when() != newest.when() for answer in answers):
            self.spread(ref, newest)  # so that what was shown once is shown from now on
        return newest

    def spread(self, ref: Ref, mine: Stamped[V]) -> None:
        """Offer `mine` to all sources; the first failure is raised where fewer than `writes` took it."""
        self.ask(self.sources, lambda source: raise_to(source, ref, mine), self.writes, len(self.sources))

    def repair(self, base: Ref) -> None:
        """Bring every source up to date at and under `base`; all must answer.

        A Damaged copy is replaced if enough others can be read.
        """
        everyone = replace(self, reads=len(self.sources), writes=len(self.sources))
        for ref in everyone.listed(base, None):
            try:
                everyone.newest(ref)
            except Damaged:
                everyone.spread(ref, self.newest(ref))
                everyone.newest(ref)

    def listed(self, base: Ref, depth: Depth) -> set[Ref]:
        """What any of `reads` sources lists, deleted or not."""
        return set[Ref]().union(
            *self.ask(self.sources, lambda source: list(source.refs(base, depth)), self.reads, self.reads)
        )

    def holds(self, ref: Ref, mine: Stamped[V]) -> bool:
        """Is `mine` what a source has, equal or encoded alike?"""
        return any(self.ask(self.sources, lambda source: holds(source, ref, mine), self.reads, self.reads))

    def held(self, ref: Ref) -> bool:
        """Is there a value?"""
        return self.newest(ref).value is not MISSING

    def alive(self, ref: Ref) -> bool:
        """Is there one at or below `ref`? Asked level by level, until something is found."""
        return self.held(ref) or any(map(self.alive, self.listed(ref, 1)))
