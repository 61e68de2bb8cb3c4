"""Span and Trace: what tracing tells of an operation, and to whom (paper, section 9: future work; field: span)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from threading import current_thread
from time import perf_counter
from typing import Any, Literal, TypeAlias, TypeVar

from ..ref import Ref
from ..store import Conflict, Missing, Refused

__all__ = ["Outcome", "Span", "Trace", "answered_by", "inside", "told"]

T = TypeVar("T")
Outcome: TypeAlias = Literal["running", "done", "found", "missing", "conflict", "refused", "failed", "stopped"]
_ENDINGS: tuple[tuple[type[BaseException], Outcome], ...] = (
    (Missing, "missing"),
    (Conflict, "conflict"),
    (Refused, "refused"),
    (GeneratorExit, "stopped"),
)
_CURRENT: ContextVar["Span | None"] = ContextVar("span", default=None)  # threads are kept apart by it
_NUMBERS = count(1)


@dataclass(eq=False)
class Span:
    """One verb at one node, and the spans inside it.

    `kind` is the node's class; `place` where it is in the tree, ``slow.source``, empty for the root; `ref` what this
    node was asked for. `begun` and `ended` are readings of the clock in seconds, `seconds` is what was spent inside:
    of a listing without the time of its reader. `size` is the value's in bytes, None where it has none; `refs` how many
    were listed. `cause` is the operation during which this one was begun, if that had ended by then.
    """

    kind: str
    place: str
    verb: str
    ref: Ref
    parent: "Span | None" = field(repr=False)
    cause: "Span | None" = field(repr=False)
    begun: float
    number: int = field(default_factory=_NUMBERS.__next__)
    thread: str = field(default_factory=lambda: current_thread().name)
    outcome: Outcome = "running"
    error: str = ""
    size: int | None = None
    refs: int | None = None
    seconds: float = 0.0
    ended: float | None = None
    spans: list["Span"] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.verb} {self.ref or '(root)'} at {self.place or 'the root'} ({self.kind}): {told(self)}"


@dataclass(frozen=True)
class Trace:
    """Where spans go: an operation's to `tell` when it has ended, and what of it ends later, once more by itself.

    `tell` is called in the thread of the operation; what it raises, the operation raises.
    """

    tell: Callable[[Span], object]
    clock: Callable[[], float] = perf_counter

    @contextmanager
    def span(self, kind: str, place: str, verb: str, ref: Ref) -> Iterator[Span]:
        """A span inside the one that this thread is in. It ends with the block, whose exception says how."""
        outer = _CURRENT.get()
        parent = outer if outer is not None and outer.ended is None else None
        span = Span(kind, place, verb, ref, parent, None if parent else outer, self.clock())
        if parent is not None:
            parent.spans.append(span)
        try:
            yield span
            span.outcome = "found" if verb == "get" else "done"
        except BaseException as raised:
            span.outcome = _ending(raised)
            if span.outcome in ("refused", "failed"):
                span.error = " ".join(f"{type(raised).__name__}: {raised}".split())
            raise
        finally:
            span.ended = self.clock()
            if parent is None or parent.ended is not None:
                self.tell(span)

    def within(self, span: Span, verb: Callable[..., T], *args: Any) -> T:
        """``verb(*args)``: what is begun meanwhile in this thread is inside `span`."""
        token, begun = _CURRENT.set(span), self.clock()
        try:
            return verb(*args)
        finally:
            span.seconds += self.clock() - begun
            _CURRENT.reset(token)


def _ending(raised: BaseException) -> Outcome:
    for kind, outcome in _ENDINGS:
        if isinstance(raised, kind):
            return outcome
    return "failed"


def inside(span: Span) -> Iterator[Span]:
    """`span` and all spans inside it, each after the one that it is in."""
    yield span
    for part in span.spans:
        yield from inside(part)


def answered_by(span: Span) -> Span:
    """The innermost span that ended as `span` did, at the same verb: whose answer, or whose failure, was handed up."""
    alike = [part for part in span.spans if (part.verb, part.outcome) == (span.verb, span.outcome)]
    return answered_by(alike[-1]) if alike else span


def told(span: Span) -> str:
    """How it ended, in few words: ``found, 12 B``; without the text of a failure."""
    counted = [f"{span.size} B"] if span.size is not None else []
    listed = [f"{span.refs} ref{'s' * (span.refs != 1)}"] if span.refs is not None else []
    return ", ".join([span.outcome, *counted, *listed])
