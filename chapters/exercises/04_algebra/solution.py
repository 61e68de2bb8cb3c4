"""Exercise 4: one answer."""

from dataclasses import dataclass
from typing import ClassVar

from storage_combinators import Bytes, Cache, Memory, Ref, Renamed, Small, WriteThrough

WITHOUT = {
    "shared": "the cache does not see what others write",
    "threads": "a fill may come after a racing write",
    "types": "nobody below asks whether a key is a Ref",
}


def level_1():
    """Level 1: these three, stacked so that what is put is copied in."""
    return Bytes(WriteThrough(Memory(), Memory()))


level_1.claims = {"copies": True}
level_1.without = WITHOUT


def level_2():
    """Level 2: these parts, stacked so that what is big is not near, and is taken all the same."""
    return Bytes(Cache(Small(Memory(), 1000), Memory()))


level_2.without = WITHOUT


@dataclass(frozen=True)
class Marked(Renamed):
    """Level 3: each name by itself, so that what is below a stays below it; a dot before it keeps names apart."""

    without: ClassVar = {"types": "nobody below asks whether a key is a Ref"}

    def down(self, ref):
        return Ref(*("." + name for name in ref))

    def up(self, ref):
        return Ref(*(name.removeprefix(".") for name in ref))


def level_3():
    return Marked(Memory())
