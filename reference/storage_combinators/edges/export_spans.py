"""Spans for other programs: as JSON lines (docs/tracing.md has the schema) and as OpenTelemetry spans. Ours."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ..observing.spans import Span, answered_by, inside
from .labels import hidden

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Tracer

__all__ = ["json_lines", "opentelemetry", "records"]


def records(root: Span, clock: Callable[[], float] = time.perf_counter) -> Iterator[dict[str, Any]]:
    """`root` and the spans inside it as data, each after its parent; texts of failures without secrets of URLs.

    `clock` is the one of the trace, by which the times of day are reckoned.
    """
    epoch, whole = time.time() - clock(), _operation(root)
    for span in inside(root):
        cause = span.parent or span.cause
        yield {
            "trace": whole.number, "span": span.number, "parent": cause.number if cause else None, "verb": span.verb,
            "node": span.kind, "place": span.place, "ref": list(span.ref), "outcome": span.outcome,
            "error": hidden(span.error), "bytes": span.size, "refs": span.refs,
            "answered_by": answered_by(span).place, "thread": span.thread, "seconds": round(span.seconds, 9),
            "begun": datetime.fromtimestamp(epoch + span.begun, UTC).isoformat(timespec="microseconds"),
        }  # fmt: skip


def json_lines(file: IO[str], clock: Callable[[], float] = time.perf_counter) -> Callable[[Span], None]:
    """What `traced` may tell: each span becomes a line in `file`, which is flushed after every operation."""

    def tell(root: Span) -> None:
        file.writelines(json.dumps(record) + "\n" for record in records(root, clock))
        file.flush()

    return tell


def opentelemetry(tracer: "Tracer", clock: Callable[[], float] = time.perf_counter) -> Callable[[Span], None]:
    """What `traced` may tell: each span is handed to `tracer`, with its own times, when its operation has ended.

    Named ``get Cache``, inside the span of OpenTelemetry that is current then. What ends later is handed over when it
    has, in the same trace. Attributes are ``storage.*`` as in the JSON lines; a failure has the status error, an answer
    such as missing has none.
    """
    from opentelemetry import context

    made: WeakKeyDictionary[Span, Context] = WeakKeyDictionary()

    def tell(root: Span) -> None:
        if root.parent is not None and root.parent not in made:
            return  # the operation has ended and will be told, and this with it
        outer = root.parent or root.cause
        inner_of = context.get_current() if outer is None else made.get(outer, context.get_current())
        _exported(tracer, root, inner_of, time.time() - clock(), made)

    return tell


def _operation(span: Span) -> Span:
    """The outermost that `span` is inside of, or was caused by."""
    while (outer := span.parent or span.cause) is not None:
        span = outer
    return span


def _exported(
    tracer: "Tracer", span: Span, outer: "Context", epoch: float, made: "WeakKeyDictionary[Span, Context]"
) -> None:
    from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

    if span.ended is None or span in made:
        return
    begun, ended = (round((epoch + at) * 1e9) for at in (span.begun, span.ended))
    name = f"{span.verb} {span.kind}"
    handed = tracer.start_span(name, outer, SpanKind.INTERNAL, _attributes(span), start_time=begun)
    if span.outcome == "failed":
        handed.set_status(Status(StatusCode.ERROR, hidden(span.error)))
    made[span] = set_span_in_context(handed, outer)
    for part in span.spans:
        _exported(tracer, part, made[span], epoch, made)
    handed.end(end_time=ended)


def _attributes(span: Span) -> dict[str, str | int]:
    texts = {"verb": span.verb, "node": span.kind, "place": span.place, "ref": str(span.ref), "outcome": span.outcome}
    texts |= {"answered_by": answered_by(span).place, "thread": span.thread}
    counts = {name: count for name, count in {"bytes": span.size, "refs": span.refs}.items() if count is not None}
    given: dict[str, str | int] = {**texts, **counts}
    return {f"storage.{name}": value for name, value in given.items()}
