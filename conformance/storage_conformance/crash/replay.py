"""View: the folder as the program sees it while a trace is replayed, whatever is on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .trace import (
    BadTrace,
    Create,
    Hardlink,
    Mkdir,
    Op,
    Rename,
    Seen,
    Step,
    Symlink,
    Trace,
    Truncate,
    Unlink,
    Write,
    Zero,
)
from .tree import OUTSIDE, ROOT, File, Folder, Link, Tree

__all__ = ["View", "after"]


def after(trace: Trace) -> Tree:
    """The folder as the program left it. Raises BadTrace for what cannot have happened."""
    view = View(trace.initial)
    for step in trace.steps:
        view.apply(step)
    return view.tree()


class View:
    """Nodes that change: names -> numbers, bytes, targets; `names` has the last name of each node, by its folder."""

    def __init__(self, initial: Tree) -> None:
        self.modes = {number: getattr(node, "mode", 0) for number, node in initial.nodes.items()}
        nodes = initial.nodes.items()
        self.folders = {number: dict(node.entries) for number, node in nodes if isinstance(node, Folder)}
        self.folders[OUTSIDE], self.modes[OUTSIDE] = {}, 0
        self.files = {number: bytearray(node.content) for number, node in nodes if isinstance(node, File)}
        self.links = {number: node for number, node in nodes if isinstance(node, Link)}
        self.names = {n: (folder, name) for folder, held in self.folders.items() for name, n in held.items()}

    def apply(self, step: Step) -> None:
        """Do what the step did. Raises BadTrace."""
        try:
            _HOW.get(type(step.op), _nothing)(self, step.op)
        except KeyError as error:
            raise BadTrace(f"{step.call.text}: there is no {error.args[0]!r} to do this with") from error

    def tree(self) -> Tree:
        """What is reachable from the root now."""
        kept = Tree({n: Folder(dict(held), self.modes[n]) for n, held in self.folders.items()} | self._others())
        return Tree({ROOT: kept.nodes[ROOT]} | {number: kept.nodes[number] for _, number in kept})

    def _others(self) -> dict[int, File | Link]:
        return {n: File(bytes(held), self.modes[n]) for n, held in self.files.items()} | self.links

    def path(self, number: int) -> str:
        """A name of a node from the root on, the latest if it still has it; the last it had; "." for the root."""
        if number not in self.names:
            return "." if number in (ROOT, OUTSIDE) else "a file without a name"
        folder, name = self.names[number]
        if self.folders[folder].get(name) != number:
            folder, name = next((place for place, child in self._places() if child == number), (folder, name))
        return name if folder in (ROOT, OUTSIDE) else f"{self.path(folder)}/{name}"

    def _places(self) -> Iterator[tuple[tuple[int, str], int]]:
        return (((folder, name), child) for folder, held in self.folders.items() for name, child in held.items())

    def enter(self, op: Create | Mkdir | Symlink | Hardlink) -> None:
        """The node has this name now."""
        folder = OUTSIDE if op.directory is None else op.directory
        if op.name:
            self.folders[folder][op.name] = op.node
            self.names[op.node] = (folder, op.name)

    def resize(self, node: int, size: int) -> None:
        """Cut, or filled with zeros."""
        held = self.files[node]
        del held[size:]
        held.extend(bytes(size - len(held)))


def _nothing(view: View, op: Op) -> None:
    """What a sync, a mark or a map does to what the program sees."""


def _create(view: View, op: Create) -> None:
    view.files[op.node], view.modes[op.node] = bytearray(), op.mode
    view.enter(op)


def _mkdir(view: View, op: Mkdir) -> None:
    view.folders[op.node], view.modes[op.node] = {}, op.mode
    view.enter(op)


def _symlink(view: View, op: Symlink) -> None:
    view.links[op.node] = Link(op.target)
    view.enter(op)


def _unlink(view: View, op: Unlink) -> None:
    del view.folders[op.directory][op.name]


def _rename(view: View, op: Rename) -> None:
    node, over = view.folders[op.directory].pop(op.name), view.folders[op.to].get(op.new)
    view.folders[op.to][op.new] = node
    view.names[node] = (op.to, op.new)
    if op.exchange and over is not None:
        view.folders[op.directory][op.name] = over
        view.names[over] = (op.directory, op.name)


def _write(view: View, op: Write) -> None:
    view.resize(op.node, max(len(view.files[op.node]), op.offset))
    view.files[op.node][op.offset : op.offset + len(op.data)] = op.data


def _zero(view: View, op: Zero) -> None:
    end = min(op.offset + op.length, len(view.files[op.node]))
    view.files[op.node][op.offset : end] = bytes(max(0, end - op.offset))


def _seen(view: View, op: Seen) -> None:
    view.files[op.node][:] = op.content


_HOW: dict[type[Op], Callable[[View, Any], None]] = {
    Create: _create,
    Mkdir: _mkdir,
    Symlink: _symlink,
    Hardlink: View.enter,
    Unlink: _unlink,
    Rename: _rename,
    Write: _write,
    Truncate: lambda view, op: view.resize(op.node, op.size),
    Zero: _zero,
    Seen: _seen,
}
