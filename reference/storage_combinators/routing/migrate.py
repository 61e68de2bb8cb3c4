"""Migrate: from an old store to a new one, while it is in use (ours; field: live migration, lazy move)."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from ..functions import exists, look, walk
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Refused, Store
from .gathered import Gathered
from .several import once

V = TypeVar("V")


@dataclass(frozen=True)
class Migrate(Gathered[V]):
    """Reads from `new`, then from `old`, and moves what it found there; writes to new; what new has hides what old has.

    ``Migrate(n, o) ≈`` one dictionary with what both have; a ref that was read or put is in new, merge is where it is.
    What new refuses is answered and stays in old. Failures are raised. A move creates in new, then takes out of old:
    stopped midway, both have it, the same, and `migrate` clears old. What another writes to old during a move is moved
    too, if old can remove by swap; once new has the ref it is hidden. Two stores with nothing in common, please.

    >>> from storage_combinators import Memory
    >>> store = Migrate(Memory(), Memory({Ref("a"): 1, Ref("b"): 2})); store.get(Ref("a")), list(store.new.refs(Ref()))
    (1, [Ref('a')])
    >>> migrate(store), list(store.old.refs(Ref())), sorted(store.new.refs(Ref()))
    (1, [], [Ref('a'), Ref('b')])
    """

    new: Store[V]
    old: Store[V]

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
        """Create `value`, which old has, in new, and take it out of old. No verb of a store."""
        with suppress(Conflict):  # new has a value, which is the newer one
            self.new.swap(ref, MISSING, value)
        try:
            self.old.swap(ref, value, MISSING)
        except Conflict:  # another wrote to old meanwhile, which is newer than what was copied, or moved it
            newer = look(self.old, ref)
            if newer is not MISSING:
                with suppress(Conflict):
                    self.new.swap(ref, value, newer)
        except Refused:  # it has no such swap
            self.old.delete(ref)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return once((self.old, self.new), base, depth)  # the way values move: none is missed


def migrate(store: Migrate[Any], base: Ref = Ref(), told: Callable[[Ref], object] = id) -> int:
    """Move all that old has at or under `base`; how many refs it has no longer. `told` is called after each.

    Raises what the stores raise; called again, it goes on with what is left: what another wrote to old meanwhile, and
    for ever what is never equal to itself when it is read again, which no swap can take out.
    """
    refs = list(walk(store.old, base))
    for ref in refs:
        value = look(store.old, ref)
        if value is not MISSING:
            store.move(ref, value)
        told(ref)
    return len(refs) - sum(exists(store.old, ref) for ref in refs)
