"""Switch: the first name chooses the store (paper, section 3.1.5: switching store; field: router)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

from ..ref import Ref
from ..store import Depth, Gone, Missing, Refused, Store

V = TypeVar("V")


@dataclass(frozen=True)
class Switch(Generic[V]):
    """One of several stores, by the first name of the ref, which is handed on whole (Mount strips it).

    ``get(k / r) = routes[k].get(k / r)``; a write under k changes no other route.
    Absence is the route's; a name without a route is Missing to read and Refused to write, never silently lost.
    Failure and being stopped midway are the route's: every verb is one verb below.

    >>> from storage_combinators import Memory, Ref
    >>> store = Switch({"new": Memory(), "old": Memory()}); store.put(Ref("new", "1"), b"x")
    >>> list(store.routes["new"].refs(Ref())), list(store.routes["old"].refs(Ref()))
    ([Ref('new', '1')], [])
    """

    routes: Mapping[str, Store[V]]

    def __post_init__(self) -> None:
        Ref(*self.routes)  # a route that is no name would never be taken

    def get(self, ref: Ref, /) -> V:
        source = self._route(ref)
        if source is None:
            raise Missing(ref)
        return source.get(ref)

    def put(self, ref: Ref, value: V, /) -> None:
        self._written(ref).put(ref, value)

    def merge(self, ref: Ref, value: V, /) -> None:
        self._written(ref).merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        self._written(ref).delete(ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        self._written(ref).swap(ref, old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if base:
            source = self._route(base)
            return iter(()) if source is None else source.refs(base, depth)
        if depth == 0:
            return iter(())
        if depth == 1:
            return (Ref(name) for name, source in self.routes.items() if any(True for _ in source.refs(Ref(name))))
        return chain.from_iterable(source.refs(Ref(name)) for name, source in self.routes.items())

    def _route(self, ref: Ref) -> Store[V] | None:
        return self.routes.get(ref[0]) if ref else None

    def _written(self, ref: Ref) -> Store[V]:
        source = self._route(ref)
        if source is None:
            raise Refused(f"no route for {ref!r}; there are {', '.join(map(repr, self.routes))}")
        return source
