"""Checked: a bad copy is never an answer (ours; field: checksum, and with a key: message authentication)."""

from dataclasses import dataclass, field
from hashlib import blake2b
from hmac import compare_digest

from ..functions import as_bytes
from ..ref import Ref
from .mapped import Mapped

SIZE = 32  # bytes of the digest


class Damaged(ValueError):
    """What is stored is not what was put: a failure, and no answer. Carries what is known of it."""


@dataclass(frozen=True)
class Checked(Mapped[bytes, bytes]):
    """A store of bytes over a source that holds a digest of ref and value before each value.

    ``put(r, v) = source.put(r, digest(r, v) + v)``; get raises Damaged for what was cut, changed or moved from another
    ref, and never answers it or Missing. An older copy of the same ref is not noticed. Put and delete repair.
    With a `key` of up to 64 bytes, which nothing shows, only who has it can write what is read. Absence, other
    failures and being stopped midway are the source's.

    >>> from storage_combinators import Memory
    >>> store = Checked(Memory()); store.put(Ref("a"), b"x"); store.source.put(Ref("b"), store.source.get(Ref("a")))
    >>> try: store.get(Ref("b"))
    ... except Damaged as reason: print(reason)
    what is at Ref('b') is not what was put there
    """

    key: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        blake2b(key=self.key)  # ValueError for one that is too long, before anything is written

    def encode(self, ref: Ref, value: bytes) -> bytes:
        value = as_bytes(value)
        return self._digest(ref, value) + value

    def decode(self, ref: Ref, raw: bytes) -> bytes:
        digest, value = raw[:SIZE], raw[SIZE:]
        if not compare_digest(digest, self._digest(ref, value)):
            raise Damaged(f"what is at {ref!r} is not what was put there")
        return value

    def _digest(self, ref: Ref, value: bytes) -> bytes:
        return blake2b(f"{ref}\0".encode() + value, digest_size=SIZE, key=self.key).digest()  # no name has a NUL
