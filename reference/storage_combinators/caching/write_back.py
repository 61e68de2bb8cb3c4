"""WriteBack: write near now, far later (paper, section 4.6: asynchronous writer; field: write-back cache)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock, RLock
from typing import Any, ClassVar, TypeVar

from ..functions import exists, look
from ..observing.copier import Copier
from ..observing.operation import Operation
from ..observing.queue import Queue
from ..ref import Ref
from ..store import MISSING, Depth, Missing, Refused
from .cache import Cache

V = TypeVar("V")


@dataclass(frozen=True)
class WriteBack(Cache[V]):
    """A cache whose put and delete reach `slow` at the next flush, once a ref: fast, then queue, then copier.

    ``get`` after put answers the new value at once; after flush, slow agrees with fast on every ref that was written.
    Absence is asked again each time. A write that slow fails goes back into the queue, and flush raises.
    Until flushed, fast is the truth and must not evict. Stopped midway, what waits is lost: at most one value a ref.

    >>> from storage_combinators import Memory, Ref
    >>> store = WriteBack(Memory(), Memory()); store.put(Ref("a"), 1); list(store.slow.cells)
    []
    >>> store.flush(); list(store.slow.cells)
    [Ref('a')]
    """

    waiting: dict[Ref, Operation] = field(default_factory=dict, repr=False, compare=False)
    draining: Any = field(default_factory=RLock, repr=False, compare=False)
    changing: Any = field(default_factory=Lock, repr=False, compare=False)

    claims: ClassVar[dict[str, object]] = {"survives": "nothing"}

    @property
    def queue(self) -> Queue:
        """Where writes wait; it coalesces them by ref."""
        return Queue(Copier(self.fast, self.slow), self.waiting, self.draining, self.changing)

    def flush(self, *refs: Ref) -> None:
        """Write out what waits, or what waits for `refs`. No verb of a store. Raises what slow raises."""
        self.queue.drain(*refs)

    def invalidate(self, ref: Ref) -> None:
        """Forget what is cached of `ref`, written out first: so merge and swap, as Cache has them, meet it in slow."""
        self.flush(ref)
        super().invalidate(ref)

    def get(self, ref: Ref, /) -> V:
        value = look(self.fast, ref)
        if value is MISSING and ref in self.waiting:
            raise Missing(ref)  # it is deleted, and slow does not know yet
        return self._filled(ref) if value is MISSING else value

    def put(self, ref: Ref, value: V, /) -> None:
        try:
            self.fast.put(ref, value)  # first: what is queued before it is there would be taken for a delete
        except BaseException as failure:
            if not isinstance(failure, Refused | TypeError) and exists(self.fast, ref):  # perhaps that value
                self.queue(Operation("PUT", ref))
            raise
        self.queue(Operation("PUT", ref))

    def delete(self, ref: Ref, /) -> None:
        try:
            self.fast.delete(ref)
        except (Refused, TypeError):
            raise
        except BaseException:  # perhaps it is done: fast says so, and slow is not asked before it agrees
            self.queue(Operation("DELETE", ref))
            raise
        self.queue(Operation("DELETE", ref))

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        self.flush()
        return super().refs(base, depth)
