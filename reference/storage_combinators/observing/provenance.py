"""Provenance: who wrote it, and from what (ours; field: data lineage)."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from threading import local
from typing import TypeVar

from ..functions import changes_nothing, look
from ..ref import Ref
from ..store import MISSING, Conflict, Gone, Refused, Store
from ..transforming.pass_through import PassThrough
from ..transforming.serialized import JSON

V = TypeVar("V")


class Reads(local):
    """What this thread read, the newest `most` refs, and how many earlier ones were left out."""

    def __init__(self) -> None:
        self.refs: dict[str, None] = {}
        self.more = 0

    def add(self, ref: Ref, most: int) -> None:
        """It was read just now."""
        self.refs.pop(str(ref), None)
        self.refs[str(ref)] = None
        if len(self.refs) > most:
            del self.refs[next(iter(self.refs))]
            self.more += 1

    def take(self) -> dict[str, JSON]:
        """What was read since the last time."""
        taken: dict[str, JSON] = {"read": [*self.refs], "more": self.more}
        self.refs, self.more = {}, 0
        return taken


@dataclass(frozen=True)
class Provenance(PassThrough[V]):
    """A store that notes beside each value, in `notes`, who wrote it, by which verb, and what was read before that.

    ``notes.get(r) = {"who": who, "verb": verb, "read": [...], "more": n}`` after a write of r; `read` are the refs that
    this thread got since its last write here, the newest `most` of them, and n earlier ones were left out.
    The note goes, the value is written, the note is made: a failure, or being stopped midway, leaves no note, never a
    wrong one. A Conflict, and a swap that only tests, leave it as it was. What is absent has none. Two writers at once:
    Locked over it.

    >>> from storage_combinators import Memory, Ref
    >>> store = Provenance(Memory({Ref("list"): 1}), Memory(), "report.py")
    >>> store.put(Ref("sum"), store.get(Ref("list"))); store.notes.get(Ref("sum"))
    {'who': 'report.py', 'verb': 'put', 'read': ['list'], 'more': 0}
    """

    notes: Store[JSON]
    who: str
    most: int = 100
    reads: Reads = field(default_factory=Reads, repr=False, compare=False)

    def get(self, ref: Ref, /) -> V:
        value = self.source.get(ref)
        self.reads.add(ref, self.most)
        return value

    def put(self, ref: Ref, value: V, /) -> None:
        with self._noted("put", ref):
            self.source.put(ref, value)

    def merge(self, ref: Ref, value: V, /) -> None:
        with self._noted("merge", ref):
            self.source.merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        with self._noted("", ref):
            self.source.delete(ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        with nullcontext() if changes_nothing(old, new) else self._noted("" if new is MISSING else "swap", ref):
            self.source.swap(ref, old, new)

    @contextmanager
    def _noted(self, verb: str, ref: Ref) -> Iterator[None]:
        before = look(self.notes, ref)
        self.notes.delete(ref)
        try:
            yield
        except (Conflict, Refused, TypeError):  # nothing was written
            if before is not MISSING:
                self.notes.put(ref, before)
            raise
        read = self.reads.take()
        if verb:
            self.notes.put(ref, {"who": self.who, "verb": verb, **read})
