"""Packed: many small values in one (ours; field: pack, archive, bundle, unpivot)."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..functions import as_bytes, as_ref, listed, look, present, same, update
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Missing, Store

V = TypeVar("V")


@dataclass(frozen=True)
class Packed(Generic[V]):
    """A store whose refs with the same first `names` names are one value of the source: a dictionary of the rest.

    ``get(p / r) = source.get(p)[str(r)]``. A write reads, changes and swaps the pack, so it is one step, loses no other
    write, and is before or after when stopped midway; merge replaces. An empty pack is removed. Absence and failure
    are the source's. Listing from above a pack reads it, at depth None all of them.

    >>> from storage_combinators import Memory
    >>> store = Packed(Memory()); store.put(Ref("a", "x"), 1); store.put(Ref("a", "y", "z"), 2)
    >>> store.source.get(Ref("a"))
    {'x': 1, 'y/z': 2}
    """

    source: Store[dict[str, V]]
    names: int = 1

    def __post_init__(self) -> None:
        if self.names < 0:
            raise ValueError(f"names is how many of a ref name the pack that it is in, at least 0, not {self.names}")

    def get(self, ref: Ref, /) -> V:
        held = self._pack(ref)
        if self._key(ref) not in held:
            raise Missing(ref)
        return held[self._key(ref)]

    def put(self, ref: Ref, value: V, /) -> None:
        self._change(ref, lambda old: present(value))

    merge = put

    def delete(self, ref: Ref, /) -> None:
        self._change(ref, lambda old: MISSING)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        def compared(held: V | Gone) -> V | Gone:
            if not same(held, old):
                raise Conflict(ref)
            return new

        self._change(ref, compared)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth == 1 and len(base) < self.names:
            return self.source.refs(base, 1)  # no pack is empty
        packs = [base.cut(self.names)] if depth == 0 or len(base) >= self.names else self.source.refs(base)
        held = ([pack / Ref.parse(key) for key in self._pack(pack)] for pack in packs)
        return (ref for refs in held for ref in listed(refs, base, depth))

    def _pack(self, ref: Ref) -> dict[str, V]:
        return {} if (held := look(self.source, as_ref(ref).cut(self.names))) is MISSING else held

    def _key(self, ref: Ref) -> str:
        return str(ref.under(ref.cut(self.names)))

    def _change(self, ref: Ref, change: Callable[[V | Gone], V | Gone]) -> None:
        key = self._key(as_ref(ref))

        def changed(old: dict[str, V] | Gone) -> dict[str, V] | Gone:
            held = {} if old is MISSING else dict(old)
            new = change(held.pop(key, MISSING))
            return ({**held, key: new} if new is not MISSING else held) or MISSING

        update(self.source, ref.cut(self.names), changed)


@dataclass(frozen=True)
class PackCodec:
    """A pack of bytes as bytes: a line of JSON with the size of each, then the values one after the other."""

    def encode(self, value: dict[str, bytes], /) -> bytes:
        parts = {key: as_bytes(part) for key, part in value.items()}
        sizes = json.dumps({key: len(part) for key, part in parts.items()})
        return b"\n".join([sizes.encode(), b"".join(parts.values())])

    def decode(self, raw: bytes, /) -> dict[str, bytes]:
        head, end, rest = raw.partition(b"\n")
        sizes, pack, start = json.loads(head), {}, 0
        if not isinstance(sizes, dict) or not all(isinstance(size, int) and size >= 0 for size in sizes.values()):
            raise ValueError("the first line of a pack is an object of sizes")
        for key, size in sizes.items():
            pack[key] = rest[start : start + size]
            start += size
        if not end or start != len(rest):
            raise ValueError(f"a pack of {start} bytes has {len(rest)}")
        return pack
