"""Fanout: every write to every store, at once (ours; field: fan-out, mirroring, tee)."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ..ref import Ref
from ..store import MISSING, Depth, Gone, Store
from .asking import at_once

V = TypeVar("V")


@dataclass(frozen=True)
class Fanout(Generic[V]):
    """Reads from the first of `sources`; writes to all, at once, on threads of `executor`, which nothing below shares.

    ``Fanout((a, b), e) ≈ a``, and after each write that returned b holds what a does.
    A write ends when all have; then the first failure is raised, and the sources that did not fail have it: a put or
    delete can be repeated. swap is the first's alone; only then are the others told what it came to. Two writes of one
    ref at once may leave the others with the earlier one: Locked over it does not. Repair of one that missed a write:
    ``copy(first, other)``, and delete there what first has not, as ``store sync --delete`` does.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> from storage_combinators import Memory
    >>> with ThreadPoolExecutor(2) as threads: store = Fanout((Memory(), Memory()), threads); store.put(Ref("a"), 1)
    >>> [source.get(Ref("a")) for source in store.sources]
    [1, 1]
    """

    sources: tuple[Store[V], ...]
    executor: Executor = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.sources:
            raise ValueError("Fanout needs at least one source, the one that is read")

    @property
    def first(self) -> Store[V]:
        """The store that is read."""
        return self.sources[0]

    def get(self, ref: Ref, /) -> V:
        return self.first.get(ref)

    def put(self, ref: Ref, value: V, /) -> None:
        self._all(self.sources, lambda source: source.put(ref, value))

    def merge(self, ref: Ref, value: V, /) -> None:
        self._all(self.sources, lambda source: source.merge(ref, value))

    def delete(self, ref: Ref, /) -> None:
        self._all(self.sources, lambda source: source.delete(ref))

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        self.first.swap(ref, old, new)
        if new is MISSING:
            self._all(self.sources[1:], lambda source: source.delete(ref))
        else:
            self._all(self.sources[1:], lambda source: source.put(ref, new))

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return self.first.refs(base, depth)

    def _all(self, sources: tuple[Store[V], ...], work: Callable[[Store[V]], None]) -> None:
        at_once(self.executor)(sources, work, len(sources), len(sources))
