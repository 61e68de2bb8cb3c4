"""Migrate: from an old store to a new one, while it is in use (ours; field: live migration, lazy move)."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from ..functions import look, walk
from ..ref import Ref
from ..store import MISSING, Conflict, Refused, Store
from .gathered import Gathered

V = TypeVar("V")


@dataclass(frozen=True)
class Migrate(Gathered[V]):
    """Reads from `new`, then from `old`, and moves what it found there; writes to new; what new has hides what old has.

    ``Migrate(n, o) ≈`` one dictionary with what both have; a ref that was read or put is in new, merge is where it is.
    What new refuses is answered and stays in old. Failures are raised. A move creates in new, then deletes in old:
    stopped midway, both have it, the same, and `migrate` clears old. Two stores with nothing in common, please.

    >>> from storage_combinators import Memory
    >>> store = Migrate(Memory(), Memory({Ref("a"): 1, Ref("b"): 2})); store.get(Ref("a")), list(store.new.refs(Ref()))
    (1, [Ref('a')])
    >>> migrate(store), list(store.old.refs(Ref())), sorted(store.new.refs(Ref()))
    (1, [], [Ref('a'), Ref('b')])
    """

    new: Store[V]
    old: Store[V]

    def __post_init__(self) -> None:
        if self.new is self.old:
            raise ValueError("new and old are one store: what was moved would be deleted")

    def stores(self) -> tuple[Store[V], ...]:
        return self.new, self.old

    def home(self, ref: Ref, value: V) -> Store[V]:
        return self.new

    def get(self, ref: Ref, /) -> V:
        value = look(self.new, ref)
        if value is MISSING:
            value = look(self.old, ref)
            if value is MISSING:
                return self.new.get(ref)  # somebody else may have moved it in between
            with suppress(Refused):  # new may refuse this value, or old to be written: it can be read all the same
                self.move(ref, value)
        return value

    def move(self, ref: Ref, value: V) -> None:
        """Create `value`, which old has, in new, and delete it in old. No verb of a store."""
        with suppress(Conflict):  # new has a value, which is the newer one
            self.new.swap(ref, MISSING, value)
        self.old.delete(ref)


def migrate(store: Migrate[Any], base: Ref = Ref(), told: Callable[[Ref], object] = id) -> int:
    """Move all that old has at or under `base`; how many refs that were. `told` is called after each.

    Raises what the stores raise; called again, it goes on with what is left.
    """
    moved = list(walk(store.old, base))
    for ref in moved:
        value = look(store.old, ref)
        if value is not MISSING:
            store.move(ref, value)
        told(ref)
    return len(moved)
