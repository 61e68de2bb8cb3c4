"""What there is to decide, decided by several processes: equations, pairs, and what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from itertools import combinations
from multiprocessing import get_context
from typing import Any

from .catalogue import EQUATIONS, WAYS, WHOLES
from .deciding import difference, stacked
from .keeping import kept

__all__ = ["PAIRS", "TASKS", "decided", "found"]

Task = tuple[str, str, str]  # the table; then two texts or names
PAIRS = list(combinations(WAYS, 2))
TASKS: list[Task] = [
    *(("equations", left, right) for group in EQUATIONS.values() for left, right in group),
    *(("alone", name, "") for name in WAYS),
    *(("twice", name, "") for name in WAYS),
    *(("kept", name, "") for name in {**WAYS, **WHOLES}),
    *(("pairs", one, other) for one, other in PAIRS),
]


def found(task: Task, length: int) -> Any:
    """The answer as JSON has it: of an equation what tells its sides apart, or None; else what is kept."""
    table, one, other = task
    if table == "kept":
        return asdict(kept(one))
    if table == "alone":
        sides = WAYS[one], "s"
    elif table == "twice":
        sides = stacked(WAYS[one], WAYS[one]), WAYS[one]
    elif table == "pairs":
        sides = stacked(WAYS[one], WAYS[other]), stacked(WAYS[other], WAYS[one])
    else:
        sides = one, other
    apart = difference(*sides, length)
    return apart and asdict(apart)


def decided(tasks: list[Task], length: int, workers: int) -> Iterator[tuple[Task, Any]]:
    """Each task with its answer, as they come."""
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        waiting = {pool.submit(found, task, length): task for task in tasks}
        for done in as_completed(waiting):
            yield waiting[done], done.result()
