"""Measuring: how long, and how much (ours; field: timing, histogram)."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import frexp, inf
from threading import Lock
from typing import Any, TypeVar

from ..functions import size
from ..guarding.around import Around
from ..ref import Ref
from ..store import MISSING, Gone

V = TypeVar("V")


@dataclass
class Measure:
    """Many numbers in little room: how many, their sum, least, most, and how many in each power of two."""

    count: int = 0
    sum: float = 0
    least: float = inf
    most: float = -inf
    below: Counter[float] = field(default_factory=Counter)  # the power of two just above them -> how many

    def add(self, number: float) -> None:
        """One number more, not negative."""
        self.count, self.sum = self.count + 1, self.sum + number
        self.least, self.most = min(self.least, number), max(self.most, number)
        self.below[2.0 ** frexp(number)[1] if number else 0.0] += 1

    @property
    def median(self) -> float:
        """Between the true one and twice that; nan of none."""
        left = (self.count + 1) // 2
        for bound in sorted(self.below):
            left -= self.below[bound]
            if left <= 0:
                return min(bound, self.most)
        return float("nan")


@dataclass(frozen=True)
class Measuring(Around[V]):
    """A store that measures each verb: ``seconds[verb]`` of all, ``sizes[verb]`` of the values read and written.

    ``Measuring(s) ≈ s``; ``seconds[verb].count`` is how many have ended, answers and failures among them, of a listing
    when its reader leaves it, whose own time counts too; sizes are of values that went through. Absence and failure
    pass. The room it takes does not grow with the number of verbs; what was stopped midway is not measured.

    >>> from storage_combinators import Memory
    >>> store = Measuring(Memory()); store.put(Ref("a"), b"12345678"); store.sizes["put"].most
    8
    """

    clock: Callable[[], float] = time.perf_counter
    seconds: dict[str, Measure] = field(default_factory=dict, repr=False, compare=False)
    sizes: dict[str, Measure] = field(default_factory=dict, repr=False, compare=False)
    lock: Any = field(default_factory=Lock, repr=False, compare=False)

    def get(self, ref: Ref, /) -> V:
        value = super().get(ref)
        self._add(self.sizes, "get", size(value))
        return value

    def put(self, ref: Ref, value: V, /) -> None:
        super().put(ref, value)
        self._add(self.sizes, "put", size(value))

    def merge(self, ref: Ref, value: V, /) -> None:
        super().merge(ref, value)
        self._add(self.sizes, "merge", size(value))

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        super().swap(ref, old, new)
        if new is not MISSING:
            self._add(self.sizes, "swap", size(new))

    @contextmanager
    def around(self, verb: str, ref: Ref) -> Iterator[None]:
        begun = self.clock()
        try:
            yield
        finally:
            self._add(self.seconds, verb, self.clock() - begun)

    def _add(self, measures: dict[str, Measure], verb: str, number: float) -> None:
        with self.lock:
            measures.setdefault(verb, Measure()).add(number)
