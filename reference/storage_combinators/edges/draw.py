"""A tree of stores drawn: as text, for rich, as DOT and SVG. Plain functions; drawing never connects (paper, 4.3)."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeAlias

from ..functions import same
from ..ref import Ref
from ..store import Store
from .rewrap import is_filter, is_store, nodes, plain_fields, ports, rewrap

if TYPE_CHECKING:
    from rich.tree import Tree

__all__ = ["as_dot", "as_svg", "as_text", "is_store", "label", "nodes", "ports", "print_tree", "rewrap", "tree"]

Branch: TypeAlias = tuple[str, list["Branch"]]
SHORT = 48  # characters of a field's value
PRIVATE = "pass|pwd|secret|token|credential|signature"
USERINFO = re.compile(r"(:/+)[^/?#\s]*@")
PARAMETER = re.compile(rf"([?&;][^=&;#\s]*(?:{PRIVATE})[^=&;#\s]*)=[^&;#\s'\"]*", re.IGNORECASE)


def label(node: object) -> str:
    """Its class and its plain fields, those at their default left out, each short, with no secret in them.

    Secrets are user and password of a URL, parameters of a URL and fields whose name says so.

    >>> from storage_combinators import Memory, Ref, Relative
    >>> label(Relative(Memory(), Ref("tasks")))
    "Relative(base='tasks')"
    """
    said = [f"{name}={_value(name, value)}" for name, value in plain_fields(node).items() if not _usual(node, name)]
    return type(node).__name__ + (f"({', '.join(said)})" if said else "")


def tree(store: Store[Any]) -> "Tree":
    """The tree for rich. A node in several places is drawn at the first and numbered; ⇒ leads to a filter.

    ValueError for a tree that contains itself.
    """
    from rich.text import Text
    from rich.tree import Tree

    def grown(branch: Branch) -> Tree:
        made = Tree(Text(branch[0]))
        made.children.extend(map(grown, branch[1]))
        return made

    return grown(_branches(store))


def as_text(store: Store[Any]) -> str:
    """The tree as lines of text.

    >>> from storage_combinators import Cache, Json, Memory
    >>> print(as_text(Cache(Memory(), Json(Memory()))))
    Cache
    ├── fast: Memory
    └── slow: Json
        └── source: Memory
    """
    return "\n".join(_lines(_branches(store)))


def print_tree(store: Store[Any]) -> None:
    """The tree on standard output."""
    print(as_text(store))


def as_dot(store: Store[Any]) -> str:
    """The tree in the DOT language: one box a node, however often it is used; a dashed edge leads to a filter."""
    every = nodes(store)[::-1]  # the root first
    number = {id(node): place for place, node in enumerate(every)}
    lines = ["digraph {", "  ordering=out", "  node [shape=box]"]
    lines += [f'  {place} [label="{_quoted(label(node))}"]' for place, node in enumerate(every)]
    for place, node in enumerate(every):
        for port, part in ports(node).items():
            style = " style=dashed" if is_filter(part) else ""
            lines.append(f'  {place} -> {number[id(part)]} [label="{_quoted(port)}"{style}]')
    return "\n".join([*lines, "}"])


def as_svg(store: Store[Any]) -> str:
    """The tree as an SVG image, by the program ``dot``; graphviz.ExecutableNotFound where there is none."""
    import graphviz  # type: ignore[import-untyped]  # it has no types of its own

    return str(graphviz.Source(as_dot(store)).pipe(format="svg", encoding="utf-8"))


def _branches(store: Store[Any]) -> Branch:
    """What is drawn: the line of each node, and what hangs from it."""
    shared, numbers, drawn = _shared(store), dict[int, int](), set[int]()

    def branch(node: Any, edge: str) -> Branch:
        mark = f" #{numbers.setdefault(id(node), len(numbers) + 1)}" if id(node) in shared else ""
        if id(node) in drawn:
            return f"{edge}{label(node)}{mark}, above", []
        drawn.add(id(node))
        return f"{edge}{label(node)}{mark}", [branch(part, port + _arrow(part)) for port, part in ports(node).items()]

    return branch(store, "")


def _lines(branch: Branch) -> Iterator[str]:
    text, below = branch
    yield text
    for place, part in enumerate(below, 1):
        first, rest = ("└── ", "    ") if place == len(below) else ("├── ", "│   ")
        head, *tail = _lines(part)
        yield first + head
        yield from (rest + line for line in tail)


def _shared(store: object) -> set[int]:
    """The nodes in several places, by identity: two equal ones stay two."""
    uses = Counter(id(part) for node in nodes(store) for part in ports(node).values())
    return {which for which, count in uses.items() if count > 1}


def _arrow(part: object) -> str:
    return " ⇒ " if is_filter(part) else ": "


def _usual(node: Any, name: str) -> bool:
    return hasattr(type(node), name) and same(getattr(type(node), name), getattr(node, name))


def _value(name: str, value: object) -> str:
    if re.search(PRIVATE, name, re.IGNORECASE):
        return "…"
    text = PARAMETER.sub(r"\1=…", USERINFO.sub(r"\1…@", _shown(value)))
    return text if len(text) <= SHORT else f"{text[: SHORT // 2]}…{text[-(SHORT // 2 - 1) :]}"


def _shown(value: object) -> str:
    if isinstance(value, PurePath | Ref):
        return repr(str(value))
    name: Callable[..., str] | str | None = getattr(value, "__qualname__", None)
    return name if isinstance(name, str) else repr(value).replace("\n", " ")


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
