"""A tree of stores drawn as text and for rich. Plain functions; drawing never connects (paper, section 4.3)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ..observing.spans import Span
from ..store import Store
from .labels import label
from .overlay import Mark, marks
from .rewrap import is_filter, nodes, ports

if TYPE_CHECKING:
    from rich.tree import Tree

__all__ = ["Branch", "as_text", "branches", "print_tree", "tree"]


class Branch(NamedTuple):
    """What is drawn of a node: the port that leads to it, its name, its mark, and what hangs from it."""

    port: str
    name: str
    mark: Mark | None
    below: list["Branch"]

    @property
    def line(self) -> str:
        """All of it in one line."""
        return self.port + self.name + (f"  ← {self.mark.text}" if self.mark else "")


def tree(store: Store[Any], trace: Iterable[Span] = ()) -> "Tree":
    """The tree for rich, with `trace` laid over it: who was asked, in colours, and who not, pale.

    A node in several places is drawn at the first and numbered; ⇒ leads to a filter. ValueError for a tree that
    contains itself.
    """
    from rich.text import Text
    from rich.tree import Tree

    spans = list(trace)

    def grown(branch: Branch) -> Tree:
        name = Text(branch.port) + Text(branch.name, style="bold" if branch.mark else "dim" if spans else "")
        if branch.mark:
            name += Text(f"  ← {branch.mark.text}", style=branch.mark.colour)
        made = Tree(name)
        made.children.extend(map(grown, branch.below))
        return made

    return grown(branches(store, spans))


def as_text(store: Store[Any], trace: Iterable[Span] = ()) -> str:
    """The tree as lines of text, with what each node was asked in `trace`.

    >>> from storage_combinators import Cache, Json, Memory
    >>> print(as_text(Cache(Memory(), Json(Memory()))))
    Cache
    ├── fast: Memory
    └── slow: Json
        └── source: Memory
    """
    return "\n".join(_lines(branches(store, trace)))


def print_tree(store: Store[Any]) -> None:
    """The tree on standard output."""
    print(as_text(store))


def branches(store: Store[Any], trace: Iterable[Span] = ()) -> Branch:
    """What is drawn, from the root down; a node in several places has a number, and branches only at the first."""
    shared, marked = _shared(store), marks(store, trace)
    numbers, drawn = dict[int, int](), set[int]()

    def branch(node: Any, port: str) -> Branch:
        name = label(node) + (f" #{numbers.setdefault(id(node), len(numbers) + 1)}" if id(node) in shared else "")
        if id(node) in drawn:
            return Branch(port, f"{name}, above", None, [])
        drawn.add(id(node))
        below = [branch(part, name + (" ⇒ " if is_filter(part) else ": ")) for name, part in ports(node).items()]
        return Branch(port, name, marked.get(id(node)), below)

    return branch(store, "")


def _lines(branch: Branch) -> Iterator[str]:
    yield branch.line
    for place, part in enumerate(branch.below, 1):
        first, rest = ("└── ", "    ") if place == len(branch.below) else ("├── ", "│   ")
        head, *tail = _lines(part)
        yield first + head
        yield from (rest + line for line in tail)


def _shared(store: object) -> set[int]:
    """The nodes in several places, by identity: two equal ones stay two."""
    uses = Counter(id(part) for node in nodes(store) for part in ports(node).values())
    return {which for which, count in uses.items() if count > 1}
