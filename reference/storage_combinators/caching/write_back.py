"""WriteBack: write near now, far later (paper, section 4.6: asynchronous writer; field: write-back cache)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Lock, RLock
from typing import Any, ClassVar, TypeVar

from ..functions import exists, listed, look
from ..observing.operation import Operation
from ..observing.queue import Queue
from ..ref import Ref
from ..store import MISSING, Depth, Missing, Refused
from .cache import Cache

V = TypeVar("V")


@dataclass(frozen=True)
class WriteBack(Cache[V]):
    """A cache whose put and delete reach `slow` at the next flush, once a ref, as a queue and a copier would.

    ``get`` after put answers the new value at once; after flush, slow agrees with fast on every ref that was written.
    What slow fails or refuses waits on and is told by each flush, after all others; put or delete replaces it.
    A listing writes nothing: what waits is laid over that of slow. Until flushed, fast is the truth and must not evict.
    Absence is asked again each time. Stopped midway, what waits is lost: at most one value a ref.

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
        return Queue(self._copy, self.waiting, self.draining, self.changing)

    def flush(self, *refs: Ref) -> None:
        """Write out what waits, or what waits for `refs`. No verb of a store. Raises the first that slow raises."""
        self.queue.drain(*refs)

    def invalidate(self, ref: Ref) -> None:
        """Forget what is cached of `ref`, written out first: so merge and swap, as Cache has them, meet it in slow."""
        self.flush(ref)
        super().invalidate(ref)

    def put(self, ref: Ref, value: V, /) -> None:
        self._write(self.fast.put, Operation("PUT", ref), value)

    def delete(self, ref: Ref, /) -> None:
        self._write(self.fast.delete, Operation("DELETE", ref))

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return _listed(self, base, depth)

    def _filled(self, ref: Ref) -> V:
        if self.waiting.get(ref) == Operation("DELETE", ref):
            raise Missing(ref)  # and slow does not know yet
        return super()._filled(ref)

    def _write(self, near: Callable[..., None], write: Operation, *value: V) -> None:
        """It waits once it is done near, or may be, and then fast says whether: what waits as a delete stays one."""
        try:
            near(write.ref, *value)
        except BaseException as failure:
            if not isinstance(failure, Refused | TypeError):
                gone = Operation("DELETE", write.ref)
                self.queue(gone if self.waiting.get(write.ref) == gone else write)  # anew, for a flush may be at it
            raise
        self.queue(write)

    def _copy(self, operation: Operation) -> None:
        value = look(self.fast, operation.ref)
        if value is not MISSING:
            self.slow.put(operation.ref, value)
        elif operation.verb == "DELETE":  # else that put was not done
            self.slow.delete(operation.ref)


def _listed(store: WriteBack[Any], base: Ref, depth: Depth) -> Iterator[Ref]:
    """What slow has, and laid over it what waits: where a write waits, fast says what is there."""
    ahead = list(store.waiting.items())
    waiting = {ref: each for ref, each in ahead if (ref == base if depth == 0 else ref.within(base))}
    near = {*listed([ref for ref in waiting if exists(store.fast, ref)], base, depth)}
    gone = {ref for ref, each in waiting.items() if each.verb == "DELETE"}
    touched = {ref.cut(len(base) + 1) for ref in gone}
    yield from near
    for ref in store.slow.refs(base, depth):
        below = store.slow.refs(ref) if depth == 1 and ref in touched else [ref]
        if ref not in near and any(each not in gone for each in below):
            yield ref
