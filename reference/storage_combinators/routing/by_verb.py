"""ByVerb: a store for each verb (ours; field: operation selector, read-write split)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..ref import Ref
from ..store import Depth, Gone, Store

V = TypeVar("V")
VERBS = ("get", "put", "merge", "delete", "swap", "refs")


@dataclass(frozen=True)
class ByVerb(Generic[V]):
    """`source`, but for the verbs that have a store of their own in `verbs`.

    ``verb(r, ...) = verbs.get(verb, source).verb(r, ...)``; ``ByVerb(s, {}) ≈ s``.
    Absence, failure and being stopped midway are those of the one store that is asked. Whether a get sees what was put
    is a matter of the stores: with a get of its own over a copy that lags behind, it sees it later.

    >>> from storage_combinators import Memory, Ref, Retry
    >>> main = Memory(); store = ByVerb(main, {"get": Retry(main)}); store.put(Ref("a"), 1); store.get(Ref("a"))
    1
    """

    source: Store[V]
    verbs: Mapping[str, Store[V]]

    def __post_init__(self) -> None:
        for verb in self.verbs:
            if verb not in VERBS:
                raise ValueError(f"{verb!r} is no verb; there are {', '.join(VERBS)}")

    def get(self, ref: Ref, /) -> V:
        return self._of("get").get(ref)

    def put(self, ref: Ref, value: V, /) -> None:
        self._of("put").put(ref, value)

    def merge(self, ref: Ref, value: V, /) -> None:
        self._of("merge").merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        self._of("delete").delete(ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        self._of("swap").swap(ref, old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return self._of("refs").refs(base, depth)

    def _of(self, verb: str) -> Store[V]:
        return self.verbs.get(verb, self.source)
