"""Logging: tell what was written (paper, section 3.2; field: tap, write observer)."""

from dataclasses import dataclass
from typing import TypeVar

from ..ref import Ref
from ..store import MISSING, Gone
from ..transforming.pass_through import PassThrough
from .operation import Filter, Operation

V = TypeVar("V")


@dataclass(frozen=True)
class Logging(PassThrough[V]):
    """A store that hands each successful write to `log`, as verb and ref, after it happened.

    ``Logging(s, log) ≈ s``, and the log is the successful writes in order; a swap is a PUT or a DELETE, one that only
    tests included.
    Absence is the source's. A write that fails is not logged; a log that fails, fails a write that has happened.
    Stopped midway: a write may be done and not logged, never the other way round.

    >>> from storage_combinators import Memory, Ref
    >>> store = Logging(Memory(), print); store.put(Ref("a"), b"1")
    PUT a
    """

    log: Filter

    def put(self, ref: Ref, value: V, /) -> None:
        self.source.put(ref, value)
        self.log(Operation("PUT", ref))

    def merge(self, ref: Ref, value: V, /) -> None:
        self.source.merge(ref, value)
        self.log(Operation("MERGE", ref))

    def delete(self, ref: Ref, /) -> None:
        self.source.delete(ref)
        self.log(Operation("DELETE", ref))

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        self.source.swap(ref, old, new)
        self.log(Operation("DELETE" if new is MISSING else "PUT", ref))
