"""One answer to exercise 2."""

from dataclasses import dataclass
from secrets import choice
from typing import ClassVar

from storage_combinators import Bytes, Conflict, JsonCodec, Mapped, Memory, Ref, Renamed, look, same
from storage_combinators.functions import as_bytes
from storage_combinators.store import MISSING

TYPES = {"types": "nobody below asks whether a key is a Ref"}


@dataclass(frozen=True)
class Tenant(Renamed):
    """Level 1: always put the base before; then nothing can be there twice."""

    name: str
    without: ClassVar = TYPES

    def down(self, ref):
        return Ref(self.name) / ref

    def up(self, ref):
        return ref.under(Ref(self.name))


def salt():
    """Given: four letters, never twice the same, or hardly ever."""
    return bytes(choice(b"uvwxyz") for _ in range(4))


@dataclass(frozen=True)
class Salted(Mapped):
    """Level 2: cut off as many as were put on, whichever they are; and what is no bytes is a TypeError."""

    without: ClassVar = TYPES

    def encode(self, ref, value):
        return salt() + as_bytes(value)

    def decode(self, ref, raw):
        return raw[4:]


@dataclass(frozen=True)
class HandWritten(Mapped):
    """Level 3: compare decoded values, swap the raw one that was read."""

    without: ClassVar = TYPES
    codec: ClassVar = JsonCodec()

    def encode(self, ref, value):
        return self.codec.encode(value)

    def decode(self, ref, raw):
        return self.codec.decode(raw)

    def swap(self, ref, old, new, /):
        raw = look(self.source, ref)
        if not same(raw if raw is MISSING else self.decode(ref, raw), old):
            raise Conflict(ref)
        self.source.swap(ref, raw, new if new is MISSING else self.encode(ref, new))


def level_1():
    return Tenant(Bytes(Memory({Ref("ab"): b"not yours", Ref("a", "mine"): b"yours"})), "a")


def level_2():
    return Salted(Memory())


def level_3():
    return HandWritten(Memory({Ref("a"): b'{ "done" : false }\n'}))
