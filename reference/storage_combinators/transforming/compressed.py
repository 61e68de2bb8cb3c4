"""Compressed: fewer bytes below (ours; field: compression)."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from ..functions import as_bytes
from ..ref import Ref
from .mapped import Mapped

Codec = tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]
CODECS: dict[str, Codec] = {
    "zlib": (zlib.compress, zlib.decompress),
    "gzip": (partial(gzip.compress, mtime=0), gzip.decompress),  # else the same value would be other bytes each second
    "bz2": (bz2.compress, bz2.decompress),
    "lzma": (lzma.compress, lzma.decompress),
}


@dataclass(frozen=True)
class Compressed(Mapped[bytes, bytes]):
    """A store of bytes over a source that holds them compressed, in the format of `codec`: zlib, gzip, bz2 or lzma.

    ``put(r, v) = source.put(r, compress(v))`` and ``get(r) = decompress(source.get(r))``.
    Absence is the source's; what cannot be decompressed is a ValueError, never Missing. That it is what was put is
    Checked's business. Over a source that you do not trust, a small value may become a very big one.

    >>> from storage_combinators import Memory
    >>> store = Compressed(Memory()); store.put(Ref("a"), bytes(10**6)); len(store.source.get(Ref("a"))) < 2000
    True
    """

    codec: Literal["zlib", "gzip", "bz2", "lzma"] = "zlib"

    def __post_init__(self) -> None:
        if self.codec not in CODECS:
            raise ValueError(f"there is no codec {self.codec!r}; there are {', '.join(CODECS)}")

    def encode(self, ref: Ref, value: bytes) -> bytes:
        return CODECS[self.codec][0](as_bytes(value))

    def decode(self, ref: Ref, raw: bytes) -> bytes:
        try:
            return CODECS[self.codec][1](raw or b"?")  # gzip and bz2 take nothing for an empty value; none writes it
        except (zlib.error, lzma.LZMAError, EOFError, OSError, ValueError) as error:  # each format has its own
            raise ValueError(f"what is at {ref!r} is no {self.codec}: {error}") from error
