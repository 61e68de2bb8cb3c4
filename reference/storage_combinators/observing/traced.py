"""Traced: every verb is told (paper, section 9: future work; field: tracing, span per call). See edges/tracing.py."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Generic, TypeVar

from ..functions import size
from ..ref import Ref
from ..store import Depth, Gone, Store
from .spans import Span, Trace

__all__ = ["Traced"]

V = TypeVar("V")
_END: Final[Any] = object()


@dataclass(frozen=True)
class Traced(Generic[V]):
    """A store that tells `trace` what it was asked, how that ended, how long it took, and what went on inside.

    ``Traced(s, trace) ≈ s``: one span a verb, in which are those of the Traced stores that s asks.
    Absence and failure are the source's, and told as what they are; a verb that was stopped midway is told as failed.
    A listing is one span from the first ref that is asked of it until it ends or is given up.

    >>> from storage_combinators import Memory
    >>> Traced(Memory(), Trace(print)).put(Ref("a"), b"1")
    put a at the root (Memory): done, 1 B
    """

    source: Store[V]
    trace: Trace
    place: str = ""

    def get(self, ref: Ref, /) -> V:
        with self._span("get", ref) as span:
            value = self.trace.within(span, self.source.get, ref)
            span.size = _size(value)
            return value

    def put(self, ref: Ref, value: V, /) -> None:
        self._write("put", ref, value)

    def merge(self, ref: Ref, value: V, /) -> None:
        self._write("merge", ref, value)

    def delete(self, ref: Ref, /) -> None:
        self._write("delete", ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        self._write("swap", ref, old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        with self._span("refs", base) as span:
            span.refs = 0
            listing = self.trace.within(span, self.source.refs, base, depth)
            following: Callable[[], Any] = partial(next, listing, _END)
            try:
                while (ref := self.trace.within(span, following)) is not _END:
                    span.refs += 1
                    yield ref
            finally:
                del listing, following  # given up: what it lists from ends before it, and so is inside

    def _write(self, verb: str, ref: Ref, *values: V | Gone) -> None:
        with self._span(verb, ref) as span:
            span.size = _size(values[-1]) if values else None
            self.trace.within(span, getattr(self.source, verb), ref, *values)

    def _span(self, verb: str, ref: Ref) -> AbstractContextManager[Span]:
        return self.trace.span(type(self.source).__name__, self.place, verb, ref)


def _size(value: object) -> int | None:
    return size(value) if isinstance(value, bytes | bytearray | memoryview) else None
