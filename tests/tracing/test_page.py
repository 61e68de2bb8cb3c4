"""docs/tracing.md: its programs do what they show, and its tree over disk, Redis and S3 is what servers give."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from house.blocks import run_page
from provision.kind import Server
from storage_combinators import Memory, Missing, Ref, as_text, open_store, replay, traced
from storage_combinators.edges.draw_dot import as_dot
from storage_combinators.edges.draw_html import as_page
from storage_combinators.edges.export_spans import opentelemetry
from storage_combinators.edges.rewrap import nodes
from storage_combinators.observing.spans import Span, answered_by, inside

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tracing.md").read_text()
REPORT, NOTHING, SESSION = Ref("report.txt"), Ref("nothing.txt"), Ref("sessions", "ann")

# A store has no verb to close it: the connections of its client end when it is collected, which Python warns of.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def runnable(page: str) -> str:
    """The page without the blocks that are no programs."""
    return re.sub(r"```(sh|json|trace)\n.*?```", "", page, flags=re.S)


def test_every_program_on_the_page_does_what_is_shown(tmp_path):
    assert run_page(runnable(PAGE), tmp_path) == 3


def without_places_and_times(text: str) -> str:
    return re.sub(r"[\d.]+ (µs|ms|s)\b", "…", re.sub(r"\b(S3|Redis|Disk)\([^)]*\)", r"\1", text))


@pytest.fixture
def cloud(tmp_path: Path, s3_place: Server, redis_place: Server, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("DOCUMENTS_URL", s3_place.url)
    monkeypatch.setenv("SESSIONS_URL", redis_place.url)
    (tmp_path / "cloud.toml").write_bytes((ROOT / "docs" / "trees" / "cloud.toml").read_bytes())
    return open_store(tmp_path / "cloud.toml")


def test_a_tree_over_disk_redis_and_s3(cloud, tmp_path):
    spans: list[Span] = []
    tree = traced(cloud, spans.append)
    assert len(nodes(cloud)) == 11
    assert {type(node).__name__ for node in nodes(cloud)} > {"Disk", "Redis", "S3"}
    tree.put(REPORT, b"figures")
    tree.put(SESSION, b"logged in")
    assert tree.get(REPORT) == tree.get(REPORT) == b"figures"
    with pytest.raises(Missing):
        tree.get(NOTHING)

    first, cached, missing = spans[2:]
    assert [answered_by(span).kind for span in (first, cached, missing)] == ["S3", "Disk", "S3"]
    assert {span.kind for span in inside(spans[1])} >= {"Audited", "Mount", "Small", "Redis", "Serialized"}
    assert "Redis" not in {span.kind for span in inside(first)}

    shown = re.findall(r"```trace\n(.*?)```", PAGE, re.S)[0]
    assert without_places_and_times(as_text(cloud, [cached, missing])) == shown.rstrip()
    for drawn in (as_text(cloud, spans), as_dot(cloud, spans), as_page(cloud, spans)):
        for name in ("DOCUMENTS_URL", "SESSIONS_URL"):
            assert not secrets_in(os.environ[name], drawn)
    if os.environ.get("STORAGE_SHOW"):  # for whoever wants to look at it
        Path(os.environ["STORAGE_SHOW"]).write_text(as_page(cloud, [first, cached, missing], "One tree, three reads"))

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    for span in spans:
        opentelemetry(provider.get_tracer("storage"))(span)
    exported = exporter.get_finished_spans()
    assert len(exported) == sum(1 for root in spans for _ in inside(root))
    assert sum(span.parent is None for span in exported) == len(spans)

    again: Memory[bytes] = Memory()
    assert replay(cloud.log, again) == []
    assert (
        again.cells == {ref: cloud.get(ref) for ref in cloud.refs(Ref())} == {REPORT: b"figures", SESSION: b"logged in"}
    )


def secrets_in(url: str, text: str) -> list[str]:
    """The password, and the user, of `url` that `text` shows."""
    userinfo = re.search(r"//([^/?#]+)@", url)
    return [part for part in (userinfo[1].split(":") if userinfo else []) if len(part) > 3 and part in text]
