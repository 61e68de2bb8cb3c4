"""part.N and inline data: one drive's share of an object, as frames; and the object, put together again.

An object is cut into blocks (1 MiB), each block into k equal data shards (the last one filled with zeros), to which m
parity shards are computed. A drive holds one shard of each block, each after its HighwayHash: [32 bytes][shard] ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .highway import highway256
from .reed_solomon import recovered

__all__ = ["BadShard", "Layout", "frames", "joined", "shard_of"]

DIGEST = 32


class BadShard(ValueError):
    """A frame whose hash is wrong, or that is cut short; the text says where."""


@dataclass(frozen=True)
class Layout:
    """How an object was cut: its size, that of a block, and the numbers of data and parity shards."""

    size: int
    block: int
    data: int
    parity: int

    def blocks(self) -> Iterator[int]:
        """The size of each block of the object, in bytes."""
        for start in range(0, self.size, self.block):
            yield min(self.block, self.size - start)

    def width(self, block: int) -> int:
        """The size of a shard of a block of `block` bytes."""
        return -(-block // self.data)


def frames(raw: bytes, layout: Layout) -> Iterator[bytes]:
    """The shards in a part file, each checked against its hash. BadShard says which frame is damaged."""
    at = 0
    for number, block in enumerate(layout.blocks()):
        width = layout.width(block)
        digest, shard = raw[at : at + DIGEST], raw[at + DIGEST : at + DIGEST + width]
        at += DIGEST + width
        if len(digest) + len(shard) < DIGEST + width:
            raise BadShard(f"frame {number} is cut short: the file ends at {len(raw)} of {at} bytes")
        if highway256(shard) != digest:
            raise BadShard(f"frame {number} does not have the hash that stands before it")
    if at != len(raw):
        raise BadShard(f"{len(raw) - at} bytes are left over")
    yield from shard_of(raw, layout)


def shard_of(raw: bytes, layout: Layout) -> Iterator[bytes]:
    """The same, unchecked."""
    at = 0
    for block in layout.blocks():
        at += DIGEST + layout.width(block)
        yield raw[at - layout.width(block) : at]


def joined(parts: Mapping[int, bytes], layout: Layout) -> bytes:
    """The object, from the part files of any k drives; keys are shard numbers from 0, data shards first."""
    rows = {number: list(frames(raw, layout)) for number, raw in sorted(parts.items())[: layout.data]}
    whole = bytearray()
    for at, block in enumerate(layout.blocks()):
        shards = recovered({number: row[at] for number, row in rows.items()}, layout.data, layout.parity)
        whole += b"".join(shards)[:block]
    return bytes(whole)
