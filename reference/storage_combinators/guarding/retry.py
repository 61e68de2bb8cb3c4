"""Retry: once more, after a while (ours; field: retry with backoff)."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from ..ref import Ref
from ..store import Conflict, Depth, Missing, Refused
from ..transforming.checked import Damaged
from ..transforming.pass_through import PassThrough

V = TypeVar("V")
T = TypeVar("T")
_NEVER = (Missing, Conflict, Refused, TypeError, ValueError)  # answers and misuse, which no pause mends


@dataclass(frozen=True)
class Retry(PassThrough[V]):
    """A store that asks its source again after a failure: one try more than there are `pauses`, in seconds.

    ``Retry(s) ≈ s`` where s does not fail. get, put and delete are repeated, and a listing goes on with what it has not
    told yet; merge and swap are not, since with the reply lost they would happen twice or conflict with themselves.
    An answer, TypeError or ValueError is no failure, but Damaged is one: it may have come to harm on the way. The last
    failure is raised. Over a source that may still be at a put that failed, such as a Timeout, an old put may end after
    a newer one: give it other `failures`.

    >>> from storage_combinators import Memory
    >>> Retry(Memory({Ref("a"): 1}), pauses=(0.1, 0.5, 2)).get(Ref("a"))
    1
    """

    pauses: tuple[float, ...] = (0.1, 0.4, 1.6)
    failures: tuple[type[Exception], ...] = (Exception,)
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
            except self.failures as failure:
                if pause is None or not _may_pass(failure):
                    raise
                self.sleep(pause)

    def _tried(self, verb: Callable[[], T]) -> T:
        for pause in self.pauses:
            try:
                return verb()
            except self.failures as failure:
                if not _may_pass(failure):
                    raise
                self.sleep(pause)
        return verb()


def _may_pass(failure: Exception) -> bool:
    return isinstance(failure, Damaged) or not isinstance(failure, _NEVER)
