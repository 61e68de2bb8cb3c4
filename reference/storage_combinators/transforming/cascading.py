"""CascadingDelete: what depends on a thing goes with it (paper, section 5.3, one sentence; this is our reading)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from ..functions import walk
from ..ref import Ref
from ..store import MISSING, Gone, Store
from .pass_through import PassThrough

V = TypeVar("V")


@dataclass(frozen=True)
class CascadingDelete(PassThrough[V]):
    """A store in which deleting a ref deletes its dependents too: by default all refs below it.

    ``delete(r) = delete of each of dependents(source, r), then of r``; nothing else is touched.
    Of absence: dependents go all the same. After a failure, or stopped midway, `r` is still there until all
    dependents are gone, so the same delete again completes it; a swap to MISSING wins first and may leave dependents.

    >>> from storage_combinators import Memory, Ref
    >>> store = CascadingDelete(Memory({Ref("list"): 1, Ref("list", "task"): 2, Ref("other"): 3}))
    >>> store.delete(Ref("list")); list(store.refs(Ref()))
    [Ref('other')]
    """

    dependents: Callable[[Store[V], Ref], Iterable[Ref]] = walk

    def delete(self, ref: Ref, /) -> None:
        self._cascade(ref)
        self.source.delete(ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        self.source.swap(ref, old, new)
        if new is MISSING and old is not MISSING:
            self._cascade(ref)

    def _cascade(self, ref: Ref) -> None:
        for dependent in list(self.dependents(self.source, ref)):
            if dependent != ref:
                self.source.delete(dependent)
