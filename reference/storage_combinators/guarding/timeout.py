"""Timeout: no longer than that (ours; field: timeout, deadline)."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import TypeVar

from ..ref import Ref
from ..store import Depth, Gone
from ..transforming.pass_through import PassThrough

V = TypeVar("V")
T = TypeVar("T")


@dataclass(frozen=True)
class Timeout(PassThrough[V]):
    """A store whose every verb ends within `seconds`, or raises TimeoutError. The source works in `executor`.

    ``Timeout(s, ...) ≈ s`` where s is fast enough. A TimeoutError is a failure: the source goes on with what it was
    asked, so whether it happens is open. A listing is fetched as a whole, within the same time.
    Absence and failure are the source's; the executor is whose it is, and has room for what hangs. No store below
    works in the same one: for want of room they would wait for one another.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> from storage_combinators import Memory
    >>> with ThreadPoolExecutor(4) as threads: Timeout(Memory({Ref("a"): 1}), 2.5, threads).get(Ref("a"))
    1
    """

    seconds: float
    executor: Executor = field(repr=False, compare=False)

    def get(self, ref: Ref, /) -> V:
        return self._within("get", ref, lambda: self.source.get(ref))

    def put(self, ref: Ref, value: V, /) -> None:
        self._within("put", ref, lambda: self.source.put(ref, value))

    def merge(self, ref: Ref, value: V, /) -> None:
        self._within("merge", ref, lambda: self.source.merge(ref, value))

    def delete(self, ref: Ref, /) -> None:
        self._within("delete", ref, lambda: self.source.delete(ref))

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        self._within("swap", ref, lambda: self.source.swap(ref, old, new))

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter(self._within("refs", base, lambda: list(self.source.refs(base, depth))))

    def _within(self, verb: str, ref: Ref, work: Callable[[], T]) -> T:
        waiting = self.executor.submit(copy_context().run, work)  # so that a trace knows whose work it is
        try:
            return waiting.result(self.seconds)
        except TimeoutError:
            if waiting.done():  # the source's own
                raise
            raise TimeoutError(f"{verb} of {ref!r} took longer than {self.seconds} s") from None
        finally:
            waiting.cancel()  # of use if it has not begun
