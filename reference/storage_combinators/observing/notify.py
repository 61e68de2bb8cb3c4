"""Notify: a broadcast of operations (paper, section 3.2.1: StoreNotifications; field: observer, publish-subscribe)."""

from dataclasses import dataclass, field

from .operation import Filter, Operation


@dataclass(frozen=True)
class Notify:
    """A filter that hands each operation to every subscriber, in the order in which they came.

    One notification for each operation. It names the ref and carries no data, so what it names may be gone by then.
    A subscriber that raises stops the broadcast, and the writer sees it: nothing is swallowed.

    >>> from storage_combinators import Memory, Ref
    >>> from storage_combinators.observing.logging import Logging
    >>> changed = Notify(); changed.subscribers.append(print)
    >>> Logging(Memory(), changed).put(Ref("a"), b"1")
    PUT a
    """

    subscribers: list[Filter] = field(default_factory=list, compare=False)

    def __call__(self, operation: Operation) -> None:
        for subscriber in list(self.subscribers):
            subscriber(operation)
