"""Encrypted: only who has the key reads (ours; field: authenticated encryption, AES-GCM). Extra: crypto."""

from dataclasses import dataclass, field
from secrets import token_bytes
from typing import TYPE_CHECKING

from ..functions import as_bytes
from ..ref import Ref
from .checked import Damaged
from .mapped import Mapped

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12  # bytes, random for each value: good for four billion values of one key


@dataclass(frozen=True)
class Encrypted(Mapped[bytes, bytes]):
    """A store of bytes over a source that holds them encrypted (AES-GCM), each bound to its ref.

    ``get(put(r, v)) = v``, and the source has ``nonce + seal(keys[0], nonce, v, r)``, other bytes each time; swap
    compares what they mean. Every key of `keys` (16, 24 or 32 bytes each) reads, the first one writes: put a new one
    before the old. What no key opens (changed, moved, another's) is Damaged, never Missing. Names, sizes and times can
    be seen; an older copy of the same ref is not noticed. Absence and being stopped midway are the source's.

    >>> from storage_combinators import Memory
    >>> store = Encrypted(Memory(), (bytes(32),)); store.put(Ref("a"), b"x"); store.get(Ref("a")), store
    (b'x', Encrypted(source=Memory()))
    """

    keys: tuple[bytes, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.keys, tuple) or not self.keys or not all(isinstance(key, bytes) for key in self.keys):
            raise TypeError("keys are a tuple of bytes: the one that writes first, then those that are still read")
        _ = [_cipher(key) for key in self.keys]  # ValueError for a wrong length, which does not show the key

    def encode(self, ref: Ref, value: bytes) -> bytes:
        nonce = token_bytes(NONCE)
        return nonce + _cipher(self.keys[0]).encrypt(nonce, as_bytes(value), str(ref).encode())

    def decode(self, ref: Ref, raw: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag

        for key in self.keys if len(raw) > NONCE else ():
            try:
                return _cipher(key).decrypt(raw[:NONCE], raw[NONCE:], str(ref).encode())
            except InvalidTag:
                continue
        raise Damaged(f"what is at {ref!r} was not put there with one of the keys")


def _cipher(key: bytes) -> "AESGCM":
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ModuleNotFoundError:
        raise ModuleNotFoundError("Encrypted needs pip install 'storage-combinators[crypto]'") from None
    return AESGCM(key)
