"""Shard: many stores, each with its share of the refs (ours; field: sharding by rendezvous hashing, Thaler 1998)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Generic, TypeVar

from ..functions import look, walk
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Store
from .several import once

V = TypeVar("V")


@dataclass(frozen=True)
class Shard(Generic[V]):
    """One of `shards` by the hash of the ref and of its name: the name whose hash with the ref is the highest.

    ``get(r) = shards[name(r)].get(r)``. A new shard takes its share from each other one and nothing else moves; one
    that leaves gives its share to all others. Every verb but refs is one verb of one shard: absence, failure and being
    stopped midway are its own, so a shard that is down fails its refs alone, and each listing.
    A name is for ever: under another one, other refs are looked for there. After a change of shards: `settle`.

    >>> from storage_combinators import Memory
    >>> store = Shard({"x": Memory(), "y": Memory()}); store.put(Ref("a"), 1); store.put(Ref("d"), 2)
    >>> {name: list(source.refs(Ref())) for name, source in store.shards.items()}
    {'x': [Ref('a')], 'y': [Ref('d')]}
    """

    shards: Mapping[str, Store[V]]

    def __post_init__(self) -> None:
        if not self.shards:
            raise ValueError("Shard needs at least one source")

    def name(self, ref: Ref) -> str:
        """The name of the shard where `ref` is."""
        return max(self.shards, key=lambda name: blake2b(f"{name}\0{ref}".encode(), digest_size=8).digest())

    def get(self, ref: Ref, /) -> V:
        return self._of(ref).get(ref)

    def put(self, ref: Ref, value: V, /) -> None:
        self._of(ref).put(ref, value)

    def merge(self, ref: Ref, value: V, /) -> None:
        self._of(ref).merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        self._of(ref).delete(ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        self._of(ref).swap(ref, old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return once(self.shards.values(), base, depth)

    def _of(self, ref: Ref) -> Store[V]:
        return self.shards[self.name(ref)]


def settle(store: Shard[Any], told: Callable[[Ref], object] = id, leaving: Iterable[Store[Any]] = ()) -> int:
    """Move each ref to the shard where it is looked for, after shards were added or renamed, or with some `leaving`.

    Those are in `store` no more, and give it all they hold. No two share a place: what was moved is deleted there.
    How many were moved; `told` is called after each. Until its turn comes a ref reads as missing. What was written
    meanwhile where it belongs is the newer one and stays. Stopped or failed midway: call it again, it goes on.
    """
    sources = [*store.shards.values(), *leaving]
    wrong = [(ref, source) for source in sources for ref in walk(source, Ref()) if store._of(ref) is not source]
    for ref, source in wrong:
        value = look(source, ref)
        with suppress(Conflict):
            store.swap(ref, MISSING, value)
        source.delete(ref)
        told(ref)
    return len(wrong)
