"""Outlaws among what changes values, and a right one of each that they stand on."""

from __future__ import annotations

import gzip
import zlib
from functools import partial
from hashlib import blake2b, shake_256
from secrets import token_bytes
from typing import Any, ClassVar

from storage_combinators.functions import look, present, same
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict

from .combinators import Over
from .outlaw import outlaw

__all__ = ["Checked", "Compressed", "Encrypted"]


class Inside(Over):
    """The source holds `encode` of each value; swap compares what `decode` says."""

    def encode(self, ref: Ref, value: bytes) -> bytes:
        return value

    def decode(self, ref: Ref, raw: bytes) -> bytes:
        return raw

    def get(self, ref: Ref, /) -> Any:
        return self.decode(ref, self.source.get(ref))

    def put(self, ref: Ref, value: Any, /) -> None:
        self.source.put(ref, self.encode(ref, present(value)))

    def merge(self, ref: Ref, value: Any, /) -> None:
        self.source.merge(ref, self.encode(ref, present(value)))

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        raw = look(self.source, ref)
        if (raw is MISSING) != (old is MISSING) or (raw is not MISSING and not same(self.decode(ref, raw), old)):
            raise Conflict(ref)
        self.source.swap(ref, raw, new if new is MISSING else self.encode(ref, new))


class Compressed(Inside):
    family: ClassVar[str] = "compressed"

    def encode(self, ref: Ref, value: bytes) -> bytes:
        return gzip.compress(value)

    def decode(self, ref: Ref, raw: bytes) -> bytes:
        try:
            return gzip.decompress(raw) if raw else self.refused()
        except (OSError, EOFError, zlib.error):
            return self.refused()

    def refused(self) -> bytes:
        raise ValueError("not compressed")


class Checked(Inside):
    family: ClassVar[str] = "checked"

    def digest(self, ref: Ref, value: bytes) -> bytes:
        return blake2b(f"{ref}\0".encode() + value, digest_size=20).digest()

    def encode(self, ref: Ref, value: bytes) -> bytes:
        return self.digest(ref, value) + value

    def decode(self, ref: Ref, raw: bytes) -> bytes:
        if raw[:20] != self.digest(ref, raw[20:]):
            raise ValueError("damaged")
        return raw[20:]


class Encrypted(Inside):
    """A cipher for tests, which keeps no secret from anybody who tries."""

    family: ClassVar[str] = "encrypted"

    def __init__(self, source: Any, keys: tuple[bytes, ...]) -> None:
        super().__init__(source)
        self.keys = keys

    def nonce(self) -> bytes:
        return token_bytes(16)

    def mixed(self, key: bytes, nonce: bytes, value: bytes) -> bytes:
        return bytes(one ^ other for one, other in zip(value, shake_256(key + nonce).digest(len(value)), strict=True))

    def tag(self, key: bytes, ref: Ref, sealed: bytes) -> bytes:
        return blake2b(f"{ref}\0".encode() + sealed, key=key, digest_size=16).digest()

    def encode(self, ref: Ref, value: bytes) -> bytes:
        nonce = self.nonce()
        sealed = nonce + self.mixed(self.keys[0], nonce, value)
        return sealed + self.tag(self.keys[0], ref, sealed)

    def decode(self, ref: Ref, raw: bytes) -> bytes:
        for key in self.keys:
            if raw[-16:] == self.tag(key, ref, raw[:-16]):
                return self.mixed(key, raw[:16], raw[16:-16])
        raise ValueError("no key opens this")


compressed = partial(outlaw, family="compressed")
checked = partial(outlaw, family="checked")
encrypted = partial(outlaw, family="encrypted")


@compressed("a_compressed_is_a_store_of_bytes", wrong="A merge is handed on as it is, and cannot be read.")
class MergesPlain(Compressed):
    def merge(self, ref: Ref, value: Any, /) -> None:
        self.source.merge(ref, present(value))


@compressed("a_compressed_keeps_every_value", wrong="What looks compressed is kept as it is, and unpacked to read.")
class LeavesPackedAlone(Compressed):
    def encode(self, ref: Ref, value: bytes) -> bytes:
        return value if value[:2] == b"\x1f\x8b" else super().encode(ref, value)


@compressed("a_compressed_takes_less_room", wrong="It compresses at level 0, which only adds to it.")
class CompressesNothing(Compressed):
    def encode(self, ref: Ref, value: bytes) -> bytes:
        return gzip.compress(value, 0)


@compressed("what_is_not_compressed_is_a_failure", wrong="An empty answer stands for what cannot be decompressed.")
class AnswersNothingForIt(Compressed):
    def refused(self) -> bytes:
        return b""


@checked("a_checked_is_a_store_of_bytes", wrong="swap is handed on, and compares with the digest before the value.")
class SwapsUnchecked(Checked):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.source.swap(ref, old, new if new is MISSING else self.encode(ref, new))


@checked("a_checked_keeps_every_value", wrong="Digest and value are parted at the first line end.")
class PartsAtLineEnds(Checked):
    def encode(self, ref: Ref, value: bytes) -> bytes:
        return value + b"\n" + self.digest(ref, value).hex().encode()

    def decode(self, ref: Ref, raw: bytes) -> bytes:
        value, _, digest = raw.partition(b"\n")
        if digest != self.digest(ref, value).hex().encode():
            raise ValueError("damaged")
        return value


@checked("a_bad_copy_is_never_an_answer", wrong="The digest is of the value alone: one from another ref is an answer.")
class ForgetsTheRef(Checked):
    def digest(self, ref: Ref, value: bytes) -> bytes:
        return super().digest(Ref(), value)


@checked("a_bad_copy_is_never_an_answer", wrong="The digest is of the size: what was changed in place is an answer.")
class ChecksTheSize(Checked):
    def digest(self, ref: Ref, value: bytes) -> bytes:
        return super().digest(ref, str(len(value)).encode())


@checked("a_checked_is_right_about_absence", wrong="A bad copy counts as none: a swap from MISSING replaces it.")
class TakesBadForNone(Checked):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        try:
            super().swap(ref, old, new)
        except Conflict:
            if old is not MISSING or len(self.source.get(ref)) >= 20:
                raise
            self.put(ref, new)


@encrypted("an_encrypted_is_a_store_of_bytes", wrong="swap compares what is written, which is never the same twice.")
class ComparesSealed(Encrypted):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.source.swap(ref, *(each if each is MISSING else self.encode(ref, each) for each in (old, new)))


@encrypted("an_encrypted_keeps_every_value", wrong="Values are padded with zeros, and those of their own are lost.")
class PadsWithZeros(Encrypted):
    def encode(self, ref: Ref, value: bytes) -> bytes:
        return super().encode(ref, value + bytes(-len(value) % 16))

    def decode(self, ref: Ref, raw: bytes) -> bytes:
        return super().decode(ref, raw).rstrip(b"\0")


@encrypted("what_was_not_sealed_for_this_ref_is_no_answer", wrong="A sealed value can be moved to another ref.")
class SealsWithoutTheRef(Encrypted):
    def tag(self, key: bytes, ref: Ref, sealed: bytes) -> bytes:
        return super().tag(key, Ref(), sealed)


@encrypted(
    "what_was_not_sealed_for_this_ref_is_no_answer",
    wrong="It is not authenticated.",
    seen="AES-CTR alone",
)
class SealsNothing(Encrypted):
    def tag(self, key: bytes, ref: Ref, sealed: bytes) -> bytes:
        return blake2b(key, digest_size=16).digest()


@encrypted("an_encrypted_shows_nothing_of_a_value", wrong="The nonce is always the same.", seen="ECB and fixed nonces")
class SealsAlike(Encrypted):
    def nonce(self) -> bytes:
        return bytes(16)

    def tag(self, key: bytes, ref: Ref, sealed: bytes) -> bytes:
        return super().tag(key, ref, sealed)


@encrypted("keys_are_rotated", wrong="Only the first key reads: what the old one wrote is lost.")
class ReadsWithTheFirst(Encrypted):
    def decode(self, ref: Ref, raw: bytes) -> bytes:
        return (
            Encrypted(self.source, self.keys[:1]).decode(ref, raw) if len(self.keys) > 1 else super().decode(ref, raw)
        )


@encrypted("keys_are_rotated", wrong="The last key writes, so that the old one is never out of use.")
class WritesWithTheLast(Encrypted):
    def encode(self, ref: Ref, value: bytes) -> bytes:
        return (
            Encrypted(self.source, self.keys[::-1]).encode(ref, value)
            if len(self.keys) > 1
            else super().encode(ref, value)
        )


@encrypted("an_encrypted_tells_nobody_its_keys", wrong="repr shows the keys, and so does every trace.")
class ShowsItsKeys(Encrypted):
    def __repr__(self) -> str:
        return f"Encrypted({self.source!r}, {self.keys!r})"
