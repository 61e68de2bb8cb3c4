"""Chunked: big values in pieces (ours; field: chunking, manifest). A stream is a value that knows its digest."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from ..functions import as_bytes, look, walk
from ..ref import Ref
from ..store import MISSING, Gone, Store
from .checked import Damaged
from .content_addressed import ContentAddressed
from .mapped import Mapped

BUFFERS = (bytes, bytearray, memoryview)  # which are taken for a value of one part


@dataclass(frozen=True)
class Whole:
    """A value in pieces: iterate over it, as often as you like; ``bytes(whole)`` has it in memory. Equal by digest.

    Damaged while iterating: a piece is gone, or is not what was put.
    """

    digest: str
    size: int  # bytes
    names: tuple[Ref, ...] = field(compare=False, repr=False)
    pieces: ContentAddressed = field(compare=False, repr=False)

    def __iter__(self) -> Iterator[bytes]:
        for name in self.names:
            piece = look(self.pieces, name)
            if piece is MISSING:  # which would say that the whole is
                raise Damaged(f"the piece {name!r} is gone")
            yield piece

    def __bytes__(self) -> bytes:
        return b"".join(self)


@dataclass(frozen=True)
class Chunked(Mapped[Iterable[bytes], bytes]):
    """A store of big values: `pieces` holds at most `size` bytes a piece, `source` for each ref the list of them.

    ``bytes(get(r)) = b"".join(v)`` after ``put(r, v)``; values are compared by digest, never read for it. What can be
    read only once, a generator or an open file, is a TypeError. Pieces are put first, then the list in one step: a
    failure, or being stopped midway, shows before or after, never a mix, and leaves pieces over, as deleting and
    replacing do: `leftover` finds them. A lost or changed piece is Damaged.

    >>> from storage_combinators import Memory
    >>> store = Chunked(Memory(), Memory(), 4); store.put(Ref("a"), [b"from a ", b"stream"])
    >>> list(store.get(Ref("a")))
    [b'from', b' a s', b'trea', b'm']
    """

    pieces: Store[bytes]
    size: int = 2**20

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ValueError(f"size is the bytes of a piece, at least 1, not {self.size}")

    def encode(self, ref: Ref, value: Iterable[bytes]) -> bytes:
        if isinstance(value, Whole) and value.pieces.source is self.pieces:  # its pieces are here already
            return _listed(value.digest, value.size, value.names)
        if iter(value) is value:  # by the second try of a Retry, or in the second of two stores, it would be empty
            raise TypeError("a stream that can be read only once: give a list, or what iter() begins anew each time")
        pieces, whole, total, names = ContentAddressed(self.pieces), sha256(), 0, []
        for piece in _cut([as_bytes(value)] if isinstance(value, BUFFERS) else value, self.size):
            whole.update(piece)
            total += len(piece)
            names.append(pieces.add(piece))
        return _listed(whole.hexdigest(), total, names)

    def decode(self, ref: Ref, raw: bytes) -> Whole:
        try:
            digest, size, names = json.loads(raw)
            return Whole(digest, size, tuple(Ref(*name) for name in names), ContentAddressed(self.pieces))
        except (ValueError, TypeError) as error:
            raise Damaged(f"what is at {ref!r} is no list of pieces: {error}") from error

    def swap(self, ref: Ref, old: Iterable[bytes] | Gone, new: Iterable[bytes] | Gone, /) -> None:
        super().swap(ref, old if old is MISSING else self.decode(ref, self.encode(ref, old)), new)  # equal by digest

    def leftover(self) -> Iterator[Ref]:
        """The refs of pieces that no value has; delete them from `pieces` only while nobody writes here."""
        lists = ((ref, look(self.source, ref)) for ref in walk(self.source, Ref()))
        used = {name for ref, raw in lists if raw is not MISSING for name in self.decode(ref, raw).names}
        return (ref for ref in walk(self.pieces, Ref()) if ref not in used)


@dataclass(frozen=True)
class JoinCodec:
    """Bytes above, what Chunked takes and answers below: ``Serialized(Chunked(...), JoinCodec())``."""

    def encode(self, value: bytes, /) -> Iterable[bytes]:
        return (as_bytes(value),)

    def decode(self, raw: Iterable[bytes], /) -> bytes:
        return b"".join(raw)


def _cut(parts: Iterable[bytes], size: int) -> Iterator[bytes]:
    rest = bytearray()
    for part in parts:
        rest += as_bytes(part)
        while len(rest) >= size:
            yield bytes(rest[:size])
            del rest[:size]
    if rest:
        yield bytes(rest)


def _listed(digest: str, size: int, names: Iterable[Ref]) -> bytes:
    return json.dumps([digest, size, list(names)]).encode()
