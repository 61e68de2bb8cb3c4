"""Random choices in a large scope, by Hypothesis, which shrinks what breaks."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
        chosen: T = options[self.data.draw(st.integers(0, len(options) - 1))]
        return chosen

    def history(self, steps: Callable[[], list[Step]]) -> Iterable[Step]:
        for _ in range(self.data.draw(st.integers(0, self.length))):
            yield self.choose(_of_one_verb(self, steps()))

    def interruptions(self, most: int) -> Callable[[int], bool]:
        """Whether a thread is interrupted after step n: `most` times, anywhere."""
        steps = {self.data.draw(st.integers(0, STEPS)) for _ in range(most)}
        return lambda step: step in steps


def _of_one_verb(chooser: Drawn, steps: list[Step]) -> list[Step]:
    """The steps of one verb, so that swap, which has the most forms, does not crowd out the others."""
    verb = chooser.choose(sorted({verb for verb, _ in steps}))
    return [step for step in steps if step[0] == verb]


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
    """Hypothesis collects all garbage at its first run in a thread, and each law has one: here it finds none."""
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
