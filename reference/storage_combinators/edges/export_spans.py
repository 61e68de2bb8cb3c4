"""Spans for other programs: as JSON lines (docs/tracing.md has the schema) and as OpenTelemetry spans. Ours."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

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
    epoch = time.time() - clock()
    for span in inside(root):
        cause = span.parent or span.cause
        yield {
            "trace": root.number, "span": span.number, "parent": cause.number if cause else None, "verb": span.verb,
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

    Named ``get Cache``, inside the span of OpenTelemetry that is current then. Attributes are ``storage.*`` as in the
    JSON lines; a failure has the status error, an answer such as missing has none.
    """
    from opentelemetry import context

    def tell(root: Span) -> None:
        _exported(tracer, root, context.get_current(), time.time() - clock())

    return tell


def _exported(tracer: "Tracer", span: Span, outer: "Context", epoch: float) -> None:
    from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

    begun, ended = (round((epoch + at) * 1e9) for at in (span.begun, span.begun if span.ended is None else span.ended))
    made = tracer.start_span(f"{span.verb} {span.kind}", outer, SpanKind.INTERNAL, _attributes(span), start_time=begun)
    if span.outcome == "failed":
        made.set_status(Status(StatusCode.ERROR, hidden(span.error)))
    for part in span.spans:
        _exported(tracer, part, set_span_in_context(made, outer), epoch)
    made.end(end_time=ended)


def _attributes(span: Span) -> dict[str, str | int]:
    texts = {"verb": span.verb, "node": span.kind, "place": span.place, "ref": str(span.ref), "outcome": span.outcome}
    texts |= {"answered_by": answered_by(span).place, "thread": span.thread}
    counts = {name: count for name, count in {"bytes": span.size, "refs": span.refs}.items() if count is not None}
    given: dict[str, str | int] = {**texts, **counts}
    return {f"storage.{name}": value for name, value in given.items()}
