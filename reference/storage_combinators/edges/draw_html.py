"""A tree of stores, with a trace laid over it, as one page and for notebooks. Plain functions. Ours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ..observing.spans import Span, answered_by
from ..store import Store
from .draw import Branch, as_text, branches
from .draw_spans import span_line

__all__ = ["Drawing", "as_html", "as_page"]

STYLE = """
.stores { --line: #9aa4b2; --good: #1a7f37; --miss: #9a5b00; --bad: #c0262d; --ink: #1c2430; --paper: #fff;
  color: var(--ink); background: var(--paper); padding: 1rem; line-height: 1.35; font-family: system-ui, sans-serif;
  overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) {
  .stores { --line: #667080; --good: #57c26f; --miss: #e0a03c; --bad: #ff7b80; --ink: #e3e8ef; --paper: #11151b; } }
.stores ul { list-style: none; margin: 0; padding-left: 1.1rem; }
.stores > ul { padding-left: 0; margin-bottom: 1rem; }
.stores li { position: relative; margin: .35rem 0; }
.stores li li::before { content: ""; position: absolute; left: -.7rem; top: -.35rem; bottom: -.35rem;
  border-left: 1px solid var(--line); }
.stores li li:last-child::before { bottom: auto; height: 1.35rem; }
.stores li li::after { content: ""; position: absolute; left: -.7rem; top: 1rem; width: .7rem;
  border-top: 1px solid var(--line); }
.stores .box { --kind: var(--line); border: 1px solid var(--kind); border-radius: .4rem; padding: .25rem .6rem;
  display: inline-block; }
.stores .span { border-width: 0 0 0 3px; border-radius: 0; display: block; }
.stores .mark, .stores .port { font-size: .85em; }
.stores .mark { display: block; }
.stores .pale { opacity: .6; }
.stores .found, .stores .done { --kind: var(--good); }
.stores .missing, .stores .stopped, .stores .running { --kind: var(--miss); }
.stores .failed, .stores .refused, .stores .conflict { --kind: var(--bad); }
.stores .node .mark { color: var(--kind); }
.stores .node.answered { border-width: 3px; }
.stores .span.answered { font-weight: bold; }
.stores .bar { display: block; height: 3px; min-width: 2px; background: var(--kind); }
"""
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>body {{ margin: 0; }}</style></head>
<body>{body}</body></html>
"""


@dataclass(frozen=True)
class Drawing:
    """A tree, with a trace laid over it, as a notebook shows it: ``Drawing(store, spans)`` as a cell's last line."""

    store: Store[Any]
    trace: Sequence[Span] = ()

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": as_text(self.store, self.trace), "text/html": as_html(self.store, self.trace)}


def as_page(store: Store[Any], trace: Iterable[Span] = (), title: str = "A tree of stores") -> str:
    """One whole page, which loads nothing from anywhere."""
    return PAGE.format(title=escape(title), body=as_html(store, trace))


def as_html(store: Store[Any], trace: Iterable[Span] = ()) -> str:
    """The tree, then each operation of `trace` with a bar for when it was, as a piece of a page.

    >>> from storage_combinators import Memory
    >>> "<b>Memory</b>" in as_html(Memory())
    True
    """
    roots = list(trace)
    spans = "".join(f"<ul>{_span(root, root, answered_by(root))}</ul>" for root in roots)
    tree = _node(branches(store, roots), traced=bool(roots))
    return f'<div class="stores"><style>{STYLE}</style><ul>{tree}</ul>{spans}</div>'


def _node(branch: Branch, traced: bool) -> str:
    name, bracket, fields = branch.name.partition("(")
    port = f'<span class="port">{escape(branch.port)}</span>' if branch.port else ""
    said = f"<code>{escape(bracket + fields)}</code>" if fields else ""
    mark = f'<span class="mark">{escape(branch.mark.text)}</span>' if branch.mark else ""
    kinds = ["pale"] * traced
    if branch.mark:
        kinds = [branch.mark.outcome, *["answered"] * branch.mark.answered]
    box = f'<div class="box node {" ".join(kinds)}">{port}<b>{escape(name)}</b>{said}{mark}</div>'
    return _item(box, [_node(part, traced) for part in branch.below])


def _span(span: Span, root: Span, answering: Span) -> str:
    bar = f'<span class="bar" style="{_bar(span, root)}"></span>'
    kinds = f"box span {span.outcome}" + " answered" * (span is answering)
    line = f'<span class="mark">{escape(span_line(span, span is answering))}</span>'
    return _item(f'<div class="{kinds}">{line}{bar}</div>', [_span(part, root, answering) for part in span.spans])


def _bar(span: Span, root: Span) -> str:
    """From where to where in the time of its operation, in percent."""
    whole = _lasted(root) or 1.0
    left = min(max((span.begun - root.begun) / whole, 0.0), 1.0)
    return f"margin-left: {left:.2%}; width: {min(_lasted(span) / whole, 1 - left):.2%}"


def _lasted(span: Span) -> float:
    return 0.0 if span.ended is None else span.ended - span.begun


def _item(box: str, below: list[str]) -> str:
    return f"<li>{box}" + (f"<ul>{''.join(below)}</ul>" if below else "") + "</li>"
