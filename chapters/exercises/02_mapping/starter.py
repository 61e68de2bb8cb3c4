"""Exercise 2: another name, another value. The suite calls levels 1 and 3 with a source of its own."""

from dataclasses import dataclass
from secrets import choice
from typing import Any, ClassVar

from storage_combinators import Mapped, Memory, Ref, Refused, Renamed
from storage_combinators.functions import as_bytes


@dataclass(frozen=True)
class Tenant(Renamed):
    """Level 1: what the source holds below `base`, and only that. It is the broken program again, with refs."""

    base: Ref

    def down(self, ref):
        return ref if ref.within(self.base) else self.base / ref

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
    """Level 2: bytes behind four random letters, so that equal values look different. Wrong for some values."""

    without: ClassVar = {"types": "nobody below asks whether a key is a Ref"}

    def encode(self, ref, value):
        return salt() + as_bytes(value)

    def decode(self, ref, raw):
        return raw.lstrip(raw[:4])


@dataclass(frozen=True)
class HandWritten(Mapped):
    """Level 3: values over bytes that others write too, with their blanks. `swap` is wrong; do it without super()."""

    codec: Any

    def encode(self, ref, value):
        return self.codec.encode(value)

    def decode(self, ref, raw):
        return self.codec.decode(raw)

    def swap(self, ref, old, new, /):
        self.source.swap(ref, self.encode(ref, old), self.encode(ref, new))


def level_1(source, base):
    return Tenant(source, base)


def level_2():
    return Salted(Salty(Memory()))


def level_3(source, codec):
    return HandWritten(source, codec)


level_1.family = "relative"
level_3.family = "codec"
