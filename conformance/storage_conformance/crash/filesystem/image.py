"""Image: what a block device holds, as the blocks that are not all zeros."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

__all__ = ["BLOCK", "SECTOR", "Image"]

BLOCK = 4096
SECTOR = 512  # what a device writes whole or not at all
ZEROS = bytes(BLOCK)


@dataclass
class Image:
    """`size` bytes; a block that is not in `blocks` is all zeros."""

    size: int
    blocks: dict[int, bytes] = field(default_factory=dict)

    def copy(self) -> Image:
        """Another one that holds the same: blocks are shared, for nobody changes one."""
        return Image(self.size, dict(self.blocks))

    def read(self, offset: int, size: int) -> bytes:
        """So many bytes from there; fewer at the end of the device."""
        end = min(offset + size, self.size)
        first, last = offset // BLOCK, -(-end // BLOCK)
        whole = b"".join(self.blocks.get(number, ZEROS) for number in range(first, last))
        return whole[offset - first * BLOCK : end - first * BLOCK]

    def write(self, offset: int, data: bytes) -> None:
        """Put the bytes there."""
        for number, start, piece in _by_block(offset, data):
            old = self.blocks.get(number, ZEROS)
            self._set(number, piece if len(piece) == BLOCK else old[:start] + piece + old[start + len(piece) :])

    def _set(self, number: int, block: bytes) -> None:
        if block == ZEROS:
            self.blocks.pop(number, None)
        else:
            self.blocks[number] = block

    def save(self, path: Path) -> None:
        """A sparse file of it, which must not be there yet."""
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.ftruncate(file, self.size)
            for offset, run in self._runs():
                os.pwritev(file, run, offset)
        finally:
            os.close(file)

    def _runs(self) -> Iterator[tuple[int, list[bytes]]]:
        """Blocks side by side, with the offset of the first; at most 256, which one call can take."""
        numbered = enumerate(sorted(self.blocks))
        for _, run in groupby(numbered, lambda pair: (pair[1] - pair[0], pair[0] // 256)):
            numbers = [number for _, number in run]
            yield numbers[0] * BLOCK, [self.blocks[number] for number in numbers]


def _by_block(offset: int, data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The number of each block that is touched, where in it, and with what."""
    place = 0
    while place < len(data):
        number, start = divmod(offset + place, BLOCK)
        piece = data[place : place + BLOCK - start]
        yield number, start, piece
        place += len(piece)
