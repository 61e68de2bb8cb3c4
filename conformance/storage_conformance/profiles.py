"""How much is tried: two profiles in four steps, bounded by counts, never by the clock."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import mean, median
from time import perf_counter
from typing import Any

from storage_combinators.ref import Ref

from .subjects import Subject
from .verbs import answer_of

__all__ = ["PROFILES", "STEPS", "Counts", "counts", "step_of"]

# The quick profile makes about 75,000 calls in step 2, 20,000 in step 3, 10,000 in step 4: the bounds give a disk that
# syncs some 15 seconds, and a server less than a minute.
CALLS = (4, 14, 10)  # of a trial, about, in steps 1, 2 and 3
STEPS = (30e-6, 0.3e-3, 1.5e-3)  # seconds an operation takes at most in these; slower: step 4
PROFILES = ("quick", "full")


@dataclass(frozen=True)
class Counts:
    """Bounds of one profile at one step.

    `calls`: a history and its law have so many calls at most, in the exhaustive engine; `trials`: of one law there, at
    most, per length of history; `schedules`: of one law there that interrupts threads; `refs`: of the small scope;
    `deep`: of it, where histories have more than two steps.
    `examples` of the random engine for one law, with `length` steps of history at most. `families` and `values`: how
    many of the hostile ones. `rounds` of laws that repeat.
    """

    calls: int
    trials: int
    schedules: int
    refs: int
    deep: int
    examples: int
    length: int
    families: int
    values: int
    rounds: int


_COUNTS = {  # calls, trials, schedules, refs, deep, examples, length, families, values, rounds
    ("quick", 1): Counts(4, 12_000, 1_000, 3, 2, 25, 20, 99, 99, 20),
    ("quick", 2): Counts(3, 400, 400, 2, 2, 6, 10, 99, 99, 6),
    ("quick", 3): Counts(2, 60, 150, 2, 2, 3, 8, 30, 30, 3),
    ("quick", 4): Counts(2, 12, 50, 2, 2, 2, 6, 12, 16, 2),
    ("full", 1): Counts(4, 200_000, 15_000, 3, 3, 300, 50, 99, 99, 60),
    ("full", 2): Counts(4, 2_000, 3_000, 3, 2, 40, 25, 99, 99, 20),
    ("full", 3): Counts(3, 300, 500, 2, 2, 15, 15, 99, 99, 8),
    ("full", 4): Counts(2, 60, 200, 2, 2, 8, 10, 99, 99, 4),
}


def counts(profile: str, step: int) -> Counts:
    """The bounds of `profile` ("quick" or "full") at `step` (1 to 4)."""
    return _COUNTS[profile, step]


def step_of(subject: Subject, value: Any) -> int:
    """The step for `subject`: by 21 timed operations, or by what a fresh place costs, if that is more.

    Every put is of what is not there, since some stores do not write what they hold already. Never 1 at a place that
    others use, nor in a directory: there each trial must look for what is there, and remove it.
    """
    start = perf_counter()
    place = subject.place()
    opened = perf_counter() - start
    key = place.key(Ref("timed"))
    write, read, remove = ("[]=", "[]", "del") if subject.kind == "mapping" else ("put", "get", "delete")
    cycle: list[tuple[str, tuple[Any, ...]]] = [(write, (key, value)), (read, (key,)), (remove, (key,))]
    try:
        seconds = [_timed(place.store, verb, args) for verb, args in cycle * 7]
    finally:
        start = perf_counter()
        place.close([])  # the last operation removed what was put, where anything can be put
        opened += perf_counter() - start
    call = mean(median(seconds[at::3]) for at in range(3))
    slower = sum(max(call, opened / calls) > bound for calls, bound in zip(CALLS, STEPS, strict=True))
    return max(1 + slower, 2 if subject.url or subject.directory else 1)


def _timed(store: Any, verb: str, args: tuple[Any, ...]) -> float:
    start = perf_counter()
    answer_of(store, verb, args)
    return perf_counter() - start
