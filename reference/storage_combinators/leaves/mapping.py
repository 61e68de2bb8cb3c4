"""MappingStore: any mutable mapping as a store (the paper's dict store, 2.3, over a dictionary that exists)."""

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, ClassVar, Generic, TypeVar

from ..functions import listed, present, same
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Missing, Refused

V = TypeVar("V")


@dataclass(frozen=True, eq=False)
class MappingStore(Generic[V]):
    """A store over any mutable mapping whose keys are the texts of refs.

    ``get(r) = mapping[str(r)]``; ``as_mapping(MappingStore(m)) == m`` while its keys are refs.
    Listing visits every key whatever its depth, and is Refused when it meets one that is no ref.
    Failure and being stopped midway are the mapping's. The lock is this store's own: it keeps puts, deletes and swaps
    through it apart, not those of another hand on the mapping. Two over one mapping are equal.

    >>> from storage_combinators import Ref
    >>> store = MappingStore({"a": 1}); store.swap(Ref("a"), 1, 2); dict(store.mapping)
    {'a': 2}
    """

    mapping: MutableMapping[str, V] = field(repr=False)
    lock: Any = field(default_factory=Lock, repr=False)

    claims: ClassVar[dict[str, object]] = {"swaps": "all"}
    without: ClassVar[dict[str, str]] = {
        "copies": "hands out what the mapping does",
        "types": "takes what the mapping takes",
        "shared": "another handle on the mapping has a lock of its own, so a swap is not one step for both",
    }

    def get(self, ref: Ref, /) -> V:
        value = self._held(ref)
        if value is MISSING:
            raise Missing(ref)
        return value

    def put(self, ref: Ref, value: V, /) -> None:
        with self.lock:
            self.mapping[str(ref)] = present(value)

    merge = put

    def delete(self, ref: Ref, /) -> None:
        with self.lock:
            self.mapping.pop(str(ref), None)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        with self.lock:
            if not same(self._held(ref), old):
                raise Conflict(ref)
            if new is MISSING:
                self.mapping.pop(str(ref), None)
            else:
                self.mapping[str(ref)] = new

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth == 0:
            return iter([base] if str(base) in self.mapping else [])
        return listed([_listed(key) for key in list(self.mapping)], base, depth)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MappingStore) and self.mapping is other.mapping

    def __hash__(self) -> int:
        return id(self.mapping)

    def _held(self, ref: Ref) -> V | Gone:
        return self.mapping.get(str(ref), MISSING)  # and not [], by which a defaultdict would create


def spelt(key: object) -> Ref:
    """The one ref whose text is `key`; KeyError."""
    if not isinstance(key, str):
        raise KeyError(key)
    try:
        ref = Ref.parse(key)
    except ValueError:
        raise KeyError(key) from None
    if str(ref) != key:  # "/a" would be a second spelling of "a"
        raise KeyError(key)
    return ref


def _listed(key: str) -> Ref:
    try:
        return spelt(key)
    except KeyError:
        raise Refused(f"the mapping has the key {key!r}, which spells no ref") from None
