"""states: what a power cut may leave on the device, by the one rule that disks keep.

What was written before a flush that has returned is there. Of what was written since, any part may be there: writes in
any order, a write in part, sector by sector. So a state is an epoch (what lies between two flushes) and a choice among
its writes:

- none and all: each prefix that ends at a flush;
- each page of 4096 bytes missing, each alone;
- some choices by chance, by page and by sector of 512 bytes.

The same content comes once, with every moment of the workload at which the power may have gone for it to be found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random

from .image import BLOCK, SECTOR, Image
from .recording import Event, Flush, Mark, Recording, Write

__all__ = ["BOUND", "CHANCES", "Epoch", "Moment", "State", "ended", "epochs", "pieces", "states"]

BOUND = 12
"""Pages of an epoch that are left out, and that are alone, each; of more, so many by chance."""
CHANCES = ((BLOCK, 3), (SECTOR, 2))
"""The size of a piece, and how many choices by chance of such pieces, for each epoch."""

Moment = tuple[int, int]
"""How many calls of the workload had begun, and how many had returned."""


@dataclass(frozen=True)
class Epoch:
    """What came between two flushes: the writes, and the moments, first before them all, then after each."""

    number: int
    writes: tuple[Write, ...]
    moments: tuple[frozenset[Moment], ...]

    def since(self, write: int) -> frozenset[Moment]:
        """The moments from this write on (-1: from the start) to the end."""
        return frozenset().union(*self.moments[write + 1 :])

    def cut(self, size: int) -> tuple[tuple[int, Write], ...]:
        """The pieces of that size, each with the number of its write."""
        return tuple((number, piece) for number, write in enumerate(self.writes) for piece in pieces(write, size))


@dataclass(frozen=True)
class State:
    """What may be found: all that came before the epoch, and of its pieces those in `kept`; and at which moments."""

    label: str
    before: Image
    epoch: Epoch
    size: int
    kept: frozenset[int]
    moments: frozenset[Moment]

    @property
    def lost(self) -> list[Write]:
        """The pieces that are not there."""
        return [piece for number, (_, piece) in enumerate(self.epoch.cut(self.size)) if number not in self.kept]

    def image(self) -> Image:
        """What the device holds then."""
        made = self.before.copy()
        for number, (_, piece) in enumerate(self.epoch.cut(self.size)):
            if number in self.kept:
                made.write(piece.offset, piece.data)
        return made

    def keeping(self, kept: frozenset[int], label: str = "") -> State:
        """The same with other pieces kept."""
        last = max((write for number, (write, _) in enumerate(self.epoch.cut(self.size)) if number in kept), default=-1)
        moments = self.epoch.since(last)
        return State(label or self.label, self.before, self.epoch, self.size, kept, moments)


def ended(recording: Recording) -> State:
    """What the device holds at the end, with nothing lost: if all was unmounted by then, no power cut left it."""
    image = recording.base.copy()
    for write in [event for event in recording.events if isinstance(event, Write)]:
        image.write(write.offset, write.data)
    *_, last = epochs(recording.events)
    return State("all", image, replace(last, writes=()), BLOCK, frozenset(), frozenset({max(last.moments[-1])}))


def epochs(events: Iterable[Event]) -> Iterator[Epoch]:
    """The events, cut at the flushes."""
    number, begun, done = 0, 0, 0
    writes: list[Write] = []
    moments: list[set[Moment]] = [{(0, 0)}]
    for event in events:
        if isinstance(event, Flush):
            yield Epoch(number, tuple(writes), tuple(map(frozenset, moments)))
            number, writes, moments = number + 1, [], [{(begun, done)}]
        elif isinstance(event, Mark):
            begun, done = begun + event.text.startswith("begun"), done + event.text.startswith("done")
            moments[-1].add((begun, done))
        else:
            writes.append(event)
            moments.append({(begun, done)})
    yield Epoch(number, tuple(writes), tuple(map(frozenset, moments)))


def pieces(write: Write, size: int) -> Iterator[Write]:
    """The write, cut where a multiple of `size` begins."""
    start, end = write.offset, write.offset + len(write.data)
    while start < end:
        stop = min((start // size + 1) * size, end)
        yield Write(start, write.data[start - write.offset : stop - write.offset])
        start = stop


def states(recording: Recording, seed: int = 0) -> Iterator[State]:
    """Each distinct state, once, in the order of the epochs. The same seed, the same choices."""
    image, some = recording.base.copy(), Random(seed)  # noqa: S311  # choices, not secrets
    waiting: dict[int, State] = {}
    for epoch in epochs(recording.events):
        fresh: dict[int, State] = {}
        for state in _of(State("nothing", image.copy(), epoch, BLOCK, frozenset(), frozenset()), some):
            key = _digest(state.image())
            if key in waiting:
                told = waiting[key]
                moments = told.moments | state.moments
                waiting[key] = replace(state if _is_better_told(state, told) else told, moments=moments)
            else:
                known = fresh.get(key, state)
                fresh[key] = replace(known, moments=known.moments | state.moments)
        yield from waiting.values()
        waiting = fresh
        for write in epoch.writes:
            image.write(write.offset, write.data)
    yield from waiting.values()


def _is_better_told(state: State, told: State) -> bool:
    """What one epoch ends with, the next begins with, and is told of that; never as torn what whole pages leave."""
    return state.size > told.size or (state.size == told.size and state.epoch is not told.epoch)


def _digest(image: Image) -> int:
    return hash(frozenset(image.blocks.items()))  # told apart in this process only


def _of(start: State, some: Random) -> Iterator[State]:
    """The choices among the pieces of one epoch."""
    yield start.keeping(frozenset(), "nothing written since the flush is there")
    count = len(start.epoch.cut(BLOCK))
    if not count:
        return
    every = frozenset(range(count))
    yield start.keeping(every, "all that was written is there")
    for number in sorted(every if count <= BOUND else some.sample(sorted(every), BOUND)):
        yield start.keeping(every - {number}, "one page is lost")
        yield start.keeping(frozenset({number}), "one page alone is there")
    for size, times in CHANCES:
        small = replace(start, size=size)
        numbers = range(len(start.epoch.cut(size)))
        for _ in range(times if len(numbers) > 2 else 0):
            yield small.keeping(frozenset(number for number in numbers if some.random() < 0.5), "some of it is there")
