"""PassThrough: the identity, and the base of what changes nothing (paper, section 3.1.1; field: proxy)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..ref import Ref
from ..store import Depth, Gone, Store

V = TypeVar("V")


@dataclass(frozen=True)
class PassThrough(Generic[V]):
    """A store that hands everything on. Extend it and say only what differs.

    ``PassThrough(s) ≈ s``: no sequence of operations tells them apart.
    Absence, failure and being stopped midway are the source's.

    >>> from storage_combinators import Memory, Ref
    >>> store = PassThrough(Memory())
    >>> store.put(Ref("a"), b"1"); store.source.get(Ref("a"))
    b'1'
    """

    source: Store[V]

    def get(self, ref: Ref, /) -> V:
        return self.source.get(ref)

    def put(self, ref: Ref, value: V, /) -> None:
        self.source.put(ref, value)

    def merge(self, ref: Ref, value: V, /) -> None:
        self.source.merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        self.source.delete(ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        self.source.swap(ref, old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return self.source.refs(base, depth)
