"""TemplateRouter: the form of the ref chooses (not in the paper; its authors' library: template matching store)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

from ..functions import as_ref
from ..ref import Ref
from ..store import Depth, Gone, Missing, Refused, Store

V = TypeVar("V")
PART = re.compile(r"\{(\w+)(\.\.\.)?\}")


@dataclass(frozen=True)
class TemplateRouter(Generic[V]):
    """One of several routes, by the first template that the ref matches: {id} is any one name, {path...} all the rest.

    ``get(r) = routes[t].get(r)`` of a store, which is handed refs whole, and ``routes[t](**parts)`` of a function, to
    which nothing is written and which is not listed. What a store has at refs of another template is not seen. Without
    a match: Missing to read, Refused to write. Absence, failure and being stopped midway are the route's.
    ValueError for what is no template. Depth 1 asks of each child whether something below it can be seen.

    >>> from storage_combinators import Memory
    >>> store = TemplateRouter({"users/{id}": Memory(), "hello/{who}": lambda who: f"hello {who}"})
    >>> store.put(Ref("users", "7"), "ann"); store.get(Ref("hello", store.get(Ref("users", "7"))))
    'hello ann'
    """

    routes: Mapping[str, Store[V] | Callable[..., V]]

    def __post_init__(self) -> None:
        _ = [_pattern(template) for template in self.routes]

    def get(self, ref: Ref, /) -> V:
        found = self._match(ref)
        if found is None:
            raise Missing(ref)
        route = self.routes[found[0]]
        return route(**found[1]) if callable(route) else route.get(ref)

    def put(self, ref: Ref, value: V, /) -> None:
        self._written(ref).put(ref, value)

    def merge(self, ref: Ref, value: V, /) -> None:
        self._written(ref).merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        self._written(ref).delete(ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        self._written(ref).swap(ref, old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        seen = (self._seen(t, route, base, depth) for t, route in self.routes.items() if not callable(route))
        return iter(set().union(*seen)) if depth == 1 else (ref for some in seen for ref in some)

    def _seen(self, template: str, route: Store[V], base: Ref, depth: Depth) -> Iterator[Ref]:
        for ref in route.refs(base, depth):
            below = route.refs(ref) if depth == 1 else [ref]
            if any((self._match(each) or ("",))[0] == template for each in below):
                yield ref

    def _written(self, ref: Ref) -> Store[V]:
        found = self._match(ref)
        route = self.routes[found[0]] if found else None
        if route is None or callable(route):
            raise Refused(
                f"{ref!r} {'is answered by a function' if route else 'matches no template'}: nothing is written"
            )
        return route

    def _match(self, ref: Ref) -> tuple[str, dict[str, Any]] | None:
        found = ((template, _pattern(template).fullmatch(str(as_ref(ref)))) for template in self.routes)
        return next(((template, match.groupdict()) for template, match in found if match), None)


@lru_cache
def _pattern(template: str) -> re.Pattern[str]:
    try:
        return re.compile("/".join(map(_any, Ref.parse(template))), re.DOTALL)
    except re.error as error:
        raise ValueError(f"{template!r} is no template: {error}") from error


def _any(name: str) -> str:
    part = PART.fullmatch(name)
    return f"(?P<{part[1]}>{'.+' if part[2] else '[^/]+'})" if part else re.escape(name)
