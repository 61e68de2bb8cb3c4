"""Bytes: only bytes pass, as copies. Ours; makes Memory hold what a disk can hold."""

from dataclasses import dataclass

from ..functions import as_bytes, as_ref
from ..ref import Ref
from .mapped import Mapped


@dataclass(frozen=True)
class Bytes(Mapped[bytes, bytes]):
    """A store of bytes that takes any buffer and copies it: what is changed later does not change the store.

    ``put(r, v) = source.put(r, bytes(v))`` for bytes, bytearray and memoryview; other values are a TypeError.
    Absence, failure and being stopped midway are the source's.

    >>> from storage_combinators import Memory, Ref
    >>> store = Bytes(Memory()); buffer = bytearray(b"1"); store.put(Ref("a"), buffer); buffer.clear()
    >>> store.get(Ref("a"))
    b'1'
    """

    def encode(self, ref: Ref, value: bytes) -> bytes:
        as_ref(ref)  # a TypeError here, too, whatever the source takes
        return as_bytes(value)

    def decode(self, ref: Ref, raw: bytes) -> bytes:
        return raw
