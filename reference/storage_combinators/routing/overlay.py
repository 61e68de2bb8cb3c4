"""Overlay: changes kept apart from what they change (ours; field: copy-on-write, union mount with whiteouts)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from ..functions import exists, look
from ..ref import Ref
from ..store import MISSING, Depth, Gone, Missing, Store
from .several import copy_up

V = TypeVar("V")


@dataclass(frozen=True)
class Overlay(Generic[V]):
    """`lower`, never written: what is put is in `upper`, what is deleted has a mark in `marks`, a store of its own.

    ``get(r) = upper.get(r)``, else Missing if marks has r, else ``lower.get(r)``. No value is ever taken for a mark.
    Absence moves on, failure does not. A delete marks, then deletes: stopped midway, before or after is seen. merge and
    swap first copy the visible value up, where it stays. Once deleted, a ref of lower is hidden until it is put here.

    >>> from storage_combinators import Memory
    >>> store = Overlay(Memory(), Memory({Ref("a"): 1, Ref("b"): 2}), Memory()); store.delete(Ref("a"))
    >>> list(store.refs(Ref())), sorted(store.lower.refs(Ref()))
    ([Ref('b')], [Ref('a'), Ref('b')])
    """

    upper: Store[V]
    lower: Store[V]
    marks: Store[bytes]

    without: ClassVar[dict[str, str]] = {
        "threads": "a delete may come between copying up and swap; Locked over it restores it",
    }

    def get(self, ref: Ref, /) -> V:
        value = look(self.upper, ref)
        if value is not MISSING:
            return value
        if exists(self.marks, ref):
            raise Missing(ref)
        return self.lower.get(ref)

    def put(self, ref: Ref, value: V, /) -> None:
        self.upper.put(ref, value)

    def merge(self, ref: Ref, value: V, /) -> None:
        copy_up(self, self.upper, ref)
        self.upper.merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        self.marks.put(ref, b"deleted")
        self.upper.delete(ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        if copy_up(self, self.upper, ref) and new is MISSING:
            self.marks.put(ref, b"deleted")  # not seen while upper has a value
        self.upper.swap(ref, old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        told: set[Ref] = set()
        for ref in self.upper.refs(base, depth):
            told.add(ref)
            yield ref
        marked = set(self.marks.refs(base, depth))
        for ref in self.lower.refs(base, depth):
            if ref not in told and (ref not in marked or (depth == 1 and any(True for _ in self.refs(ref)))):
                yield ref
