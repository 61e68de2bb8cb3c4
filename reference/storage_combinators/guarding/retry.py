"""Retry: once more, after a while (ours; field: retry with backoff)."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from ..ref import Ref
from ..store import Depth
from ..transforming.pass_through import PassThrough

V = TypeVar("V")
T = TypeVar("T")


@dataclass(frozen=True)
class Retry(PassThrough[V]):
    """A store that asks its source again after a failure: one try more than there are `pauses`, in seconds.

    ``Retry(s) ≈ s`` where s does not fail. get, put and delete are repeated, and a listing goes on with what it has
    not told yet. merge and swap are not: if only the reply was lost, they would happen twice, or conflict with
    themselves. Answers (Missing, Conflict, Refused) are no failures. The last failure is raised.

    >>> from storage_combinators import Memory
    >>> Retry(Memory({Ref("a"): 1}), pauses=(0.1, 0.5, 2)).get(Ref("a"))
    1
    """

    pauses: tuple[float, ...] = (0.1, 0.4, 1.6)
    failures: tuple[type[Exception], ...] = (OSError,)  # those of networks and disks are, time-outs too
    sleep: Callable[[float], object] = time.sleep

    def get(self, ref: Ref, /) -> V:
        return self._tried(lambda: self.source.get(ref))

    def put(self, ref: Ref, value: V, /) -> None:
        self._tried(lambda: self.source.put(ref, value))

    def delete(self, ref: Ref, /) -> None:
        self._tried(lambda: self.source.delete(ref))

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        told: set[Ref] = set()
        for pause in (*self.pauses, None):
            try:
                for ref in self.source.refs(base, depth):
                    if ref not in told:
                        told.add(ref)
                        yield ref
                return
            except self.failures:
                if pause is None:
                    raise
                self.sleep(pause)

    def _tried(self, verb: Callable[[], T]) -> T:
        for pause in self.pauses:
            try:
                return verb()
            except self.failures:
                self.sleep(pause)
        return verb()
