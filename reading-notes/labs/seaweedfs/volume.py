"""A volume of SeaweedFS, read by a small program of our own: its .dat file of needles and its .idx file.

A .dat begins with 8 bytes (version, replica placement, ttl, revision, extra). Then come needles, each padded to 8
bytes, all numbers big-endian: cookie 4, id 8, size 4 | data size 4, data, flags ... | CRC-32C 4, time 8.
An .idx has entries of id 8, offset 4 or 5 in units of 8 bytes, size 4; a negative size is a deletion.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["BadVolume", "Needle", "indexed", "needles"]

HEAD, TAIL, UNIT = 16, 12, 8


class BadVolume(ValueError):
    """These bytes are no volume of version 3; the text says where."""


@dataclass(frozen=True)
class Needle:
    """One stored chunk: where its data begins in the .dat file, and the check sum that stands after it."""

    id: int
    cookie: int
    data: bytes
    at: int  # of the data, in bytes from the beginning of the file
    checksum: int

    @property
    def sound(self) -> bool:
        """Is the check sum that of the data?"""
        return crc32c(self.data) == self.checksum


def needles(path: Path) -> Iterator[Needle]:
    """The needles of a .dat file in the order in which they were written. BadVolume if it is no volume, or is cut."""
    raw = path.read_bytes()
    if raw[:1] != b"\x03":
        raise BadVolume(f"{path.name} is of version {raw[0] if raw else 'nothing'}, not 3")
    at = 8
    while at < len(raw):
        try:
            cookie, id_, size = struct.unpack_from(">IQI", raw, at)
            length = struct.unpack_from(">I", raw, at + HEAD)[0] if size else 0
            checksum = struct.unpack_from(">I", raw, at + HEAD + size)[0]
        except struct.error:
            raise BadVolume(f"{path.name} ends within the needle at {at}") from None
        if length > size:
            raise BadVolume(f"{path.name}: the needle at {at} has more data than it is long")
        start = at + HEAD + 4
        yield Needle(id_, cookie, raw[start : start + length], start, checksum)
        at += HEAD + size + TAIL
        at += UNIT - at % UNIT  # a needle that ends on a multiple of 8 is followed by 8 bytes all the same


def indexed(path: Path, wide: bool = False) -> dict[int, tuple[int, int]]:
    """The .idx file: for each id the offset of its needle in bytes and its size, -1 for one that is deleted.

    `wide` is an index of a program that was built for large volumes: the offset has a fifth byte, its highest.
    """
    raw, form = path.read_bytes(), ">QIBi" if wide else ">QIi"
    entries = struct.iter_unpack(form, raw[: len(raw) - len(raw) % struct.calcsize(form)])
    return {id_: ((low + (high[0] << 32 if high else 0)) * UNIT, size) for id_, low, *high, size in entries}


def table() -> list[int]:
    """CRC-32C (Castagnoli), a byte at a time."""
    out = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)  # noqa: PLW2901  # eight steps of one register
        out.append(value)
    return out


TABLE = table()


def crc32c(data: bytes) -> int:
    """The check sum of `data`; standard vector: 0xE3069283 for b"123456789"."""
    value = 0xFFFFFFFF
    for byte in data:
        value = value >> 8 ^ TABLE[(value ^ byte) & 0xFF]
    return value ^ 0xFFFFFFFF
