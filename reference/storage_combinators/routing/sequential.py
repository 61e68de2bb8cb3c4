"""Sequential: the first store that has it (paper, figure 13, by name only; field: overlay, fallback, chain)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from ..functions import look
from ..ref import Ref
from ..store import MISSING, Depth, Gone, Missing, Store
from .several import copy_up, once

V = TypeVar("V")


@dataclass(frozen=True)
class Sequential(Generic[V]):
    """Reads from the first of `sources` that has the ref, writes to the first of all; the others never change.

    ``Sequential((a,)) ≈ a``; ``Sequential((a, Sequential((b, c)))) ≈ Sequential((a, b, c))``.
    Absence moves on to the next, failure does not. A delete bares what a lower one has, as the paper's code does.
    merge and swap first copy the visible value up: stopped midway or in conflict that copy stays, and nothing looks
    different until a lower store changes.

    >>> from storage_combinators import Memory, Ref
    >>> store = Sequential((Memory(), Memory({Ref("a"): 1}))); store.put(Ref("a"), 2); store.get(Ref("a"))
    2
    >>> store.delete(Ref("a")); store.get(Ref("a"))
    1
    """

    sources: tuple[Store[V], ...]

    without: ClassVar[dict[str, str]] = {
        "threads": "a delete may come between copying up and swap; Locked over it restores it",
    }

    def __post_init__(self) -> None:
        if not self.sources:
            raise ValueError("Sequential needs at least one source, the one that is written")

    @property
    def first(self) -> Store[V]:
        """The store that is written."""
        return self.sources[0]

    def get(self, ref: Ref, /) -> V:
        for source in self.sources:
            value = look(source, ref)
            if value is not MISSING:
                return value
        raise Missing(ref)

    def put(self, ref: Ref, value: V, /) -> None:
        self.first.put(ref, value)

    def merge(self, ref: Ref, value: V, /) -> None:
        copy_up(self, self.first, ref)
        self.first.merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        self.first.delete(ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        copy_up(self, self.first, ref)
        self.first.swap(ref, old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return once(self.sources, base, depth)
