"""Exercise 4: the right parts in the wrong order, and a renaming that forgets what a ref is."""

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
    return WriteThrough(Memory(), Bytes(Memory()))


level_1.claims = {"copies": True}
level_1.without = WITHOUT


def level_2():
    """Level 2: these parts, stacked so that what is big is not near, and is taken all the same."""
    return Bytes(Small(Cache(Memory(), Memory()), 1000))


level_2.without = WITHOUT


@dataclass(frozen=True)
class Flat(Renamed):
    """Level 3: no folders below: a/b is called a.b. It must be a homomorphism: what is below a stays below a."""

    without: ClassVar = {"types": "nobody below asks whether a key is a Ref"}

    def down(self, ref):
        return Ref(".".join(ref)) if ref else ref

    def up(self, ref):
        return Ref(*ref[0].split("."))


def level_3():
    return Flat(Memory())
