"""A tree of stores in the DOT language and as SVG. Plain functions; drawing never connects (paper, section 4.3)."""

from collections.abc import Iterable
from typing import Any

from ..observing.spans import Span
from ..store import Store
from .labels import label
from .overlay import Mark, marks, ways
from .rewrap import is_filter, nodes, ports

__all__ = ["as_dot", "as_svg"]


def as_dot(store: Store[Any], trace: Iterable[Span] = ()) -> str:
    """The tree in the DOT language: one box a node, however often it is used; a dashed edge leads to a filter.

    Who was asked in `trace` is outlined in the colour of the worst outcome, and so is the way there; the rest is pale.
    """
    spans = list(trace)
    every, marked, taken = nodes(store)[::-1], marks(store, spans), ways(store, spans)  # the root first
    number = {id(node): place for place, node in enumerate(every)}
    lines = [
        "digraph {",
        "  ordering=out",
        '  node [shape=box fontname="sans-serif"]',
        '  edge [fontname="sans-serif"]',
    ]
    for place, node in enumerate(every):
        mark = marked.get(id(node))
        text = label(node) + (f"\n{mark.text}" if mark else "")
        lines.append(f'  {place} [label="{_quoted(text)}"{_outlined(mark, bool(marked))}]')
    for place, node in enumerate(every):
        for port, part in ports(node).items():
            mark = marked.get(id(part)) if (id(node), id(part)) in taken else None
            style = (" style=dashed" if is_filter(part) else "") + _outlined(mark, bool(marked))
            lines.append(f'  {place} -> {number[id(part)]} [label="{_quoted(port)}"{style}]')
    return "\n".join([*lines, "}"])


def as_svg(store: Store[Any], trace: Iterable[Span] = ()) -> str:
    """The tree as an SVG image, by the program ``dot``; graphviz.ExecutableNotFound where there is none."""
    import graphviz  # type: ignore[import-untyped]  # it has no types of its own

    return str(graphviz.Source(as_dot(store, trace)).pipe(format="svg", encoding="utf-8"))


def _outlined(mark: Mark | None, traced: bool) -> str:
    if mark is None:
        return " color=gray fontcolor=gray" * traced
    return f" color={mark.colour} penwidth={3 if mark.answered else 2}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
