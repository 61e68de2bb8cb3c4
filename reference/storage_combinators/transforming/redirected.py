"""Redirected: a local name until the server gives its own (paper, section 5.3: id-redirector; this is our reading)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from ..functions import as_ref, look, same, walk
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Refused, Store
from .renamed import Renamed

V = TypeVar("V")


@dataclass(frozen=True)
class Redirected(Renamed[V]):
    """A store in which a ref, and all below it, can be bound to another one and stays valid.

    ``get(local / r) = source.get(final / r)`` after ``bind(local, final)``; binding twice is binding once.
    From above, listing names the final refs only. Absence and failure are the source's and the table's.
    bind copies, binds, then deletes the copied: stopped midway, every value is found by its local ref, and bind again
    deletes the rest. It writes over what final has; what else is put at local meanwhile is not found, nor deleted.

    >>> from storage_combinators import Memory, Ref
    >>> store = Redirected(Memory(), Memory()); store.put(Ref("new-1"), b"x")
    >>> store.bind(Ref("new-1"), Ref("4711")); store.get(Ref("new-1")), list(store.refs(Ref()))
    (b'x', [Ref('4711')])
    """

    table: Store[Ref]

    def bind(self, local: Ref, final: Ref) -> None:
        """From now on `local` means `final`, and what is there moves. ValueError if one is within the other."""
        old, new = self.down(local), self.down(final)
        if old != new:
            self._move(old, new)
        for name in [*walk(self.table, Ref())]:  # what is below one is looked for at its end, and found nowhere else
            if self.table.get(name) == new:
                for ref in [*walk(self.source, name)]:
                    self._drop(ref, look(self.source, new / ref.under(name)))

    def _move(self, old: Ref, new: Ref) -> None:
        if old.within(new) or new.within(old):
            raise ValueError(f"{old!r} and {new!r}: one is within the other, so one cannot stand for the other")
        for ref in [*walk(self.source, old)]:
            self.source.put(new / ref.under(old), self.source.get(ref))
        for name in [*walk(self.table, Ref())]:  # what was bound to where this was: a ref is looked up once
            end = self.table.get(name)
            if end.within(old):
                self.table.put(name, new / end.under(old))
        self.table.put(old, new)

    def _drop(self, ref: Ref, copied: V | Gone) -> None:
        try:
            self.source.swap(ref, copied, MISSING)
        except Conflict:  # that is something else: somebody put it there meanwhile
            pass
        except Refused:  # not in one step here
            if same(look(self.source, ref), copied):
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
