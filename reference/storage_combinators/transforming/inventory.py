"""Inventory: only what was written through it (ours; field: inventory namespace, static index)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from ..functions import exists, present
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Missing, Store
from .pass_through import PassThrough

V = TypeVar("V")


@dataclass(frozen=True)
class Inventory(PassThrough[V]):
    """A store that has of its source what `written` lists: refs that were written through it, and nothing else.

    ``get(r) = source.get(r)`` if written has r, else Missing; the listing is that of `written`, so that a source
    which cannot list is listed. What else the source has is not seen, and replaced by a put there. A value is put first
    and noted then, forgotten first and deleted then: a failure, or being stopped midway, shows before or after. Two who
    write one ref at once may leave it noted and gone: Locked over it mends that.

    >>> from storage_combinators import Memory
    >>> store = Inventory(Memory({Ref("theirs"): 1}), Memory()); store.put(Ref("mine"), 2); list(store.refs(Ref()))
    [Ref('mine')]
    """

    written: Store[bool]

    without: ClassVar[dict[str, str]] = {"threads": "a write takes two steps; Locked over it restores it"}

    def get(self, ref: Ref, /) -> V:
        if not exists(self.written, ref):
            raise Missing(ref)
        return self.source.get(ref)

    def put(self, ref: Ref, value: V, /) -> None:
        self.source.put(ref, present(value))
        self.written.put(ref, True)

    def merge(self, ref: Ref, value: V, /) -> None:
        if exists(self.written, ref):
            self.source.merge(ref, value)
        else:
            self.put(ref, value)

    def delete(self, ref: Ref, /) -> None:
        if exists(self.written, ref):
            self.written.delete(ref)
            self.source.delete(ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        if exists(self.written, ref):
            self.source.swap(ref, old, old if new is MISSING else new)
            if new is MISSING:
                self.delete(ref)
        elif old is not MISSING:
            raise Conflict(ref)
        elif new is not MISSING:
            self.put(ref, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return self.written.refs(base, depth)
