"""Memory: a dictionary (paper, section 2.3: dict store)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import ClassVar, Generic, TypeVar

from ..functions import listed, present, same
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Missing

V = TypeVar("V")


@dataclass(frozen=True)
class Memory(Generic[V]):
    """A store of any values in this process, the model of all others.

    ``get(r) = cells[r]``. Values are handed out as they were put in, not copied: for bytes that makes no
    difference, for a list it does. Safe for threads.

    >>> from storage_combinators import Ref
    >>> store = Memory({Ref("a"): 1}); store.swap(Ref("a"), 1, 2); store.get(Ref("a"))
    2
    """

    cells: dict[Ref, V] = field(default_factory=dict, repr=False, compare=False)
    lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    without: ClassVar[dict[str, str]] = {
        "copies": "hands out what it was given, as a dictionary does",
        "types": "holds values of any type",
    }

    def get(self, ref: Ref, /) -> V:
        try:
            return self.cells[ref]
        except KeyError:
            raise Missing(ref) from None

    def put(self, ref: Ref, value: V, /) -> None:
        with self.lock:  # not for put's own sake: it must not come between the two steps of a swap
            self.cells[ref] = present(value)

    merge = put

    def delete(self, ref: Ref, /) -> None:
        with self.lock:
            self.cells.pop(ref, None)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        with self.lock:
            if not same(self.cells.get(ref, MISSING), old):
                raise Conflict(ref)
            if new is MISSING:
                self.cells.pop(ref, None)
            else:
                self.cells[ref] = new

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return listed(self.cells if depth == 0 else list(self.cells), base, depth)
