"""Condition: the value chooses the store (ours; field: conditional storage, tiering by size or kind)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ..ref import Ref
from ..store import Store
from .gathered import Gathered

V = TypeVar("V")


@dataclass(frozen=True)
class Condition(Gathered[V]):
    """A value for which `test` is true is put into `then`, any other into `otherwise`; reads look in both.

    ``put(r, v)``: v is in then if test(v), else in otherwise, and in then no more; deletes are from both. What then has
    is read, and hides an older value in otherwise, which comes to light if then loses it by itself.
    `test` is asked when a value is put, and never when it is read, so it may change its mind. A store that fails fails
    the verb: the other may hold something older. Stopped midway, and why the two are two places: see Gathered.

    >>> from storage_combinators import Memory
    >>> store = Condition(lambda value: len(value) > 3, Memory(), Memory()); store.put(Ref("a"), b"large")
    >>> store.then.get(Ref("a"))
    b'large'
    >>> store.put(Ref("a"), b"tiny"[:3]); store.otherwise.get(Ref("a")), list(store.then.refs(Ref()))
    (b'tin', [])
    """

    test: Callable[[V], object]
    then: Store[V]
    otherwise: Store[V]

    def stores(self) -> tuple[Store[V], ...]:
        return self.then, self.otherwise

    def home(self, ref: Ref, value: V) -> Store[V]:
        return self.then if self.test(value) else self.otherwise
