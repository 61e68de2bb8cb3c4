"""Delayed: as slow as you like (ours; field: latency injection)."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from ..ref import Ref
from .around import Around

V = TypeVar("V")


@dataclass(frozen=True)
class Delayed(Around[V]):
    """A store that takes `seconds` longer for each verb, as over a slow line; a listing before its first ref.

    ``Delayed(s) ≈ s``. Absence, failure and being stopped midway are the source's.

    >>> from storage_combinators import Memory
    >>> store = Delayed(Memory(), 0.2, sleep=print); store.put(Ref("a"), 1)
    0.2
    """

    seconds: float
    sleep: Callable[[float], object] = time.sleep

    @contextmanager
    def around(self, verb: str, ref: Ref) -> Iterator[None]:
        self.sleep(self.seconds)
        yield
