"""choices: the legal sets of micro-operations at a point; all of them, or a fair part where they are too many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, groupby, islice, zip_longest
from random import Random

from .plan import Data, Plan, Point, Unit, bits, union
from .split import PAGE

__all__ = ["LEVELS", "choices"]

LEVELS = ("sectors", "pages", "calls")
"""What is all or nothing while all choices are enumerated: from one unit each to all bytes of a call."""


def choices(plan: Plan, point: Point, limit: int, seed: int) -> tuple[str, list[int]]:
    """The level that was enumerated whole ("" for none), and about `limit` legal sets at most, each once."""
    part = _Part(plan.units, point.started & ~point.forced, point.forced)
    for level in LEVELS:
        whole = part.whole(level, limit)
        if whole is not None and level == LEVELS[0]:
            return level, whole
        if whole is not None:
            more = islice(part.fair(seed), max(limit - len(whole), limit // 4))
            return level, list(dict.fromkeys(chain(whole, more)))
    return "", list(dict.fromkeys(islice(part.fair(seed), limit)))


@dataclass(frozen=True)
class _Part:
    """What may be there or not at one point, above what is certain."""

    units: list[Unit]
    open: int
    forced: int

    def whole(self, level: str, limit: int) -> list[int] | None:
        """All legal sets in which a group is there or not; None if they are more than the limit."""
        found = [self.forced]
        for group in self.groups(level):
            needs = union(self.units[i].needs for i in group) & ~_mask(group)
            found += [held | _mask(group) for held in found if not needs & ~held]
            if len(found) > limit:
                return None
        return found

    def groups(self, level: str) -> list[list[int]]:
        """The open units, those side by side that belong together at this level in one group."""

        def key(i: int) -> object:
            unit = self.units[i]
            effect = unit.effects[0]
            data = isinstance(effect, Data)
            if level == "calls":
                return unit.step, data
            return (unit.step, effect.offset // PAGE) if isinstance(effect, Data) and level == "pages" else i

        return [list(group) for _, group in groupby(bits(self.open), key)]

    def closed(self, wanted: int) -> int:
        """What is certain, and of what is wanted all that lacks nothing it needs."""
        held = self.forced
        for i in bits(wanted & self.open):
            if not self.units[i].needs & ~held:
                held |= 1 << i
        return held

    def without(self, lost: int) -> int:
        return self.closed(self.open & ~lost)

    def fair(self, seed: int) -> Iterator[int]:
        """In turn: a prefix, one missing, one alone, half a call missing, a call missing from a prefix; then by chance.

        Each kind comes in an order by chance, so that a bound cuts all of them alike; the caller ends it.
        """
        dice = Random(seed)  # noqa: S311  # chooses, guards no secret
        calls = [_mask(group) for group in self.groups("calls")]
        families: tuple[Iterable[int], ...] = (
            (self.closed((1 << i + 1) - 1) for i in _shuffled(list(bits(self.open)), dice)),
            (self.without(1 << i) for i in _shuffled(list(bits(self.open)), dice)),
            (self.closed(1 << i | self.units[i].needs) for i in _shuffled(list(bits(self.open)), dice)),
            (self.without(half) for group in _shuffled(calls, dice) for half in _halves(group)),
            (self.closed(below & ~call) for below, call in _pairs(calls, dice)),
        )
        in_turn = (each for turn in zip_longest(*families) for each in turn if each is not None)
        return chain((self.forced, self.closed(self.open)), in_turn, self.at_random(dice))

    def at_random(self, dice: Random) -> Iterator[int]:
        """Sparse and dense sets alike, without end."""
        while True:
            chance = dice.random()
            yield self.closed(_mask(i for i in bits(self.open) if dice.random() < chance))


def _mask(numbers: Iterable[int]) -> int:
    return union(1 << i for i in numbers)


def _shuffled(items: list[int], dice: Random) -> list[int]:
    return dice.sample(items, len(items))


def _halves(mask: int) -> tuple[int, int]:
    numbers = list(bits(mask))
    return _mask(numbers[: len(numbers) // 2]), _mask(numbers[len(numbers) // 2 :])


def _pairs(calls: list[int], dice: Random) -> Iterator[tuple[int, int]]:
    """All up to a call, and a call before it, for all such pairs; a distance at a time, as orders are mostly local."""
    for distance in range(1, len(calls)):
        for last in dice.sample(range(distance, len(calls)), len(calls) - distance):
            yield _mask(i for call in calls[: last + 1] for i in bits(call)), calls[last - distance]
