"""Default: something is always there (ours; field: default value, fallback value)."""

from dataclasses import dataclass
from typing import TypeVar

from ..functions import look, same
from ..ref import Ref
from ..store import MISSING, Conflict, Gone
from ..transforming.pass_through import PassThrough

V = TypeVar("V")


@dataclass(frozen=True)
class Default(PassThrough[V]):
    """A store that answers `value` where the source has nothing.

    ``get(r) = source.get(r)``, else ``value``, which is handed out but not stored: only what was put is listed.
    swap compares with what get answers, so one from the default creates, and one from MISSING is a Conflict.
    A delete brings the default back. Failure is the source's, and is no absence.

    >>> from storage_combinators import Memory
    >>> store = Default(Memory(), 0); store.swap(Ref("a"), 0, 1); store.get(Ref("a")), store.get(Ref("b"))
    (1, 0)
    """

    value: V

    def get(self, ref: Ref, /) -> V:
        found = look(self.source, ref)
        return self.value if found is MISSING else found

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        if old is MISSING:
            raise Conflict(ref)
        while True:
            try:
                return self.source.swap(ref, old, new)
            except Conflict:
                if not same(old, self.value):
                    raise
            try:
                return self.source.swap(ref, MISSING, new)
            except Conflict:
                if not same(look(self.source, ref), old):  # else the very default was put meanwhile
                    raise
