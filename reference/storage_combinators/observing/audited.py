"""Audited: every write is entered in a log, which is a store (ours; field: audit log, write-ahead log)."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, Literal, TypeVar

from ..ref import Ref
from ..store import MISSING, Conflict, Gone, Refused, Store
from ..transforming.pass_through import PassThrough
from .audit_log import Entry, append

__all__ = ["Audited"]

V = TypeVar("V")


@dataclass(frozen=True)
class Audited(PassThrough[V]):
    """A store that enters each write into `log` before it asks its source, and then how that ended.

    ``Audited(s, log) ≈ s``, and ``replay(log, into)`` makes an empty store what s, once empty, is now. Entries are
    created under increasing numbers and never touched again, so no writer takes another's number.
    After a failure, or stopped midway, the entry stays without an end: replay tells of it. Nothing is done that was
    not entered. Handles in several processes lose no entry, but who won a race for one ref is told by the source alone.
    Entries have buffers as plain bytes, other values as they are: what is changed in place needs a codec below the log.

    >>> from storage_combinators import Memory, replay
    >>> store = Audited(Memory(), Memory()); store.put(Ref("a"), 1)
    >>> again = Memory(); replay(store.log, again), again.get(Ref("a"))
    ([], 1)
    """

    log: Store[Entry]
    clock: Callable[[], float] = time.time
    lock: Any = field(default_factory=RLock, repr=False, compare=False)  # entries are in the order of what they tell
    known: list[int] = field(default_factory=lambda: [0], repr=False, compare=False)  # below it all numbers are taken

    def put(self, ref: Ref, value: V, /) -> None:
        with self._entered("PUT", ref, value):
            self.source.put(ref, value)

    def merge(self, ref: Ref, value: V, /) -> None:
        with self._entered("MERGE", ref, value):
            self.source.merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        with self._entered("DELETE", ref):
            self.source.delete(ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        with self._entered("DELETE" if new is MISSING else "PUT", ref, new):
            self.source.swap(ref, old, new)

    @contextmanager
    def _entered(self, verb: Literal["PUT", "MERGE", "DELETE"], ref: Ref, value: V | Gone = MISSING) -> Iterator[None]:
        held = bytes(value) if isinstance(value, bytes | bytearray | memoryview) else value  # plain ones, which stay
        with self.lock:
            number = self._append(Entry(self.clock(), verb, ref, held))
            try:
                yield
            except (Conflict, Refused, TypeError):  # an answer, or misuse: nothing has changed
                self._append(Entry(self.clock(), "NOT", ref, of=number))
                raise
            self._append(Entry(self.clock(), "DONE", ref, of=number))

    def _append(self, entry: Entry) -> int:
        number = append(self.log, entry, self.known[0])
        self.known[0] = number + 1
        return number
