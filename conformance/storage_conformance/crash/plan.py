"""Plan: a trace under a model as a partial order of micro-operations, and the points where the power may go.

A set of micro-operations is written as the bits of one int, bit i for `units[i]`. A set is legal at a point if it
holds what is forced there, nothing that had not started, and with each unit all that the unit needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from math import inf
from operator import or_

from .models import Model
from .trace import Mark, Trace

__all__ = ["Cut", "Data", "Effect", "Entry", "Freed", "Grown", "Plan", "Point", "Unit", "bits", "union"]


@dataclass(frozen=True)
class Entry:
    """In the folder `node`, the name stands for `child`, or for nothing."""

    node: int
    name: str
    child: int | None


@dataclass(frozen=True)
class Data:
    """These bytes are at that offset; how far the file goes is another matter."""

    node: int
    offset: int
    data: bytes


@dataclass(frozen=True)
class Grown:
    """The file is this long."""

    node: int
    size: int


@dataclass(frozen=True)
class Cut:
    """The file is this long, and what was beyond is gone."""

    node: int
    size: int


@dataclass(frozen=True)
class Freed:
    """The file's bytes from `start` to `stop` are in blocks that others may use, even before this is on disk."""

    node: int
    start: int
    stop: int


Effect = Entry | Data | Grown | Cut | Freed


@dataclass(frozen=True)
class Unit:
    """A micro-operation: of which step, in words, what it does all at once, and what has to be on disk before it.

    `needs` is closed: it holds what the needed units need. `homes` are the nodes whose syncs together make it
    durable, each in words: a path, or "the folder that holds PATH".
    """

    step: int
    what: str
    effects: tuple[Effect, ...]
    needs: int
    homes: Mapping[int, str]


@dataclass(frozen=True)
class Point:
    """The power goes just before event `time`: which units had started, which are certain, which marks were passed."""

    time: float
    started: int
    forced: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Plan:
    """All of it; `units` are in the order of their steps."""

    trace: Trace
    model: Model
    units: list[Unit]
    starts: list[int]
    """The event at which each unit's call started."""
    syncs: list[tuple[int, int]]
    """The event at which each sync returned, and what is certain from then on."""

    def point(self, time: float) -> Point:
        """What holds just before an event."""
        started = union((1 << i for i, start in enumerate(self.starts) if start < time))
        forced = union(certain for end, certain in self.syncs if end < time)
        return Point(time, started, forced, tuple(mark for at, mark in self.marks() if at < time))

    def points(self) -> list[Point]:
        """Just before each sync returns, just before each mark, and at the end.

        What is lost and what had not been called look alike, so other moments allow nothing more; but for garbage,
        which is read in place of all bytes that are lost at such a point, or of none.
        """
        times: set[float] = {inf, *(end for end, _ in self.syncs), *(at for at, _ in self.marks())}
        return [self.point(time) for time in sorted(times)]

    def marks(self) -> list[tuple[int, Mark]]:
        """Each mark with its event."""
        return [(step.call.start, step.op) for step in self.trace.steps if isinstance(step.op, Mark)]

    def legal(self, point: Point, persisted: int) -> bool:
        """Whether the disk may hold exactly this when the power goes at that point."""
        inside = not persisted & ~point.started and not point.forced & ~persisted
        return inside and not any(self.units[i].needs & ~persisted for i in bits(persisted))


def union(masks: Iterable[int]) -> int:
    """All bits that are set in any."""
    return reduce(or_, masks, 0)


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, smallest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
