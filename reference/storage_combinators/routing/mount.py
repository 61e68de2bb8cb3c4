"""Mount: stores at points of a store's tree (paper, section 3.1.5, in its prose; field: mount table)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

from ..functions import as_ref
from ..ref import Ref
from ..store import Depth, Gone, Store

V = TypeVar("V")


@dataclass(frozen=True)
class Mount(Generic[V]):
    """`source`, with other stores in place of what it has at and under some points; they see refs from there.

    ``get(p / r) = points[p].get(r)`` for the longest point p, else ``source.get(r)``; Switch hands refs on whole.
    What source holds under a point is hidden, neither listed nor lost. Absence and failure are those of the store
    that is asked; each verb is one verb there, so being stopped midway is its too.

    >>> from storage_combinators import Memory, Ref
    >>> store = Mount(Memory(), {Ref("tmp"): Memory()}); store.put(Ref("tmp", "a"), 1); store.put(Ref("a"), 2)
    >>> list(store.points[Ref("tmp")].refs(Ref())), sorted(store.refs(Ref()))
    ([Ref('a')], [Ref('a'), Ref('tmp', 'a')])
    """

    source: Store[V]
    points: Mapping[Ref, Store[V]]

    def __post_init__(self) -> None:
        _ = [as_ref(point) for point in self.points]

    def get(self, ref: Ref, /) -> V:
        point, store = self._at(ref)
        return store.get(ref.under(point))

    def put(self, ref: Ref, value: V, /) -> None:
        point, store = self._at(ref)
        store.put(ref.under(point), value)

    def merge(self, ref: Ref, value: V, /) -> None:
        point, store = self._at(ref)
        store.merge(ref.under(point), value)

    def delete(self, ref: Ref, /) -> None:
        point, store = self._at(ref)
        store.delete(ref.under(point))

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        point, store = self._at(ref)
        store.swap(ref.under(point), old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        own = self._own(self._at(base)[0], base, depth)
        deeper = [point for point in self.points if point.within(base) and point != base]
        if depth == 1:
            return self._children(own, {point.cut(len(base) + 1) for point in deeper})
        return own if depth == 0 else chain(own, *(self._own(point, point) for point in deeper))

    def _own(self, point: Ref, base: Ref, depth: Depth = None) -> Iterator[Ref]:
        """What the store at `point` lists of `base`, but for what a longer point hides."""
        store = self.points.get(point, self.source)
        refs = (point / ref for ref in store.refs(base.under(point), depth))
        return (ref for ref in refs if self._at(ref)[0] == point)

    def _children(self, own: Iterator[Ref], doubtful: set[Ref]) -> Iterator[Ref]:
        """One level, without listing all that is below: only of a child with a point in it is that asked."""
        yield from (ref for ref in own if ref not in doubtful)
        yield from (ref for ref in doubtful if any(True for _ in self.refs(ref)))

    def _at(self, ref: Ref) -> tuple[Ref, Store[V]]:
        """The longest point that `ref` is within, and its store."""
        for names in range(len(as_ref(ref)), -1, -1):
            point = ref.cut(names)
            if point in self.points:
                return point, self.points[point]
        return Ref(), self.source
