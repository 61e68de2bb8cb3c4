"""Levels: nearer and farther stores (ours, after the paper's 3.1.6; field: tiered or multi-level cache)."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from ..caching.cache import dropped
from ..functions import apart, look
from ..ref import Ref
from ..store import MISSING, Depth, Gone, Missing, Refused, Store

V = TypeVar("V")


@dataclass(frozen=True)
class Levels(Generic[V]):
    """The last of `sources` is the truth; the others keep what was read through them, the first the nearest.

    ``Levels((a, b, c)) ≈ Cache(a, Cache(b, c))``, and ``Levels((s,)) ≈ s``.
    A read goes on after absence, not after failure, and fills every nearer level, the farthest first: one that refuses
    is passed over, one that fails fails the read. A write drops in all nearer levels, is made in the last, and drops
    again: failed, or stopped midway, it leaves nothing stale. No two are one place: what was dropped is the truth.

    >>> from storage_combinators import Memory
    >>> store = Levels((Memory(), Memory(), Memory({Ref("a"): 1}))); store.get(Ref("a"))
    1
    >>> [list(source.refs(Ref())) for source in store.nearer]
    [[Ref('a')], [Ref('a')]]
    """

    sources: tuple[Store[V], ...]

    without: ClassVar[dict[str, str]] = {
        "shared": "what another handle writes is not seen while an older value is near",
        "threads": "a fill may come after a racing write; Locked over it restores it",
    }

    def __post_init__(self) -> None:
        if not self.sources:
            raise ValueError("Levels needs at least one source, the last, which is the truth")
        apart(*self.sources)

    @property
    def nearer(self) -> tuple[Store[V], ...]:
        """All levels but the last."""
        return self.sources[:-1]

    def get(self, ref: Ref, /) -> V:
        for place, source in enumerate(self.sources):
            value = look(source, ref)
            if value is not MISSING:
                _fill(ref, value, self.sources[:place])
                return value
        raise Missing(ref)

    def put(self, ref: Ref, value: V, /) -> None:
        with dropped(self.invalidate, ref):
            self.sources[-1].put(ref, value)

    def merge(self, ref: Ref, value: V, /) -> None:
        with dropped(self.invalidate, ref):
            self.sources[-1].merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        with dropped(self.invalidate, ref):
            self.sources[-1].delete(ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        with dropped(self.invalidate, ref):
            self.sources[-1].swap(ref, old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return self.sources[-1].refs(base, depth)

    def invalidate(self, ref: Ref) -> None:
        """Forget what is near of `ref`; no verb of a store. The farthest first: a read fills from there."""
        for level in reversed(self.nearer):
            level.delete(ref)


def _fill(ref: Ref, value: V, levels: tuple[Store[V], ...]) -> None:
    for level in reversed(levels):
        with suppress(Refused):  # too big for this level, say
            level.put(ref, value)
