"""Outlaws among what counts and measures; and a right one of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Depth, Missing, Refused

from .outlaw import outlaw
from .pacing import Around

__all__ = ["Counting", "Measuring"]

counting = partial(outlaw, family="counting")
measuring = partial(outlaw, family="measuring")


class Counting(Around):
    family: ClassVar[str] = "counting"

    def __init__(self, source: Any) -> None:
        super().__init__(source)
        self.counts: Counter[tuple[str, str]] = Counter()

    def outcome(self, error: BaseException) -> str:
        name = type(error).__name__
        return name if name in ("Missing", "Conflict", "Refused") else "failed"

    @contextmanager
    def held(self, verb: str, ref: Ref) -> Iterator[None]:
        outcome = "done"
        try:
            yield
        except Exception as error:
            outcome = self.outcome(error)
            raise
        finally:
            self.counts[verb, outcome] += 1


@dataclass
class Numbers:
    """All of them, which a right one need not keep."""

    all: list[float] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.all)

    @property
    def sum(self) -> float:
        return sum(self.all)

    @property
    def least(self) -> float:
        return min(self.all)

    @property
    def most(self) -> float:
        return max(self.all)

    @property
    def median(self) -> float:
        return sorted(self.all)[len(self.all) // 2]


class Measuring(Around):
    family: ClassVar[str] = "measuring"
    numbers: ClassVar[type[Numbers]] = Numbers

    def __init__(self, source: Any, clock: Callable[[], float]) -> None:
        super().__init__(source)
        self.clock = clock
        self.seconds: dict[str, Numbers] = {}
        self.sizes: dict[str, Numbers] = {}

    def add(self, numbers: dict[str, Numbers], verb: str, number: float) -> None:
        numbers.setdefault(verb, self.numbers()).all.append(number)

    def sized(self, verb: str, value: Any) -> None:
        if value is not MISSING:
            self.add(self.sizes, verb, len(value) if isinstance(value, bytes) else 0)

    @contextmanager
    def held(self, verb: str, ref: Ref) -> Iterator[None]:
        begun = self.clock()
        try:
            yield
        finally:
            self.add(self.seconds, verb, self.clock() - begun)

    def get(self, ref: Ref, /) -> Any:
        value = super().get(ref)
        self.sized("get", value)
        return value

    def put(self, ref: Ref, value: Any, /) -> None:
        super().put(ref, value)
        self.sized("put", value)

    def merge(self, ref: Ref, value: Any, /) -> None:
        super().merge(ref, value)
        self.sized("merge", value)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        super().swap(ref, old, new)
        self.sized("swap", new)


@counting("a_counting_is_its_source", wrong="Every other get is dropped.", seen="sampling in the wrong place")
class AsksEveryOther(Counting):
    def get(self, ref: Ref, /) -> Any:
        if self.counts["get", "done"] % 2:
            raise Missing(ref)
        return super().get(ref)


@counting("what_is_done_is_counted_by_its_verb", wrong="A merge is counted as a put.")
class CountsMergesAsPuts(Counting):
    def merge(self, ref: Ref, value: Any, /) -> None:
        with self.held("put", ref):
            self.source.merge(ref, value)


@counting("an_answer_is_counted_by_its_name", wrong="Missing counts as failed.", seen="KeyError is an Exception")
class FailsOnMissing(Counting):
    def outcome(self, error: BaseException) -> str:
        return "failed"


@counting("a_failure_is_counted_as_failed", wrong="Failures are not counted.", seen="no finally")
class CountsNoFailure(Counting):
    @contextmanager
    def held(self, verb: str, ref: Ref) -> Iterator[None]:
        try:
            yield
        except (Missing, Conflict, Refused) as answer:
            self.counts[verb, self.outcome(answer)] += 1
            raise
        self.counts[verb, "done"] += 1


@counting("a_listing_is_counted_when_its_reader_leaves_it", wrong="A listing counts when it is asked for.")
class CountsListingsAtOnce(Counting):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        self.counts["refs", "done"] += 1
        yield from self.source.refs(base, depth)


@measuring("a_measuring_is_its_source", wrong="A merge is measured, and not made.")
class MeasuresAndForgets(Measuring):
    def merge(self, ref: Ref, value: Any, /) -> None:
        self.sized("merge", value)


@measuring("the_seconds_of_a_verb_are_those_at_its_source", wrong="What fails is not measured.", seen="no finally")
class MeasuresSuccesses(Measuring):
    @contextmanager
    def held(self, verb: str, ref: Ref) -> Iterator[None]:
        begun = self.clock()
        yield
        self.add(self.seconds, verb, self.clock() - begun)


@measuring("the_size_of_a_value_is_told_by_its_verb", wrong="Of a swap the old value is measured.")
class MeasuresTheOld(Measuring):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        super().swap(ref, old, old)
        self.sized("swap", old)


class Rounded(Numbers):
    """Whole seconds."""

    @property
    def least(self) -> float:
        return int(super().least)


@measuring("least_and_most_are_exact_and_the_median_nearly", wrong="Whole seconds are told.", seen="int(elapsed)")
class TellsWholeSeconds(Measuring):
    numbers: ClassVar[type[Numbers]] = Rounded
