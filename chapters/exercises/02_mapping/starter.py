"""Exercise 2: another name, another value."""

from dataclasses import dataclass
from secrets import choice
from typing import ClassVar

from storage_combinators import Bytes, JsonCodec, Mapped, Memory, Ref, Renamed
from storage_combinators.functions import as_bytes

TYPES = {"types": "nobody below asks whether a key is a Ref"}


@dataclass(frozen=True)
class Tenant(Renamed):
    """Level 1: what the source holds below `name`, and only that. It is the broken program again, with refs."""

    name: str
    without: ClassVar = TYPES

    def down(self, ref):
        base = Ref(self.name)
        return ref if ref.within(base) else base / ref

    def up(self, ref):
        return ref.under(Ref(self.name))


def salt():
    """Given: four letters, never twice the same, or hardly ever."""
    return bytes(choice(b"uvwxyz") for _ in range(4))


@dataclass(frozen=True)
class Salted(Mapped):
    """Level 2: bytes behind four random letters, so that equal values look different. Wrong for some values."""

    without: ClassVar = TYPES

    def encode(self, ref, value):
        return salt() + as_bytes(value)

    def decode(self, ref, raw):
        return raw.lstrip(raw[:4])


@dataclass(frozen=True)
class HandWritten(Mapped):
    """Level 3: JSON over bytes that others write too, with their blanks. `swap` is wrong; write it without super()."""

    without: ClassVar = TYPES
    codec: ClassVar = JsonCodec()

    def encode(self, ref, value):
        return self.codec.encode(value)

    def decode(self, ref, raw):
        return self.codec.decode(raw)

    def swap(self, ref, old, new, /):
        self.source.swap(ref, self.encode(ref, old), self.encode(ref, new))


def level_1():
    return Tenant(Bytes(Memory({Ref("ab"): b"not yours", Ref("a", "mine"): b"yours"})), "a")


def level_2():
    return Salted(Memory())


def level_3():
    return HandWritten(Memory({Ref("a"): b'{ "done" : false }\n'}))
