"""TimeToLive: what was written goes by itself (ours; field: expiry, lease)."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from ..functions import look, same
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Missing
from ..transforming.mapped import Mapped

V = TypeVar("V")


@dataclass(frozen=True)
class TimeToLive(Mapped[V, tuple[float, V]]):
    """A store whose values are there for `seconds` after they were written, each with its end beside it in one cell.

    ``source.get(r) = (clock() + seconds, v)`` after ``put(r, v)``, merge or swap; from that time on r is Missing, and
    not listed. What has ended stays in the source until it is written or swept. Over bytes: Serialized with TupleCodec.
    Failure and being stopped midway are the source's. Listing reads each value that it lists, to see its end.

    >>> from storage_combinators import Memory, Ref, look
    >>> now = [0.0]; store = TimeToLive(Memory(), 10, lambda: now[0]); store.put(Ref("a"), 1)
    >>> before = look(store, Ref("a")); now[0] = 10; before, look(store, Ref("a"))
    (1, MISSING)
    """

    seconds: float
    clock: Callable[[], float] = time.time

    without: ClassVar[dict[str, str]] = {"keeps": "what is older than its seconds is gone"}

    def encode(self, ref: Ref, value: V) -> tuple[float, V]:
        return self.clock() + self.seconds, value

    def decode(self, ref: Ref, raw: tuple[float, V]) -> V:
        if raw[0] <= self.clock():
            raise Missing(ref)
        return raw[1]

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        while True:
            raw = look(self.source, ref)
            if not same(self._living(raw), old):
                raise Conflict(ref)
            try:
                return self.source.swap(ref, raw, raw if same(old, new) else self._dated(ref, new))
            except Conflict:
                if same(look(self.source, ref), raw):  # else it was written meanwhile: is it still the same value?
                    raise

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth == 1:
            return (child for child in self.source.refs(base, 1) if any(True for _ in self.refs(child)))
        return (ref for ref in self.source.refs(base, depth) if self._living(look(self.source, ref)) is not MISSING)

    def sweep(self) -> None:
        """Remove from the source what has ended. No verb of a store."""
        for ref in list(self.source.refs(Ref())):
            raw = look(self.source, ref)
            if raw is not MISSING and self._living(raw) is MISSING:
                with suppress(Conflict):  # written anew meanwhile, so it has not ended
                    self.source.swap(ref, raw, MISSING)

    def _dated(self, ref: Ref, value: V | Gone) -> tuple[float, V] | Gone:
        return MISSING if value is MISSING else self.encode(ref, value)

    def _living(self, raw: tuple[float, V] | Gone) -> V | Gone:
        return MISSING if raw is MISSING or raw[0] <= self.clock() else raw[1]
