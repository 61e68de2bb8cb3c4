"""Every choice in a small scope, one after the other: shortest histories first, always in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ..scope import Step

__all__ = ["Odometer", "every"]

T = TypeVar("T")


@dataclass
class Odometer:
    """A chooser that is replayed: it takes the turns it was given, then always the first way, and counts the ways."""

    size: int  # how many steps a history has
    again: bool = False
    only: str = ""  # the verb that histories are made of, if it is but one
    turns: list[int] = field(default_factory=list)
    ways: list[int] = field(default_factory=list)
    asked: bool = False  # a history was asked for
    chosen: bool = False  # there was something to choose

    def choose(self, options: Sequence[T]) -> T:
        at = len(self.ways)
        if at == len(self.turns):
            self.turns.append(0)
        self.ways.append(len(options))
        return options[
            min(self.turns[at], len(options) - 1)
        ]  # fewer than before, if the store is not the same each time

    def history(self, steps: Callable[[], list[Step]]) -> Iterator[Step]:
        self.asked = True
        for _ in range(self.size):
            yield self.choose(steps())

    def interruptions(self, most: int) -> Callable[[int], bool]:
        """Whether a thread is interrupted after step n: `most` times, everywhere."""
        done: list[int] = []

        def interrupted(step: int) -> bool:
            done.extend([step] if len(done) < most and self.choose((False, True)) else [])
            return step in done[-1:]

        return interrupted

    def advance(self) -> bool:
        """Turn to the next combination of choices; False after the last. A trial that ended early is not repeated."""
        del self.turns[len(self.ways) :]
        while self.turns and self.turns[-1] + 1 >= self.ways[len(self.turns) - 1]:
            self.turns.pop()
        if self.turns:
            self.turns[-1] += 1
        self.ways.clear()
        return bool(self.turns)


def every(odometer: Odometer, limit: int) -> Iterator[None]:
    """Once for every combination of choices, `limit` at most: the caller attempts, then the odometer is turned."""
    for _ in range(limit):
        yield
        odometer.chosen = odometer.chosen or bool(odometer.ways)
        if not odometer.advance():
            return
