"""The suite's own oracle: what a store with this history must answer. Written apart from the reference on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing

from .verbs import alike

__all__ = ["Model", "model_of"]


class Model:
    """The six verbs over a dictionary (source: ours); ``cells`` is what is there.

    >>> model = Model({}); model.put(Ref("a", "b"), b"x"); list(model.refs(Ref(), 1))
    [Ref('a')]
    """

    def __init__(self, cells: dict[Ref, Any]) -> None:
        self.cells = cells

    def get(self, ref: Ref) -> Any:
        if ref not in self.cells:
            raise Missing(ref)
        return self.cells[ref]

    def put(self, ref: Ref, value: Any) -> None:
        if value is MISSING:
            raise TypeError("MISSING is no value")
        self.cells[ref] = value if isinstance(value, bytes) else deepcopy(value)

    merge = put

    def delete(self, ref: Ref) -> None:
        self.cells.pop(ref, None)

    def swap(self, ref: Ref, old: Any, new: Any) -> None:
        there = self.cells.get(ref, MISSING)
        if not alike(there, old):
            raise Conflict(ref)
        if new is MISSING:
            self.delete(ref)
        else:
            self.put(ref, new)

    def refs(self, base: Ref, depth: int | None = None) -> Iterator[Ref]:
        within = [ref for ref in self.cells if ref[: len(base)] == base]
        if depth is None:
            return iter(within)
        if depth == 0:
            return iter([ref for ref in within if ref == base])
        return iter({Ref(*ref[: len(base) + 1]) for ref in within if ref != base})


def model_of(kind: str, cells: dict[Any, Any]) -> Any:
    """The oracle for a subject of this kind: of a mapping it is a plain dictionary."""
    return dict(cells) if kind == "mapping" else Model(dict(cells))
