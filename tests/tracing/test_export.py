"""Spans for other programs: JSON lines by the schema of docs/tracing.md, and OpenTelemetry by its own exporter."""

import io
import json
import re
import time
from contextvars import copy_context
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from storage_combinators import Cache, Failing, Json, Memory, Missing, PassThrough, Ref, look, traced
from storage_combinators.edges.draw_spans import span_line, span_text, span_tree
from storage_combinators.edges.export_spans import json_lines, opentelemetry, records
from storage_combinators.observing.spans import Span

A = Ref("a")
PAGE = Path(__file__).parents[2] / "docs" / "tracing.md"


def fails(verb: str, ref: Ref) -> None:
    raise OSError("no answer from redis://me:hunter2@host/0")


def schema() -> Any:
    """The one on the page."""
    return json.loads(re.findall(r"```json\n(\{\n  \"\$schema\".*?)```", PAGE.read_text(), re.S)[0])


def test_each_line_is_as_the_page_says():
    file = io.StringIO()
    tree = traced(Cache(Memory(), Json(Memory({A: b"1"}))), json_lines(file))
    tree.get(A)
    look(tree, Ref("b", "c"))
    list(tree.refs(Ref()))
    lines = [json.loads(line) for line in file.getvalue().splitlines()]
    assert len(lines) == 5 + 4 + 3
    for line in lines:
        jsonschema.validate(line, schema())
    known = set()
    for line in lines:  # each after its parent
        assert line["parent"] in known | {None}
        known.add(line["span"])
    first = lines[0]
    assert (first["place"], first["outcome"], first["answered_by"]) == ("", "found", "slow.source")
    assert (lines[3]["node"], lines[3]["bytes"], lines[3]["ref"]) == ("Memory", 1, ["a"])


def test_the_schema_refuses_what_is_no_span():
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"span": 1}, schema())


def test_times_of_day_are_those_of_the_operation():
    spans: list[Span] = []
    before = time.time()
    traced(Memory({A: 1}), spans.append).get(A)
    (record,) = records(spans[0])
    from datetime import datetime

    assert before - 1 <= datetime.fromisoformat(record["begun"]).timestamp() <= time.time() + 1
    assert record["seconds"] == pytest.approx(spans[0].seconds, abs=1e-6)


def test_no_export_shows_a_secret():
    spans: list[Span] = []
    tree = traced(Failing(Memory(), fails), spans.append)
    with pytest.raises(OSError, match="hunter2"):
        tree.get(A)
    shown = [json.dumps(list(records(spans[0]))), span_text(spans[0]), span_line(spans[0])]
    assert not [text for text in shown if "hunter2" in text or "host/0" not in text]
    assert "hunter2" not in repr([(span.attributes, span.status.description) for span in exported(spans)])


def exported(spans: list[Span]) -> Any:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tell = opentelemetry(provider.get_tracer("storage"))
    for span in spans:
        tell(span)
    return exporter.get_finished_spans()


def test_opentelemetry_gets_the_same_tree_with_its_own_times():
    spans: list[Span] = []
    tree = traced(Cache(Memory(), Json(Memory({A: b"1"}))), spans.append)
    tree.get(A)
    found = {span.name: span for span in exported(spans)}
    assert set(found) == {"get Cache", "get Memory", "put Memory", "get Json"}
    root, below = found["get Cache"], found["get Json"]
    assert below.parent.span_id == root.context.span_id
    assert {span.context.trace_id for span in found.values()} == {root.context.trace_id}
    assert root.attributes["storage.outcome"] == "found"
    assert root.attributes["storage.answered_by"] == "slow.source"
    assert root.end_time - root.start_time == pytest.approx((spans[0].ended - spans[0].begun) * 1e9, abs=1000)
    assert root.start_time <= below.start_time <= below.end_time <= root.end_time


def test_opentelemetry_is_inside_the_span_that_the_program_is_in():
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("program")
    tree = traced(Memory(), opentelemetry(tracer))
    with tracer.start_as_current_span("request"):
        tree.put(A, b"1")
    put, request = exporter.get_finished_spans()
    assert put.parent.span_id == request.context.span_id


def test_opentelemetry_calls_a_failure_an_error_and_absence_none():
    spans: list[Span] = []
    with pytest.raises(OSError, match="no answer"):
        traced(Failing(Memory(), fails), spans.append).get(A)
    with pytest.raises(Missing):
        traced(Memory(), spans.append).get(A)
    failed, missing = exported(spans)
    assert failed.status.status_code is StatusCode.ERROR
    assert missing.status.status_code is StatusCode.UNSET


def test_the_path_as_text_and_for_rich():
    from rich.console import Console

    spans: list[Span] = []
    tree = traced(Cache(Memory(), Json(Memory({A: b"1"}))), spans.append, clock=lambda: 0.0)
    tree.get(A)
    lines = [
        "get a → Cache: found, 0.0 µs",
        "├── get a → fast Memory: missing, 0.0 µs",
        "├── get a → slow Json: found, 0.0 µs",
        "│   └── get a → source Memory: found, 1 B, 0.0 µs  ← answered",
        "└── put a → fast Memory: done, 0.0 µs",
    ]
    assert span_text(spans[0]).splitlines() == lines
    console = Console(file=io.StringIO(), width=100)
    console.print(span_tree(spans[0]))
    assert [line.rstrip() for line in console.file.getvalue().splitlines()] == lines


class Leaves(PassThrough[Any]):
    """A listing that a get began ends later, and work that it handed on begins later."""

    def get(self, ref, /):
        listing = self.source.refs(Ref())
        next(listing)
        self.__dict__["left"] = [lambda: list(listing), partial(copy_context().run, self.source.get, ref)]
        return self.source.get(ref)


def test_what_ends_later_is_in_the_trace_of_its_operation_and_exported_when_it_has_ended():
    exporter, provider, lines = InMemorySpanExporter(), TracerProvider(), io.StringIO()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tells = [opentelemetry(provider.get_tracer("storage")), json_lines(lines)]
    tree = traced(Leaves(Memory({A: 1, Ref("b"): 2})), lambda span: [tell(span) for tell in tells])
    tree.get(A)
    assert [span.name for span in exporter.get_finished_spans()] == ["get Memory", "get Leaves"]
    for later in tree.source.left:
        later()
    *_, root, listing, caused = exporter.get_finished_spans()
    assert [span.name for span in (listing, caused)] == ["refs Memory", "get Memory"]
    assert [span.attributes["storage.outcome"] for span in (listing, caused)] == ["done", "found"]
    assert {span.context.trace_id for span in exporter.get_finished_spans()} == {root.context.trace_id}
    assert listing.parent.span_id == caused.parent.span_id == root.context.span_id
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert {each["trace"] for each in told} == {told[0]["span"]}
    assert [each["outcome"] for each in told if each["verb"] == "refs"] == ["running", "done"]


def test_what_ends_before_its_operation_is_told_is_exported_with_it():
    spans: list[Span] = []
    tree = traced(Leaves(Memory({A: 1})), spans.append)
    tree.get(A)
    list(tree.source.left[0]())
    assert sorted(span.name for span in exported(spans[::-1])) == ["get Leaves", "get Memory", "refs Memory"]
