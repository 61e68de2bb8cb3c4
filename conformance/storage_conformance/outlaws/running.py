"""Who catches whom: every outlaw and every control is judged, on all cores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from time import perf_counter
from typing import Any

from ..judging import judge
from ..law import Law
from ..laws import LAWS
from ..laws.combinators import COMBINATOR_LAWS
from . import CONTROLS, OUTLAWS

__all__ = ["ALL", "Row", "meant", "rows"]

ALL: tuple[Law, ...] = (*LAWS, *COMBINATOR_LAWS)
CHANCES = 3  # more, for a law that runs freely to meet the moment
SMALL = 4  # the step at which laws are tried that are not meant to catch an outlaw, and controls: few trials


@dataclass(frozen=True)
class Row:
    """What became of one: the laws that caught it, of those meant to and of the others; `why` a control is alarmed."""

    name: str
    caught: tuple[str, ...]
    others: tuple[str, ...]
    escaped: tuple[str, ...]
    seconds: float
    why: str = ""


def meant(laws: tuple[str, ...]) -> list[Law]:
    """The laws by these names; by the name of a claim all of it, for whether a claim is stale its laws decide."""
    claims = {name for name in laws if name not in {law.name for law in ALL}}
    if "writes" in claims:
        return list(LAWS)
    return [law for law in ALL if law.name in laws or law.claim in claims]


def free(law: Law) -> bool:
    """Does it run freely, with threads or processes, so that what it finds by chance may differ from run to run?"""
    return law.claim == "threads" or law.level == "kill"


def one(name: str) -> Row:
    """Judge the outlaw or control `name`."""
    start = perf_counter()
    outlaw = next((each for each in OUTLAWS if each.name == name), None)
    if outlaw is None:
        control = next(each for each in CONTROLS if each.__name__ == name)
        report = judge(control, laws=list(ALL), step=SMALL)
        others, why = tuple(result.law for result in report.broken), "; ".join(result.why for result in report.broken)
        return Row(name, (), others, (), perf_counter() - start, why)
    caught = broken(outlaw.factory, meant(outlaw.laws), None)
    missed = [law for law in meant(outlaw.laws) if law.name not in caught]
    caught += broken(outlaw.factory, missed, 1) if missed else ()  # a busy machine chooses a step of fewer trials
    for _ in range(CHANCES):
        missed = [law for law in meant(outlaw.laws) if free(law) and law.name not in caught]
        caught += broken(outlaw.factory, missed, None) if missed else ()
    others = broken(outlaw.factory, [law for law in ALL if law.name not in outlaw.laws and not free(law)], SMALL)
    escaped = tuple(law for law in outlaw.laws if law not in caught)
    rest = tuple(dict.fromkeys(law for law in others if law not in outlaw.laws))
    return Row(name, tuple(law for law in outlaw.laws if law in caught), rest, escaped, perf_counter() - start)


def broken(factory: Callable[..., Any], laws: list[Law], step: int | None) -> tuple[str, ...]:
    """The laws that `factory` breaks."""
    return tuple(result.law for result in judge(factory, laws=laws, step=step).broken)


def rows(workers: int) -> Iterator[Row]:
    """A row for each outlaw and each control, as they come, from `workers` processes.

    Each control has a process of its own: an outlaw that hung may have left threads in the one where it was judged.
    """
    spawn = get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, max_tasks_per_child=1) as pool:
        for done in as_completed([pool.submit(one, each.__name__) for each in CONTROLS]):
            yield done.result()
    with ProcessPoolExecutor(workers, spawn) as pool:
        for done in as_completed([pool.submit(one, each.name) for each in OUTLAWS]):
            yield done.result()
