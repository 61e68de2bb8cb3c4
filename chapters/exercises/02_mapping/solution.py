"""One answer to exercise 2."""

from dataclasses import dataclass
from secrets import choice
from typing import Any, ClassVar

from storage_combinators import MISSING, Conflict, Mapped, Memory, Ref, Refused, Renamed, look, same
from storage_combinators.functions import as_bytes


@dataclass(frozen=True)
class Tenant(Renamed):
    """Level 1: always put the base before; then nothing can be there twice."""

    base: Ref

    def down(self, ref):
        return self.base / ref

    def up(self, ref):
        return ref.under(self.base)


def salt():
    """Given: four letters, never twice the same, or hardly ever."""
    return bytes(choice(b"uvwxyz") for _ in range(4))


class Salty(Mapped):
    """Given: a store that refuses what has no salt before it."""

    def encode(self, ref, value):
        if len(value) < 4 or value[:4].strip(b"uvwxyz"):
            raise Refused("there is no salt before it")
        return value

    def decode(self, ref, raw):
        return raw


@dataclass(frozen=True)
class Salted(Mapped):
    """Level 2: cut off as many as were put on, whichever they are."""

    without: ClassVar = {"types": "nobody below asks whether a key is a Ref"}

    def encode(self, ref, value):
        return salt() + as_bytes(value)

    def decode(self, ref, raw):
        return raw[4:]


@dataclass(frozen=True)
class HandWritten(Mapped):
    """Level 3: compare encodings, then decoded values; swap the raw one that was read."""

    codec: Any

    def encode(self, ref, value):
        return self.codec.encode(value)

    def decode(self, ref, raw):
        return self.codec.decode(raw)

    def swap(self, ref, old, new, /):
        raw, written = look(self.source, ref), self.written(ref, old)
        if not (same(raw, written) or (raw is not MISSING and same(self.decode(ref, raw), old))):
            raise Conflict(ref)
        self.source.swap(ref, raw, self.written(ref, new))

    def written(self, ref, value):
        return MISSING if value is MISSING else self.encode(ref, value)


def level_1(source, base):
    return Tenant(source, base)


def level_2():
    return Salted(Salty(Memory()))


def level_3(source, codec):
    return HandWritten(source, codec)


level_1.family = "relative"
level_3.family = "codec"
