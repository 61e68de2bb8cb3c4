"""Null: the store that holds nothing (the paper's base class answers so; field: null object, black hole)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from ..functions import present
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Missing

__all__ = ["Null"]

V = TypeVar("V")


@dataclass(frozen=True)
class Null(Generic[V]):
    """Every ref is missing, and what is written vanishes.

    ``get(r) = Missing``, whatever was put. So swap conflicts with every value, and creates what is gone at once.

    >>> store = Null(); store.put(Ref("a"), b"1"); list(store.refs(Ref()))
    []
    """

    without: ClassVar[dict[str, str]] = {
        "keeps": "forgets everything at once",
        "types": "takes values of any type",
    }

    def get(self, ref: Ref, /) -> V:
        raise Missing(ref)

    def put(self, ref: Ref, value: V, /) -> None:
        present(value)

    merge = put

    def delete(self, ref: Ref, /) -> None:
        pass

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        if old is not MISSING:
            raise Conflict(ref)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter(())
