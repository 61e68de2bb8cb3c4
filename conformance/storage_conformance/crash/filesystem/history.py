"""History: the tree after each call of a workload, and from which moment on each thing is certain.

Moment i is after i calls, moment 0 the tree that was there before, which is synced. A name is a pair: the number of
the folder that holds it, and the word.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from ..replay import View
from ..trace import Op, Sync, SyncAll, Trace
from ..tree import ROOT, File, Folder, Node, Tree

__all__ = ["History", "Name", "names_of"]

Name = tuple[int, str]


def names_of(tree: Tree) -> dict[int, frozenset[Name]]:
    """By node, its names; nodes without one are left out."""
    found: dict[int, set[Name]] = {}
    for number, node in tree.nodes.items():
        for word, child in node.entries.items() if isinstance(node, Folder) else ():
            found.setdefault(child, set()).add((number, word))
    return {child: frozenset(names) for child, names in found.items()}


@dataclass(frozen=True)
class History:
    """A trace, looked at after each of its calls; `writers` has each call by the number that its bytes tell."""

    trace: Trace
    writers: tuple[str, ...] = ()

    @cached_property
    def calls(self) -> list[tuple[str, list[Op]]]:
        """Each call in words, with its operations."""
        by_call = groupby(self.trace.steps, lambda step: step.call)
        return [(call.text, [step.op for step in steps]) for call, steps in by_call]

    @cached_property
    def trees(self) -> list[Tree]:
        """By moment."""
        view, found = View(self.trace.initial), [self.trace.initial]
        for _, steps in groupby(self.trace.steps, lambda step: step.call):
            for step in steps:
                view.apply(step)
            found.append(view.tree())
        return found

    @cached_property
    def names(self) -> list[dict[int, frozenset[Name]]]:
        """By moment and node."""
        return [names_of(tree) for tree in self.trees]

    @cached_property
    def places(self) -> list[dict[Name, int]]:
        """By moment and name, the node."""
        return [{name: node for node, held in names.items() for name in held} for names in self.names]

    @cached_property
    def kinds(self) -> dict[int, type[Node]]:
        """By node, what it is."""
        return {number: type(node) for tree in self.trees for number, node in tree.nodes.items()}

    def path(self, name: Name) -> str:
        """A name as a person writes it."""
        folder, word = name
        above = next((tree.path(folder) for tree in self.trees if folder in tree.nodes), "?")
        return word if folder == ROOT else f"{above}/{word}"

    def synced(self, node: int, done: int, *, file: bool = True, data: bool = False, whole: bool = True) -> int:
        """The moment from which on a node is certain once `done` calls have returned; 0 where nothing made it so.

        By fsync of the node if `file`, by fdatasync too if `data`, by sync if `whole`.
        """

        def covers(op: Op) -> bool:
            own = isinstance(op, Sync) and op.node == node and (not op.data or data)
            return (isinstance(op, SyncAll) and whole) or (own and file)

        return max((at for at in range(1, done + 1) if any(map(covers, self.calls[at - 1][1]))), default=0)

    def contents(self, node: int, start: int, end: int) -> list[bytes]:
        """What the file held from moment `start` to `end`, where it had a name."""
        held = [tree.nodes.get(node) for tree in self.trees[start : end + 1]]
        return [each.content for each in held if isinstance(each, File)]
