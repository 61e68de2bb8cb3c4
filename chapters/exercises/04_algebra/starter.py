"""Exercise 4: the right parts in the wrong order, and a renaming that forgets what a ref is."""

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
    return Near(WriteThrough(fast, Bytes(Memory())), fast)


level_1.claims = {"copies": True}


def level_2():
    """Level 2: these parts, stacked so that what is big is not near, and is taken all the same."""
    fast = Memory()
    return Near(Bytes(Small(Cache(fast, Memory()), 1000)), fast, 1000)


@dataclass(frozen=True)
class Marked(Renamed):
    """Level 3: below, each name has a dot before it. It must be a homomorphism: what is below a stays below a."""

    def down(self, ref):
        return Ref("." + ".".join(ref)) if ref else ref

    def up(self, ref):
        return Ref(*ref[0][1:].split(".")) if ref else ref


def level_3():
    return Marked(Dotted(Memory()))
