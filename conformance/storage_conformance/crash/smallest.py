"""smallest: of a state that a reader finds bad, what is left when nothing more can be kept from being lost.

Source: Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, TSE 2002 (delta debugging), over the
calls that were lost and then over their parts; before it, the earliest moment that is still bad.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from .disk import GUESSES
from .plan import bits, union
from .search import State

__all__ = ["ASKS", "Bad", "smallest"]

Bad = Callable[[State], bool]
"""Whether what is read in a state breaks what the first state broke."""
ASKS = 400
"""States that read differently, and are read, at most; what was reached by then is the answer."""


def smallest(state: State, bad: Bad, asks: int = ASKS) -> State:
    """A bad state with as few lost calls as can be, as early as can be, with the same marks; asks `bad` of others."""
    asked = _Asked(bad, asks)
    state = _earliest(_plainest(state, asked), asked)
    for by_call in (True, False):
        state = _restored(state, asked, by_call=by_call)
    return _unguessed(state, asked)


@dataclass
class _Asked:
    """`bad`, once for each state that reads differently; none is bad once the asks are used up."""

    bad: Bad
    left: int
    known: dict[tuple[bytes, int], bool] = field(default_factory=dict)

    def __call__(self, state: State | None) -> bool:
        if state is None:
            return False
        key = state.digest, len(state.marks)
        if key not in self.known and self.left > 0:
            self.left -= 1
            self.known[key] = self.bad(state)
        return self.known.get(key, False)


def _plainest(state: State, bad: _Asked) -> State:
    """Lost bytes that read as zeros need less telling than garbage."""
    zeros = replace(state, choice=replace(state.choice, fill="zeros"))
    return zeros if bad(zeros) else state


def _unguessed(state: State, bad: _Asked) -> State:
    """Where every guess at a mapped file is as bad, none of them is why: the state is told without."""
    known = replace(state.choice, guess="", mapped=frozenset(), synced=frozenset())
    guesses = (replace(state, choice=replace(state.choice, guess=guess)) for guess in GUESSES if state.guess)
    return replace(state, choice=known) if state.guess and all(map(bad, guesses)) else state


def _earliest(state: State, bad: _Asked) -> State:
    """The first moment with these marks that is bad: first with nothing lost, then with what is on disk by then."""
    for keep in (-1, state.choice.persisted):
        for time in _moments(state):
            point = state.plan.point(time)
            sooner = state.at(point, point.started & keep)
            if sooner is not None and bad(sooner):
                return sooner
    return state


def _moments(state: State) -> Iterator[float]:
    """Just before each call starts, each sync returns, and at last the state's own moment; since the last mark."""
    plan, end = state.plan, state.point.time
    start = max((at for at, _ in plan.marks() if at < end), default=0)
    times = {step.call.start for step in plan.trace.steps} | {returned for returned, _ in plan.syncs}
    yield from sorted(time for time in times if start < time < end)
    yield state.point.time


def _restored(state: State, bad: _Asked, *, by_call: bool) -> State:
    """Nothing that is lost, call by call or unit by unit, can be on disk too without the state becoming good."""
    size = max(1, len(_parts(state, by_call)) // 2)
    while True:
        for start in range(0, len(_parts(state, by_call)), size):
            back = union(_parts(state, by_call)[start : start + size])
            more = state.at(state.point, state.choice.persisted | _closed(state, back))
            if back and more is not None and bad(more):
                state = more
                break
        else:
            if size == 1:
                return state
            size = max(1, size // 2)


def _parts(state: State, by_call: bool) -> list[int]:
    """What is lost, in parts: all of one call, or single units; the last first."""
    parts: dict[object, int] = {}
    for i in bits(state.choice.lost):
        key = state.plan.trace.steps[state.plan.units[i].step].call if by_call else i
        parts[key] = parts.get(key, 0) | 1 << i
    return list(parts.values())[::-1]


def _closed(state: State, mask: int) -> int:
    return mask | union(state.plan.units[i].needs for i in bits(mask))
