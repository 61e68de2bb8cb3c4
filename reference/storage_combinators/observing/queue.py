"""Queue: operations wait, and those of one ref become one (paper, section 4.6; field: coalescing write queue)."""

from dataclasses import dataclass, field
from threading import Lock, RLock
from typing import Any

from ..ref import Ref
from .operation import Filter, Operation


@dataclass(frozen=True)
class Queue:
    """A filter that keeps operations until they are drained into `target`: first in, first out, one a ref.

    The newest operation of a ref counts and waits in the oldest one's place. It waits until `target` is done with it:
    what target refuses or fails stays where it was, holds up no other, and drain raises the first of it when all have
    been handed on, or none answers any more. One that arrives meanwhile stays for the next drain.

    >>> queue = Queue(print)
    >>> for verb in "PUT", "DELETE", "PUT": queue(Operation(verb, Ref("a")))
    >>> queue.drain()
    PUT a
    """

    target: Filter
    waiting: dict[Ref, Operation] = field(default_factory=dict, repr=False, compare=False)
    draining: Any = field(default_factory=RLock, repr=False, compare=False)
    changing: Any = field(default_factory=Lock, repr=False, compare=False)

    def __call__(self, operation: Operation) -> None:
        with self.changing:
            self.waiting[operation.ref] = operation

    def drain(self, *refs: Ref) -> None:
        """Hand on what waits, or of it only the operations of `refs`; then raise the first that the target raised."""
        failures: list[Exception] = []
        with self.draining:  # two drains at once could hand on one ref's older operation last
            for ref in refs or list(self.waiting):
                try:
                    self._hand_on(self.waiting.get(ref))
                except Exception as failure:  # noqa: BLE001  # of this one alone, perhaps: raised when all were tried
                    failures.append(failure)
                    if isinstance(failure, ConnectionError | TimeoutError):
                        break  # nobody is there: each other one would wait as long
        if failures:
            raise failures[0]

    def _hand_on(self, operation: Operation | None) -> None:
        if operation is None:  # done since
            return
        self.target(operation)
        with self.changing:
            if self.waiting.get(operation.ref) is operation:
                del self.waiting[operation.ref]
