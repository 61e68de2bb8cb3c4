"""Cache: what was read is kept nearer (paper, section 3.1.6: caching store; field: read-through cache)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from ..functions import apart, look
from ..ref import Ref
from ..store import MISSING, Depth, Gone, Refused, Store

V = TypeVar("V")


@dataclass(frozen=True)
class Cache(Generic[V]):
    """Reads from `fast`, and on a miss from `slow`, and keeps what it read in `fast`.

    ``Cache(f, s) ≈ s`` for any f that starts empty, as long as all writes go through here; a hit asks nothing of s.
    Absence is asked again each time. Every write drops, writes slow, drops: a failure, or being stopped midway,
    leaves nothing stale. A read that races with a write may (see the chapter): Locked(Cache(f, s)) does not.
    What fast refuses is answered; a fast that fails fails the verb, though slow may have answered, or have done it.
    fast and slow are two places: what is dropped in one place would be the value itself.

    >>> from storage_combinators import Memory, Ref
    >>> store = Cache(Memory(), Memory({Ref("a"): 1})); store.get(Ref("a")), store.fast.get(Ref("a"))
    (1, 1)
    """

    fast: Store[V]
    slow: Store[V]

    without: ClassVar[dict[str, str]] = {
        "shared": "what another handle writes is not seen while an older value is cached",
        "threads": "a fill may come after a racing write; Locked over it restores it",
    }

    def __post_init__(self) -> None:
        apart(self.fast, self.slow)

    def invalidate(self, ref: Ref) -> None:
        """Forget what is cached of `ref`; the next get asks slow. No verb of a store."""
        self.fast.delete(ref)

    def get(self, ref: Ref, /) -> V:
        value = look(self.fast, ref)
        return self._filled(ref) if value is MISSING else value

    def put(self, ref: Ref, value: V, /) -> None:
        with dropped(self.invalidate, ref):
            self.slow.put(ref, value)

    def merge(self, ref: Ref, value: V, /) -> None:
        with dropped(self.invalidate, ref):
            self.slow.merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        with dropped(self.invalidate, ref):
            self.slow.delete(ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        with dropped(self.invalidate, ref):
            self.slow.swap(ref, old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return self.slow.refs(base, depth)

    def _filled(self, ref: Ref) -> V:
        value = self.slow.get(ref)
        with suppress(Refused):  # too big for fast, say: an answer, and no reason to keep the value from the reader
            self.fast.put(ref, value)
        return value


@contextmanager
def dropped(drop: Callable[[Ref], None], ref: Ref) -> Iterator[None]:
    """Before the write, for a failure may leave it done; and after, for a reader may have filled meanwhile."""
    drop(ref)
    try:
        yield
    finally:
        drop(ref)
