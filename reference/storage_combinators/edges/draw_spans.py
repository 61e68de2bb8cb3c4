"""Spans as text: the path that an operation took through the tree, hits, misses and times. Plain functions. Ours."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..observing.spans import Span, answered_by, told
from .labels import CONTROL, hidden, in_one_line
from .overlay import COLOURS, lasting

if TYPE_CHECKING:
    from rich.tree import Tree

__all__ = ["span_line", "span_text", "span_tree"]


def span_tree(root: Span) -> "Tree":
    """The tree for rich, in the colours of the outcomes; the one whose answer it was is bold."""
    from rich.text import Text
    from rich.tree import Tree

    answering = answered_by(root)

    def grown(span: Span) -> Tree:
        style = COLOURS.get(span.outcome, "red") + (" bold" if span is answering else "")
        made = Tree(Text(span_line(span, span is answering), style))
        made.children.extend(map(grown, span.spans))
        return made

    return grown(root)


def span_text(root: Span) -> str:
    """The tree as lines of text.

    >>> from storage_combinators import Cache, Memory, Ref, traced
    >>> traced(Cache(Memory(), Memory({Ref("a"): b"1"})), lambda span: print(span_text(span)), clock=int).get(Ref("a"))
    get a → Cache: found, 1 B, 0.0 µs
    ├── get a → fast Memory: missing, 0.0 µs
    ├── get a → slow Memory: found, 1 B, 0.0 µs  ← answered
    └── put a → fast Memory: done, 1 B, 0.0 µs
    b'1'
    """
    return "\n".join(_lines(root, answered_by(root)))


def span_line(span: Span, answering: bool = False) -> str:
    """One span in one line: the verb and ref, the node, how it ended, how long it took."""
    port = re.split(r"\.(?![^\[]*\])", span.place)[-1]  # the dots of a route are its own
    node = f"{port} {span.kind}" if port else span.kind
    why = f", {in_one_line(hidden(span.error))}" if span.error else ""
    ref = CONTROL.sub("?", str(span.ref or "(root)"))
    return f"{span.verb} {ref} → {node}: {told(span)}, {lasting(span.seconds)}{why}" + "  ← answered" * answering


def _lines(span: Span, answering: Span) -> Iterator[str]:
    yield span_line(span, span is answering)
    for place, part in enumerate(span.spans, 1):
        first, rest = ("└── ", "    ") if place == len(span.spans) else ("├── ", "│   ")
        head, *tail = _lines(part, answering)
        yield first + head
        yield from (rest + line for line in tail)
