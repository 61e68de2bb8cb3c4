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

CALLS = 4  # of a trial, about
STEPS = (30e-6, 1.5e-3, 4e-3)  # seconds an operation takes at most in steps 1, 2 and 3; slower: step 4
PROFILES = ("quick", "full")


@dataclass(frozen=True)
class Counts:
    """Bounds of one profile at one step.

    `calls`: a history and its law have so many calls at most, in the exhaustive engine; `trials`: of one law there, at
    most, per length of history; `refs`: of the small scope; `deep`: of it, where histories have more than two steps.
    `examples` of the random engine for one law, with `length` steps of history at most. `families` and `values`: how
    many of the hostile ones. `rounds` of laws that repeat.
    """

    calls: int
    trials: int
    refs: int
    deep: int
    examples: int
    length: int
    families: int
    values: int
    rounds: int


_COUNTS = {
    ("quick", 1): Counts(
        calls=4, trials=40_000, refs=3, deep=2, examples=25, length=20, families=99, values=99, rounds=20
    ),
    ("quick", 2): Counts(calls=3, trials=400, refs=2, deep=2, examples=6, length=10, families=99, values=99, rounds=6),
    ("quick", 3): Counts(calls=2, trials=60, refs=2, deep=2, examples=3, length=8, families=30, values=30, rounds=3),
    ("quick", 4): Counts(calls=2, trials=12, refs=2, deep=2, examples=2, length=6, families=12, values=16, rounds=2),
    ("full", 1): Counts(
        calls=4, trials=200_000, refs=3, deep=3, examples=300, length=50, families=99, values=99, rounds=60
    ),
    ("full", 2): Counts(
        calls=4, trials=2_000, refs=3, deep=2, examples=40, length=25, families=99, values=99, rounds=20
    ),
    ("full", 3): Counts(calls=3, trials=300, refs=2, deep=2, examples=15, length=15, families=99, values=99, rounds=8),
    ("full", 4): Counts(calls=2, trials=60, refs=2, deep=2, examples=8, length=10, families=99, values=99, rounds=4),
}


def counts(profile: str, step: int) -> Counts:
    """The bounds of `profile` ("quick" or "full") at `step` (1 to 4)."""
    return _COUNTS[profile, step]


def step_of(subject: Subject, value: Any) -> int:
    """The step for `subject`: by 20 timed operations, or by what a fresh place costs, if that is more.

    Every put is of what is not there, since some stores do not write what they hold already. Never 1 at a place that
    others use: there each trial must look for what is there, and remove it.
    """
    start = perf_counter()
    place = subject.place()
    opened = perf_counter() - start
    key = place.key(Ref("timed"))
    write, read, remove = ("[]=", "[]", "del") if subject.kind == "mapping" else ("put", "get", "delete")
    cycle: list[tuple[str, tuple[Any, ...]]] = [(write, (key, value)), (read, (key,)), (remove, (key,))]
    try:
        seconds = [_timed(place.store, verb, args) for verb, args in (cycle * 7)[:20]]
    finally:
        start = perf_counter()
        place.close([key])
        opened += perf_counter() - start
    each = max(mean(median(seconds[at::3]) for at in range(3)), opened / CALLS)
    return max(1 + sum(each > bound for bound in STEPS), 2 if subject.url else 1)


def _timed(store: Any, verb: str, args: tuple[Any, ...]) -> float:
    start = perf_counter()
    answer_of(store, verb, args)
    return perf_counter() - start
