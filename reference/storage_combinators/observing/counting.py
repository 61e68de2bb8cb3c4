"""Counting: how often, and with what outcome (ours; field: statistics, metrics)."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

from ..guarding.around import Around
from ..ref import Ref
from ..store import Conflict, Missing, Refused

V = TypeVar("V")


def outcome(error: BaseException | None) -> str:
    """What a verb came to: done, Missing, Conflict, Refused or failed. Who leaves a listing early is done with it."""
    if error is None or isinstance(error, GeneratorExit):
        return "done"
    return next((answer.__name__ for answer in (Missing, Conflict, Refused) if isinstance(error, answer)), "failed")


@dataclass(frozen=True)
class Counting(Around[V]):
    """A store that counts what it is asked: ``counts[verb, outcome]`` grows by one for each verb, when it has ended.

    ``Counting(s) ≈ s``, and the sum of the counts is the number of verbs that have ended, in any number of threads.
    Absence is counted as Missing, failure as failed; both pass. A listing counts when its reader leaves it, and not
    before it is begun; what was stopped midway is not counted.

    >>> from storage_combinators import Memory, look
    >>> store = Counting(Memory()); store.put(Ref("a"), 1); look(store, Ref("b")); dict(store.counts)
    MISSING
    {('put', 'done'): 1, ('get', 'Missing'): 1}
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter, repr=False, compare=False)
    lock: Any = field(default_factory=Lock, repr=False, compare=False)

    @contextmanager
    def around(self, verb: str, ref: Ref) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self._count(verb, error)
            raise
        self._count(verb, None)

    def _count(self, verb: str, error: BaseException | None) -> None:
        with self.lock:
            self.counts[verb, outcome(error)] += 1
