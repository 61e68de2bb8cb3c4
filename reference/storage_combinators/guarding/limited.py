"""Limited: so many at a time (ours; field: concurrency limit, bulkhead)."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Any, TypeVar

from ..ref import Ref
from ..store import Depth
from .around import Around

V = TypeVar("V")


@dataclass(frozen=True)
class Limited(Around[V]):
    """A store at whose source at most `slots` verbs are at work at once; the others wait for their turn.

    ``Limited(s, n) ≈ s``, and ``Limited(s, 1)`` is as atomic as Locked(s), but not to be entered twice by one thread.
    refs holds the whole listing in memory: who reads it slowly would keep a slot. Absence and failure are the
    source's; the slot is given back in every case.

    >>> from storage_combinators import Memory
    >>> Limited(Memory({Ref("a"): 1}), 4).get(Ref("a"))
    1
    """

    slots: int
    gates: dict[int, Any] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.slots < 1:
            raise ValueError(f"with {self.slots} slots nobody gets in: give at least 1")

    def around(self, verb: str, ref: Ref) -> AbstractContextManager[Any]:
        if self.slots not in self.gates:
            self.gates.setdefault(self.slots, BoundedSemaphore(self.slots))
        gate: AbstractContextManager[Any] = self.gates[self.slots]
        return gate

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter(list(super().refs(base, depth)))
