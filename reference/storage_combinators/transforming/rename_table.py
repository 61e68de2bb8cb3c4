"""RenameTable: some names are called something else below (not in the paper; its authors' library: name remapping)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from ..functions import as_ref
from ..ref import Ref
from .renamed import Renamed

V = TypeVar("V")


@dataclass(frozen=True)
class RenameTable(Renamed[V]):
    """A store in which every name of a ref that is in `table` is ``table[name]`` in the source.

    ``get(r) = source.get(down(r))`` for every verb, writes too. So that no two refs meet in one, the name that is taken
    means the one that has become free: with {"a": "b"}, "b" is the source's "a". ValueError where two names would
    share one. Absence, failure and being stopped midway are the source's.

    >>> from storage_combinators import Memory
    >>> store = RenameTable(Memory(), {"id": "_id"}); store.put(Ref("id"), 7); list(store.source.refs(Ref()))
    [Ref('_id')]
    """

    table: Mapping[str, str]

    def __post_init__(self) -> None:
        Ref(*self.table, *self.table.values())
        if len(self._back) < len(self.table):
            raise ValueError(f"two names would share one in {dict(self.table)!r}: give each a name of its own")

    def down(self, ref: Ref) -> Ref:
        return Ref(*(_called(name, self.table, self._back) for name in as_ref(ref)))

    def up(self, ref: Ref) -> Ref:
        return Ref(*(_called(name, self._back, self.table) for name in ref))

    @cached_property
    def _back(self) -> Mapping[str, str]:
        return {there: here for here, there in self.table.items()}


def _called(name: str, there: Mapping[str, str], back: Mapping[str, str]) -> str:
    """What `name` becomes; the last of a chain a -> b -> c becomes its first, so that the whole is one to one."""
    if name in there:
        return there[name]
    while name in back:
        name = back[name]
    return name
