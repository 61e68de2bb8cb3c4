"""WriteThrough: what was written is kept nearer too (field: write-through cache)."""

from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from ..ref import Ref
from ..store import MISSING, Gone, Refused
from .cache import Cache

V = TypeVar("V")


@dataclass(frozen=True)
class WriteThrough(Cache[V]):
    """A cache that keeps what put and swap wrote, for whoever reads it next.

    ``get(r) = v`` after ``put(r, v)`` asks nothing of slow; else as Cache. The order is drop, slow, drop, fast: slow
    has it first, so that a failure, or being stopped midway, leaves in fast what slow holds, or nothing.
    Absence is asked again each time. Of two writers at once the slower fill may win: Locked over it prevents that.

    >>> from storage_combinators import Memory, Ref
    >>> store = WriteThrough(Memory(), Memory()); store.put(Ref("a"), 1); store.fast.get(Ref("a"))
    1
    """

    without: ClassVar[dict[str, str]] = {
        **Cache.without,
        "copies": "fast is given the very value that was put: put Bytes over it where values are changed in place",
    }

    def put(self, ref: Ref, value: V, /) -> None:
        super().put(ref, value)
        self._keep(ref, value)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        super().swap(ref, old, new)
        if new is not MISSING:
            self._keep(ref, new)

    def _keep(self, ref: Ref, value: V) -> None:
        with suppress(Refused):  # by fast, as too big: slow has it
            self.fast.put(ref, value)
