"""xl.meta: every version of one object, on one drive.

    "XL2 " | major, minor: 2 x u16 little-endian | msgpack bin32: the versions | 0xce, u32: check sum | inline data

The versions are header version, meta version, their number, and for each a short header and the whole, both as msgpack
in bin. The check sum is the low half of xxHash64 of what is in the bin32. Inline data is a byte (its version, 1) and a
msgpack map: "null" or the version's UUID -> the same frames that a part file holds.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import msgpack  # type: ignore[import-untyped]  # it has no types
import xxhash

__all__ = ["BadMeta", "Meta", "Version", "decode"]

KINDS = {1: "object", 2: "delete marker", 3: "legacy"}
UNREADABLE = (msgpack.exceptions.UnpackException, ValueError, TypeError, AttributeError, OverflowError)
INLINE = 4  # of the flags in a version's header


class BadMeta(ValueError):
    """These bytes are no xl.meta that this reader knows; the text says which part is wrong."""


@dataclass(frozen=True)
class Version:
    """One version: what its header says, and the fields of the whole, under MinIO's own short names."""

    kind: str
    id: str  # "null" on a bucket without versions
    modified: datetime
    inline: bool
    fields: dict[str, object]

    @property
    def data_dir(self) -> str:
        """The folder with its part files, where it is not inline."""
        id_ = self.fields.get("DDir")
        return str(UUID(bytes=id_)) if isinstance(id_, bytes) else ""


@dataclass(frozen=True)
class Meta:
    """A whole file: newest version first; inline data by version."""

    format: tuple[int, int]
    versions: list[Version]
    data: dict[str, bytes]


def decode(raw: bytes) -> Meta:
    """Read the bytes of an xl.meta of format 1.3. BadMeta says where they are wrong."""
    if raw[:4] != b"XL2 ":
        raise BadMeta(f"starts with {raw[:4]!r}, not with b'XL2 '")
    try:
        major, minor, mark, size = struct.unpack_from("<HHB", raw, 4) + struct.unpack_from(">I", raw, 9)
        held, rest = raw[13 : 13 + size], raw[13 + size :]
        sum_mark, checksum = struct.unpack_from(">BI", rest)
    except struct.error:
        raise BadMeta(f"ends early, at {len(raw)} bytes") from None
    if (major, minor, mark, sum_mark) != (1, 3, 0xC6, 0xCE):
        raise BadMeta(f"is of format {major}.{minor}, or is not laid out like 1.3")
    if xxhash.xxh64_intdigest(held) & 0xFFFFFFFF != checksum:
        raise BadMeta("the check sum of the versions is wrong")
    try:
        return Meta((major, minor), versions(held), inline(rest[5:]))
    except UNREADABLE as error:
        raise BadMeta(f"the check sum is right, the content is not: {error}") from error


def versions(held: bytes) -> list[Version]:
    stream = msgpack.Unpacker(raw=False, strict_map_key=False)
    stream.feed(held)
    _, _, count = stream.unpack(), stream.unpack(), stream.unpack()
    if count < 1:
        raise BadMeta("it has no version")
    return [version(stream.unpack(), stream.unpack()) for _ in range(count)]


def version(header: bytes, whole: bytes) -> Version:
    """The header is a tuple: id, time in ns, signature, kind, flags, and the numbers of shards."""
    id_, time, _, kind, flags, *_ = msgpack.unpackb(header)
    fields = msgpack.unpackb(whole, raw=False, strict_map_key=False)
    named = str(UUID(bytes=id_)) if any(id_) else "null"
    modified = datetime.fromtimestamp(time / 1e9, UTC)
    body = fields.get("V2Obj") or fields.get("DelObj") or {}
    return Version(KINDS.get(kind, f"kind {kind}"), named, modified, bool(flags & INLINE), body)


def inline(rest: bytes) -> dict[str, bytes]:
    if not rest:
        return {}
    if rest[0] != 1:
        raise BadMeta(f"the inline data is of version {rest[0]}, not 1")
    return dict(msgpack.unpackb(rest[1:], raw=False))
