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
    a failure leaves it where it was, and one that arrives meanwhile stays for the next drain.

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
        """Hand on what waits, or of it only the operations of `refs`; raises what the target raises."""
        with self.draining:  # two drains at once could hand on one ref's older operation last
            for ref in refs or list(self.waiting):
                operation = self.waiting.get(ref)
                if operation is not None:
                    self.target(operation)
                    self._done(operation)

    def _done(self, operation: Operation) -> None:
        with self.changing:
            if self.waiting.get(operation.ref) is operation:
                del self.waiting[operation.ref]
