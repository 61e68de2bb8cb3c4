"""Random choices in a large scope, by Hypothesis, which shrinks what breaks."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from math import lcm
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from ..scope import Step
from ..trial import Broken

UNHEALTHY = (
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
)
FROZEN = 1_000  # objects at most that Python has frozen itself when it starts, as 3.12 does
STEPS = 60  # of two calls at once, about
__all__ = ["Drawn", "random_runs"]

T = TypeVar("T")


@dataclass
class Drawn:
    """A chooser whose choices Hypothesis makes."""

    data: Any
    length: int
    again: bool = False
    only: str = ""

    def choose(self, options: Sequence[T]) -> T:
        return options[self._number(len(options))]

    def history(self, steps: Callable[[], list[Step]]) -> Iterable[Step]:
        for _ in range(self._number(self.length + 1)):
            yield self._of_any_verb(steps())

    def _number(self, below: int) -> int:
        drawn: int = self.data.draw(_numbers(below))
        return drawn

    def _of_any_verb(self, steps: list[Step]) -> Step:
        """One of `steps`, each verb as likely as another: swap has the most forms, and would crowd them out.

        It is one draw for both, since a draw takes longer than what the step does to a store in memory.
        """
        forms: dict[str, list[Step]] = {}
        for step in steps:
            forms.setdefault(step[0], []).append(step)
        each = lcm(*map(len, forms.values()))
        verb, at = divmod(self._number(each * len(forms)), each)
        these = forms[sorted(forms)[verb]]
        return these[at * len(these) // each]

    def interruptions(self, most: int) -> Callable[[int], bool]:
        """Whether a thread is interrupted after step n: `most` times, anywhere."""
        steps = {self._number(STEPS + 1) for _ in range(most)}
        return lambda step: step in steps


@cache
def _numbers(below: int) -> st.SearchStrategy[int]:
    return st.integers(0, below - 1)


def random_runs(attempt: Callable[[Drawn], object], examples: int, length: int, number: int) -> None:
    """Make `attempt` with `examples` random choosers, from the seed `number`; the Broken raised is of the last attempt.

    A break that does not come again is Broken too.
    """
    broken: list[Broken] = []

    def inner(data: Any) -> None:
        try:
            attempt(Drawn(data, length, again=data.draw(st.booleans())))
        except Broken as found:
            broken.append(found)
            raise

    try:
        with _out_of_the_collectors_way():
            _configured(inner, examples, number)()
    except Flaky:
        if not broken:
            raise
        raise broken[-1] from None


@contextmanager
def _out_of_the_collectors_way() -> Iterator[None]:
    """Hypothesis collects all garbage at its first run in a thread, and each law has one: here it finds none.

    Whoever has frozen what there was has done the same, and only he may undo it.
    """
    if gc.get_freeze_count() > FROZEN:
        yield
        return
    gc.collect(1)  # what is young may be garbage, and would get old with the rest
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _configured(inner: Callable[[Any], None], examples: int, number: int) -> Callable[[], None]:
    bounds = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=UNHEALTHY,
        phases=[Phase.generate, Phase.shrink],
        report_multiple_bugs=False,
        print_blob=False,
    )
    run: Callable[[], None] = seed(number)(bounds(given(st.data())(inner)))
    return run
