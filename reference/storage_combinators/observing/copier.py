"""Copier: bring one store's ref to where another's is (paper, section 3.2.2; field: one-way sync, replication)."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from ..functions import look
from ..store import MISSING, Store
from .operation import Operation

V = TypeVar("V")


@dataclass(frozen=True)
class Copier(Generic[V]):
    """A filter that makes `target` agree with `source` at the ref of each operation.

    ``target.get(r) = source.get(r)`` afterwards, whatever the verb said: it reads what is there by now, so operations
    may be repeated, left out but for the last, or late. What is absent in the source is deleted in the target.
    A failure leaves that ref as it was in the target: hand the operation in again.

    >>> from storage_combinators import Memory, Ref
    >>> copy = Copier(Memory({Ref("a"): 1}), Memory()); copy(Operation("PUT", Ref("a"))); copy.target.get(Ref("a"))
    1
    """

    source: Store[V]
    target: Store[V]

    def __call__(self, operation: Operation) -> None:
        value = look(self.source, operation.ref)
        if value is MISSING:
            self.target.delete(operation.ref)
        else:
            self.target.put(operation.ref, value)
