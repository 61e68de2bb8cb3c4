"""Exercise 4: one answer."""

from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar

from storage_combinators import Bytes, Cache, Memory, PassThrough, Ref, Refused, Renamed, Small, WriteThrough, look

WITHOUT = {
    "shared": "the cache does not see what others write",
    "threads": "a fill may come after a racing write",
}


@dataclass(frozen=True)
class Near(PassThrough):
    """Given: fails where what was read is not near in `fast` by then, or is, though it is longer than `limit`."""

    fast: Any
    limit: float = inf

    without: ClassVar = WITHOUT

    def get(self, ref, /):
        value = self.source.get(ref)
        if (look(self.fast, ref) == value) != (len(value) <= self.limit):
            raise AssertionError("the wrong values are near")
        return value


@dataclass(frozen=True)
class Dotted(Renamed):
    """Given: a store that refuses names without a dot before them."""

    without: ClassVar = {"types": "nobody below asks whether a key is a Ref"}

    def down(self, ref):
        if not all(name.startswith(".") for name in ref):
            raise Refused("each name has a dot before it")
        return ref

    def up(self, ref):
        return ref


def level_1():
    """Level 1: these three, stacked so that what is put is near and is copied in."""
    fast = Memory()
    return Near(Bytes(WriteThrough(fast, Memory())), fast)


level_1.claims = {"copies": True}


def level_2():
    """Level 2: these parts, stacked so that what is big is not near, and is taken all the same."""
    fast = Memory()
    return Near(Bytes(Cache(Small(fast, 1000), Memory())), fast, 1000)


@dataclass(frozen=True)
class Marked(Renamed):
    """Level 3: each name by itself, so that what is below a stays below it; a dot before it keeps names apart."""

    def down(self, ref):
        return Ref(*("." + name for name in ref))

    def up(self, ref):
        return Ref(*(name.removeprefix(".") for name in ref))


def level_3():
    return Marked(Dotted(Memory()))
