"""Gathered: the base of what shows several stores as one, each value in one of them. Ours."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, ClassVar, Generic, TypeVar

from ..functions import apart, exists, look, present
from ..ref import Ref
from ..store import MISSING, Depth, Gone, Missing, Store
from .several import once

V = TypeVar("V")


@dataclass(frozen=True)
class Gathered(ABC, Generic[V]):
    """Several stores as one dictionary: extend it, and say which, in the order of reading, and where a value belongs.

    ``get(r)`` is that of the first store that has r; after ``put(r, v)`` that is home(r, v), after delete none has it.
    A failure is never taken for absence. The new value is put before older ones are deleted, those that are hidden
    first: stopped midway, before or after is seen, and what is left over stays hidden. merge stays where the value is.
    No two are one place, such as two handles on a folder: what is deleted as the older would be the new one.

    >>> from storage_combinators import Memory, Union
    >>> store = Union((Memory(), Memory({Ref("a"): 1}))); store.put(Ref("a"), 2); store.sources[1].get(Ref("a"))
    2
    """

    without: ClassVar[dict[str, str]] = {
        "threads": "where a value is, is asked before it is changed there; Locked over it restores it",
    }

    def __post_init__(self) -> None:
        apart(*self.stores())

    @abstractmethod
    def stores(self) -> Sequence[Store[V]]:
        """All of them, in the order in which they are read."""

    @abstractmethod
    def home(self, ref: Ref, value: V) -> Store[V]:
        """Which of them `value` is put into."""

    def holder(self, ref: Ref) -> Store[V] | None:
        """The one whose value is visible."""
        return next((store for store in self.stores() if exists(store, ref)), None)

    def get(self, ref: Ref, /) -> V:
        for store in self.stores():
            value = look(store, ref)
            if value is not MISSING:
                return value
        raise Missing(ref)

    def put(self, ref: Ref, value: V, /) -> None:
        home = self.home(ref, present(value))
        home.put(ref, value)
        _drop(ref, takewhile(lambda store: store is not home, self.stores()))

    def merge(self, ref: Ref, value: V, /) -> None:
        held = self.holder(ref)
        (self.home(ref, present(value)) if held is None else held).merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        _drop(ref, self.stores())

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        held = self.holder(ref)
        home = None if new is MISSING else self.home(ref, new)
        if held is None or held is home:
            (self.stores()[0] if home is None else home).swap(ref, old, new)
        else:
            held.swap(ref, old, old)  # is it that? Only then is anything changed
            self.delete(ref) if new is MISSING else self.put(ref, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return once(self.stores(), base, depth)


def _drop(ref: Ref, stores: Iterable[Store[Any]]) -> None:
    for store in reversed([*stores]):
        if exists(store, ref):  # another may be one that refuses to be written
            store.delete(ref)
