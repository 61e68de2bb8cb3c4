"""Renamed: the base of what changes the reference, there and back (half of the paper's mapping store, 3.1.2)."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..ref import Ref
from ..store import Depth, Gone, Store

V = TypeVar("V")


@dataclass(frozen=True)
class Renamed(ABC, Generic[V]):
    """A store whose refs are called something else in the source. Extend it with `down` and `up`.

    ``get(r) = source.get(down(r))``, so for every verb; ``up(down(r)) = r``, so no two refs meet in one.
    Absence, failure and being stopped midway are the source's; its answers name the source's ref.

    >>> from storage_combinators import Memory, Ref
    >>> class Upper(Renamed):
    ...     def down(self, ref): return Ref(*map(str.swapcase, ref))
    ...     up = down
    >>> store = Upper(Memory()); store.put(Ref("a"), b"1"); list(store.source.refs(Ref()))
    [Ref('A')]
    """

    source: Store[V]

    @abstractmethod
    def down(self, ref: Ref) -> Ref:
        """What the source calls `ref`; also of a base, so that listing keeps its depth. Paper: mapRef."""

    @abstractmethod
    def up(self, ref: Ref) -> Ref:
        """The inverse of `down`, for listing."""

    def get(self, ref: Ref, /) -> V:
        return self.source.get(self.down(ref))

    def put(self, ref: Ref, value: V, /) -> None:
        self.source.put(self.down(ref), value)

    def merge(self, ref: Ref, value: V, /) -> None:
        self.source.merge(self.down(ref), value)

    def delete(self, ref: Ref, /) -> None:
        self.source.delete(self.down(ref))

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        self.source.swap(self.down(ref), old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return map(self.up, self.source.refs(self.down(base), depth))
