"""Extension: "tasks/1" above is "tasks/1.json" below (not in the paper; its authors' library: extension store)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from ..functions import as_ref, exists
from ..ref import Ref
from ..store import Depth
from .renamed import Renamed

V = TypeVar("V")


@dataclass(frozen=True)
class Extension(Renamed[V]):
    """A store whose refs end in `extension` in the source; what has none there is invisible.

    ``get(r / n) = source.get(r / (n + extension))``, where the root counts as an empty name. A folder keeps its name,
    so "a" is the value a.json and has below it what is in a/. Depth 1 asks of each name of that level which it is.
    Absence, failure and being stopped midway are the source's. ValueError for an extension that is no name.

    >>> from storage_combinators import Memory
    >>> store = Extension(Memory(), ".json"); store.put(Ref("tasks", "1"), b"{}"); list(store.source.refs(Ref()))
    [Ref('tasks', '1.json')]
    """

    extension: str

    def __post_init__(self) -> None:
        Ref(self.extension)

    def down(self, ref: Ref) -> Ref:
        *above, name = as_ref(ref) or ("",)
        return Ref(*above, name + self.extension)

    def up(self, ref: Ref) -> Ref:
        return ref.cut(len(ref) - 1) / ref[-1].removesuffix(self.extension)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth == 1:
            return iter(self._level(base))
        own = (base for _ in self.source.refs(self.down(base), 0))
        return own if depth == 0 else chain(own, self._below(base))

    def _below(self, base: Ref) -> Iterator[Ref]:
        return (self.up(ref) for ref in self.source.refs(base) if ref != base and self._ends(ref[-1]))

    def _level(self, base: Ref) -> set[Ref]:
        found = set()
        for child in self.source.refs(base, 1):
            if self._ends(child[-1]) and exists(self.source, child):
                found.add(self.up(child))
            if any(True for _ in self._below(child)):
                found.add(child)
        return found

    def _ends(self, name: str) -> bool:
        return name.endswith(self.extension) and name.removesuffix(self.extension) not in ("", ".", "..")
