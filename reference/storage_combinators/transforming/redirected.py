"""Redirected: a local name until the server gives its own (paper, section 5.3: id-redirector; this is our reading)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from ..functions import as_ref, look, walk
from ..ref import Ref
from ..store import MISSING, Depth, Store
from .renamed import Renamed

V = TypeVar("V")


@dataclass(frozen=True)
class Redirected(Renamed[V]):
    """A store in which a ref, and all below it, can be bound to another one and stays valid.

    ``get(local / r) = source.get(final / r)`` after ``bind(local, final)``; binding twice is binding once.
    From above, listing names the final refs only. Absence and failure are the source's and the table's.
    bind copies, binds, then deletes the copied: stopped midway, every value is found by its local ref.

    >>> from storage_combinators import Memory, Ref
    >>> store = Redirected(Memory(), Memory()); store.put(Ref("new-1"), b"x")
    >>> store.bind(Ref("new-1"), Ref("4711")); store.get(Ref("new-1")), list(store.refs(Ref()))
    (b'x', [Ref('4711')])
    """

    table: Store[Ref]

    def bind(self, local: Ref, final: Ref) -> None:
        """From now on `local` means `final`, and what is there moves. ValueError if one is within the other."""
        old, new = self.down(local), self.down(final)
        if old == new:
            return
        if old.within(new) or new.within(old):
            raise ValueError(f"{old!r} and {new!r}: one is within the other, so one cannot stand for the other")
        moved = list(walk(self.source, old))
        for ref in moved:
            self.source.put(new / ref.under(old), self.source.get(ref))
        for name in [*walk(self.table, Ref())]:  # what was bound to where this was: a ref is looked up once
            end = self.table.get(name)
            if end.within(old):
                self.table.put(name, new / end.under(old))
        self.table.put(old, new)
        for ref in moved:
            self.source.delete(ref)

    def down(self, ref: Ref) -> Ref:
        for names in range(len(as_ref(ref)), 0, -1):
            final = look(self.table, ref.cut(names))
            if final is not MISSING:
                return final / ref.under(ref.cut(names))
        return ref

    def up(self, ref: Ref) -> Ref:
        return ref

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        inner = self.down(base)
        return (base / ref.under(inner) for ref in self.source.refs(inner, depth))
