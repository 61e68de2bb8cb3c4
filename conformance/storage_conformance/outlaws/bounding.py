"""Outlaws among stores that make room by evicting; and a right one."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from storage_combinators.functions import look
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Refused

from .combinators import Over
from .outlaw import outlaw

__all__ = ["Bounded"]

bounded = partial(outlaw, family="bounded")


class Bounded(Over):
    family: ClassVar[str] = "bounded"

    def __init__(self, source: Any, limit: int) -> None:
        super().__init__(source)
        self.limit = limit
        self.used: list[Ref] = []  # the last one last

    def touch(self, ref: Ref) -> None:
        self.used = [other for other in self.used if other != ref] + [ref]

    def sizes(self) -> dict[Ref, int]:
        """What all take, those of which nothing is known first."""
        held = list(self.source.refs(Ref()))
        order = [ref for ref in held if ref not in self.used] + [ref for ref in self.used if ref in held]
        return {ref: len(self.source.get(ref)) for ref in order}

    def make_room(self, ref: Ref, value: Any) -> None:
        if len(value) > self.limit:
            raise Refused("too big")
        sizes = self.sizes()
        sizes.pop(ref, None)
        while sum(sizes.values()) + len(value) > self.limit:
            oldest = next(iter(sizes))
            self.source.delete(oldest)
            del sizes[oldest]

    def get(self, ref: Ref, /) -> Any:
        value = self.source.get(ref)
        self.touch(ref)
        return value

    def put(self, ref: Ref, value: Any, /) -> None:
        self.make_room(ref, value)
        self.source.put(ref, value)
        self.touch(ref)

    merge = put

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.source.swap(ref, old, old)
        if new is not MISSING:
            self.make_room(ref, new)
        self.source.swap(ref, old, new)
        self.touch(ref)


@bounded("a_bounded_is_its_source_while_there_is_room", wrong="A delete is left to the eviction.")
class DeletesLater(Bounded):
    def delete(self, ref: Ref, /) -> None:
        self.used = [ref, *(other for other in self.used if other != ref)]


@bounded("no_more_than_its_limit_is_ever_there", wrong="It puts, and makes room after that.", seen="most LRU caches")
class MakesRoomAfterwards(Bounded):
    def put(self, ref: Ref, value: Any, /) -> None:
        if len(value) > self.limit:
            raise Refused("too big")
        self.source.put(ref, value)
        self.touch(ref)
        self.make_room(ref, value)


@bounded("what_was_not_used_for_longest_goes", wrong="A get is no use.", seen="first in, first out")
class EvictsTheFirstIn(Bounded):
    def get(self, ref: Ref, /) -> Any:
        return self.source.get(ref)


@bounded("no_more_goes_than_has_to", wrong="It begins anew when it is full.", seen="cache.clear()")
class ClearsAll(Bounded):
    def make_room(self, ref: Ref, value: Any) -> None:
        sizes = self.sizes()
        sizes.pop(ref, None)
        if len(value) > self.limit:
            raise Refused("too big")
        if sum(sizes.values()) + len(value) > self.limit:
            for other in sizes:
                self.source.delete(other)


@bounded("what_does_not_fit_is_refused_and_nothing_goes", wrong="All goes for what does not fit anyway.")
class GoesForNothing(Bounded):
    def make_room(self, ref: Ref, value: Any) -> None:
        try:
            super().make_room(ref, value)
        except Refused:
            for other in self.sizes():
                self.source.delete(other)
            raise


@bounded("what_was_there_before_takes_room", wrong="It counts what it wrote itself, and nothing else.")
class CountsWhatItWrote(Bounded):
    def __init__(self, source: Any, limit: int) -> None:
        super().__init__(source, limit)
        self.own: set[Ref] = set()

    def make_room(self, ref: Ref, value: Any) -> None:
        super().make_room(ref, value)
        self.own.add(ref)

    def sizes(self) -> dict[Ref, int]:
        return {ref: size for ref, size in super().sizes().items() if ref in self.own}


@bounded("a_swap_that_conflicts_moves_nothing", wrong="It makes room before it knows whether the swap wins.")
class MovesForAConflict(Bounded):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if new is not MISSING:
            self.make_room(ref, new)
        self.source.swap(ref, old, new)
        self.touch(ref)


@bounded("what_is_gone_takes_no_room", wrong="What was deleted still counts.", seen="a size that only grows")
class CountsTheDeleted(Bounded):
    def __init__(self, source: Any, limit: int) -> None:
        super().__init__(source, limit)
        self.gone: dict[Ref, int] = {}

    def delete(self, ref: Ref, /) -> None:
        if look(self.source, ref) is not MISSING:
            self.gone[ref] = len(self.source.get(ref))
        self.source.delete(ref)

    def sizes(self) -> dict[Ref, int]:
        return super().sizes() | self.gone
