"""A trace laid over a drawing; pages and notebooks; and that no drawing shows a secret, whatever a store is made of."""

import re
from dataclasses import dataclass, field
from functools import partial
from html.parser import HTMLParser
from shutil import which
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

from storage_combinators import (
    Cache,
    Copier,
    Json,
    Logging,
    Memory,
    Missing,
    Queue,
    Ref,
    Relative,
    Sequential,
    Serialized,
    Switch,
    TextCodec,
    as_text,
    open_store,
    traced,
)
from storage_combinators.edges.draw import tree
from storage_combinators.edges.draw_dot import as_dot, as_svg
from storage_combinators.edges.draw_html import Drawing, as_html, as_page
from storage_combinators.edges.labels import hidden, hidden_in, label
from storage_combinators.edges.overlay import lasting, marks
from storage_combinators.observing.spans import Span

A = Ref("a")


def read() -> tuple[Any, list[Span]]:
    """A tree with a branch that is not asked, a node in two places, and a filter; a hit and a miss."""
    shared = Memory({A: 1})
    plain = Switch(
        {"x": Cache(Memory(), Json(Relative(Memory(), A))), "a": Logging(shared, Queue(Copier(shared, Memory())))}
    )
    spans: list[Span] = []
    watched = traced(plain, spans.append, clock=lambda: 0.0)
    watched.get(A)
    with pytest.raises(Missing):
        watched.get(Ref("x", "1"))
    return plain, spans


def test_each_node_that_was_asked_has_a_mark_and_no_other():
    plain, spans = read()
    assert as_text(plain, spans).splitlines() == [
        "Switch  ← get found, get missing; 0.0 µs",
        "├── routes['x']: Cache  ← get missing; 0.0 µs",
        "│   ├── fast: Memory  ← get missing; 0.0 µs",
        "│   └── slow: Json  ← get missing; 0.0 µs",
        "│       └── source: Relative(base='a')  ← get missing; 0.0 µs",
        "│           └── source: Memory  ← get missing; 0.0 µs; answered",
        "└── routes['a']: Logging  ← get found; 0.0 µs",
        "    ├── source: Memory #1  ← get found; 0.0 µs; answered",
        "    └── log ⇒ Queue",
        "        └── target ⇒ Copier",
        "            ├── source: Memory #1, above",
        "            └── target: Memory",
    ]
    assert marks(plain, []) == {}


def test_the_worst_outcome_colours_a_node():
    plain, spans = read()
    colours = {mark.text: mark.colour for mark in marks(plain, spans).values()}
    assert colours["get found, get missing; 0.0 µs"] == "orange3"
    assert colours["get found; 0.0 µs; answered"] == "green"
    spans[0].outcome = "refused"
    assert "red" in {mark.colour for mark in marks(plain, spans).values()}


def test_dot_outlines_the_way_and_pales_the_rest():
    plain, spans = read()
    text = as_dot(plain, spans)
    assert text.count("color=green penwidth=3") == 2  # the node that answered, and the edge on which it was asked
    assert text.count("color=gray fontcolor=gray") == 7  # Queue, Copier, Memory, the edges to them, the other edge
    assert "gray" not in as_dot(plain)
    assert "penwidth" not in as_dot(plain)


@pytest.mark.skipif(which("dot") is None, reason="the program dot of graphviz is not installed")
def test_svg_is_drawn_with_a_trace():
    svg = as_svg(*read())
    assert svg.count("<title>") >= 10
    assert "get found, get missing" in svg


def test_in_a_terminal_names_are_no_markup():
    console = Console(width=200, record=True, force_terminal=True)
    console.print(tree(Switch({"[red]x": Memory()})))
    assert "[red]x" in console.export_text()


class Reading(HTMLParser):
    """Holds that each tag that is opened is closed; gathers the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "!doctype"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_a_page_is_whole_and_loads_nothing():
    page = as_page(*read(), title="<One> & two")
    found = Reading(page)
    assert found.open == []
    assert "<One> & two" in "".join(found.text)
    assert not [tag for tag, given in found.seen if tag in ("script", "link", "img") or {"src", "href"} & given.keys()]
    assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in found.seen
    assert sum(tag == "div" and "node" in (given["class"] or "") for tag, given in found.seen) == 12
    assert "http" not in page


def test_bars_lie_within_their_operation():
    spans: list[Span] = []
    watched = traced(Cache(Memory(), Json(Memory({A: b"1"}))), spans.append)
    watched.get(A)
    for left, width in re.findall(r"margin-left: ([\d.]+)%; width: ([\d.]+)%", as_html(watched, spans)):
        assert 0 <= float(left) <= float(left) + float(width) <= 100.02


@given(
    st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1).filter(
        lambda t: t not in (".", "..")
    )
)
@example("<b>x")
def test_whatever_a_route_is_called_every_drawing_of_it_can_be_read(name):
    spans: list[Span] = []
    plain = Switch({name: Relative(Memory(), Ref(name))})
    traced(plain, spans.append).put(Ref(name), b"1")
    found = Reading(as_page(plain, spans))
    assert found.open == []
    assert f"routes[{name!r}]" in "".join(found.text)
    assert as_text(plain, spans).count("put done") == 3
    assert as_dot(plain, spans).count("put done") == 3


def test_a_notebook_shows_the_drawing():
    plain, spans = read()
    shown = Drawing(plain, spans)._repr_mimebundle_(include=None, exclude=None)
    assert shown == {"text/plain": as_text(plain, spans), "text/html": as_html(plain, spans)}


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0.0 µs"), (2.5e-6, "2.5 µs"), (0.0123, "12.3 ms"), (2, "2.0 s"), (3600, "3600.0 s")]
)
def test_times_are_short(seconds, shown):
    assert lasting(seconds) == shown


@dataclass(frozen=True)
class Sealed:
    key: bytes = b""
    token: str = ""
    salted: Any = None


@dataclass(frozen=True)
class Odd(Memory[bytes]):
    options: Any = None
    codec: Any = None
    secret_key: str = ""
    master_keys: tuple[str, ...] = ()
    hook: Any = None
    state: Any = field(default=None, repr=False)


SECRET = "hunter2hunter2"
HIDDEN = [
    Odd(options={"password": SECRET, "plain": 1}),
    Odd(options={"nested": {"aws_secret_access_key": SECRET}}),
    Odd(options=[("a", {"token": SECRET})]),
    Odd(codec=Sealed(SECRET.encode(), SECRET, {"key": SECRET})),
    Odd(secret_key=SECRET, master_keys=(SECRET,), state=SECRET),
    Odd(options=f"https://me:{SECRET}@host/x?sig={SECRET}&api_key={SECRET}&access_key_id={SECRET}"),
    Odd(options=(f"https://{SECRET}@host/x", [f"s3://b?endpoint=http://u:{SECRET}@h"])),
    Odd(hook=partial(print, SECRET)),
]


@pytest.mark.parametrize("store", HIDDEN, ids=range(len(HIDDEN)))
def test_no_drawing_shows_a_secret(store):
    spans: list[Span] = []
    plain = Serialized(store, TextCodec())
    traced(plain, spans.append).put(A, "x")
    for shown in (
        as_text(plain, spans),
        as_dot(plain, spans),
        as_page(plain, spans),
        repr(Drawing(plain)._repr_mimebundle_()),
    ):
        assert SECRET[:8] not in shown


@pytest.mark.parametrize(
    "url",
    [
        "s3://AKIAHUNTER2:{}@bucket?endpoint=http://h:1",
        "redis://:{}@host:1/0/x",
        "sftp://me:{}@host/dir",
        "https://me:{}@host/x",
        "nginx+https://me:{}@host/x",
    ],
)
def test_no_url_that_is_opened_shows_its_secret(url):
    plain = open_store(url.format(SECRET))
    for shown in (as_text(plain), as_dot(plain), as_page(plain), label(plain)):
        assert SECRET not in shown


def test_texts_of_failures_lose_the_secrets_of_urls():
    assert hidden("see http://me:pw@host/x?token=abc&a=1 now") == "see http://…@host/x?token=…&a=1 now"
    assert (
        hidden_in("password hunter%402 or hunter@2 is wrong", ["redis://me:hunter%402@h/0"])
        == "password … or … is wrong"
    )
    assert hidden_in("nothing here", ["plain", "x://h", "file:///a"]) == "nothing here"


def test_texts_of_failures_lose_the_secrets_of_the_environment(monkeypatch):
    monkeypatch.setenv("SESSIONS_PASSWORD", SECRET)
    monkeypatch.setenv("SESSIONS_PLACE", "somewhere")
    assert hidden_in(f"somewhere {SECRET} was wrong", []) == "somewhere … was wrong"


def test_equal_nodes_have_marks_of_their_own():
    one, two = Memory({A: 1}), Memory({A: 1})
    plain = Sequential((one, two))
    spans: list[Span] = []
    traced(plain, spans.append).get(A)
    assert set(marks(plain, spans)) == {id(plain), id(one)}
