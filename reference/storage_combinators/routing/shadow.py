"""Shadow: a second store gets the same traffic (ours; field: shadow traffic, dark launch)."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from ..ref import Ref
from ..store import Depth, Gone, Store
from ..transforming.pass_through import PassThrough

V = TypeVar("V")


@dataclass(frozen=True)
class Shadow(PassThrough[V]):
    """`source`; what it has done is then asked of `second` too, whose answers and failures never show.

    ``Shadow(s, t, tell) ≈ s``, whatever t does. What t raises is told: ``tell(verb, ref, error)``, a Conflict too,
    since it tells of a difference. What source failed or answered with Missing, Conflict or Refused is not asked
    of t. Stopped midway, t lacks the last write. A slow t makes slow: put a Timeout over it.

    >>> from storage_combinators import Memory, ReadOnly
    >>> store = Shadow(Memory(), ReadOnly(Memory()), lambda verb, ref, error: print(verb, ref, type(error).__name__))
    >>> store.put(Ref("a"), 1); store.source.get(Ref("a"))
    put a Refused
    1
    """

    second: Store[V]
    tell: Callable[[str, Ref, Exception], object]

    def get(self, ref: Ref, /) -> V:
        value = self.source.get(ref)
        self._also("get", ref, lambda: self.second.get(ref))
        return value

    def put(self, ref: Ref, value: V, /) -> None:
        self.source.put(ref, value)
        self._also("put", ref, lambda: self.second.put(ref, value))

    def merge(self, ref: Ref, value: V, /) -> None:
        self.source.merge(ref, value)
        self._also("merge", ref, lambda: self.second.merge(ref, value))

    def delete(self, ref: Ref, /) -> None:
        self.source.delete(ref)
        self._also("delete", ref, lambda: self.second.delete(ref))

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        self.source.swap(ref, old, new)
        self._also("swap", ref, lambda: self.second.swap(ref, old, new))

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        yield from self.source.refs(base, depth)
        self._also("refs", base, lambda: deque(self.second.refs(base, depth), 0))

    def _also(self, verb: str, ref: Ref, ask: Callable[[], object]) -> None:
        try:
            ask()
        except Exception as error:  # noqa: BLE001  # whatever it is, it is told and does not show
            self.tell(verb, ref, error)
