"""Throttled: so many in a second (ours; field: rate limit, token bucket)."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

from ..ref import Ref
from .around import Around

V = TypeVar("V")


@dataclass(frozen=True)
class Throttled(Around[V]):
    """A store that starts at most `rate` verbs a second, evenly; who comes too early waits, in the order of coming.

    ``Throttled(s, rate) ≈ s``. A failed verb has used its turn. Absence, failure and being stopped midway are the
    source's; who is stopped while waiting has used its turn too.

    >>> from storage_combinators import Memory
    >>> store = Throttled(Memory({Ref("a"): 1}), 4, clock=lambda: 0, sleep=print)
    >>> store.get(Ref("a")), store.get(Ref("a"))
    0.25
    (1, 1)
    """

    rate: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    turns: dict[str, float] = field(default_factory=dict, repr=False, compare=False)
    lock: Any = field(default_factory=Lock, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.rate <= 0:
            raise ValueError(f"a rate of {self.rate} verbs a second lets nobody in: give more than 0")

    @contextmanager
    def around(self, verb: str, ref: Ref) -> Iterator[None]:
        wait = self._turn()
        if wait > 0:
            self.sleep(wait)
        yield

    def _turn(self) -> float:
        """Take the next turn: how many seconds from now it is."""
        with self.lock:
            now = self.clock()
            turn = max(now, self.turns.get("next", now))
            self.turns["next"] = turn + 1 / self.rate
        return turn - now
