"""Mirror: the folder under test as it is after the calls so far, by number of node; it finds what a path leads to."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from .tree import ROOT, File, Folder, Link, Node, Tree

__all__ = ["Mirror", "Opened", "Place", "Spot"]

Place = int | str
"""A folder: its number inside the tree, its absolute path outside."""
LINKS = 40  # as many as Linux follows in one path


@dataclass(frozen=True)
class Spot:
    """Where a path leads: a name in a folder and what has that name; outside the tree there is no number."""

    folder: Place
    name: str
    node: int | None = None

    @property
    def outside(self) -> bool:
        return isinstance(self.folder, str) and self.node is None


@dataclass
class Opened:
    """An open file description, which all descriptors that were copied from one another share."""

    node: int
    path: str = ""
    flags: int = 0
    offset: int = 0


@dataclass
class Mirror:
    """What a Tree is, but changing; `root` is the absolute path, free of links, of what has number ROOT."""

    root: str
    files: dict[int, bytearray] = field(default_factory=dict)
    folders: dict[int, dict[str, int]] = field(default_factory=dict)
    links: dict[int, str] = field(default_factory=dict)
    above: dict[int, int] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    outside: dict[str, int] = field(default_factory=dict)
    """Files outside that are followed, by absolute path."""

    def fill(self, tree: Tree) -> None:
        """Be what the tree is."""
        for number, node in tree.nodes.items():
            if isinstance(node, File):
                self.files[number] = bytearray(node.content)
            elif isinstance(node, Link):
                self.links[number] = node.target
            else:
                self.folders[number] = dict(node.entries)
                self.above.update(dict.fromkeys(node.entries.values(), number))
        self.numbers = count(1 + max(tree.nodes))

    def tree(self) -> Tree:
        """What is there now; permission bits are not known."""
        nodes: dict[int, Node] = {number: File(bytes(content)) for number, content in self.files.items()}
        nodes |= {number: Link(target) for number, target in self.links.items()}
        return Tree(nodes | {number: Folder(dict(entries)) for number, entries in self.folders.items()})

    def find(self, base: Place, path: str, *, follow: bool = True) -> Spot:
        """Where `path` leads from the folder `base`; a link at its end is followed or is itself what is found."""
        spot = self._start(base, path)
        names, links = deque(_names(path)), 0
        while names:
            name = names.popleft()
            here = self._inside(spot)
            if here is None:
                return Spot(spot.folder, spot.name + "/" + "/".join((name, *names)))  # below what is no folder
            spot = self._spot(self._around(here)) if name == ".." else self._down(here, name)
            target = self._target(spot) if follow or names else None
            if target is not None and links < LINKS:
                links += 1
                names.extendleft(reversed(_names(target)))
                spot = self._start(spot.folder, target)
        return spot

    def _start(self, base: Place, path: str) -> Spot:
        return self._spot("/" if path.startswith("/") else base)

    def _inside(self, spot: Spot) -> Place | None:
        """The folder that a spot is; None where there is none."""
        if spot.node is not None:
            return spot.node if spot.node in self.folders else None
        return os.path.join(spot.folder, spot.name) if isinstance(spot.folder, str) else None

    def _spot(self, here: Place) -> Spot:
        """A folder as a spot: a name in the folder around it."""
        if here in (ROOT, self.root):
            return Spot(os.path.dirname(self.root), os.path.basename(self.root), ROOT)
        around = self._around(here)
        if isinstance(here, str) or isinstance(around, str):
            return Spot(around, os.path.basename(str(here)))
        return Spot(around, next((name for name, node in self.folders[around].items() if node == here), ""), here)

    def _around(self, here: Place) -> Place:
        if isinstance(here, int) and here in self.above:
            return self.above[here]
        return os.path.dirname(self.root if here == ROOT else str(here))

    def _down(self, here: Place, name: str) -> Spot:
        if isinstance(here, int):
            return Spot(here, name, self.folders[here].get(name))
        path = os.path.join(here, name)
        return Spot(here, name, ROOT if path == self.root else self.outside.get(path))

    def _target(self, spot: Spot) -> str | None:
        if spot.node is not None:
            return self.links.get(spot.node)
        return _outer_link(os.path.join(spot.folder, spot.name)) if isinstance(spot.folder, str) else None

    def path(self, node: int) -> str:
        """One path of a node, from the root: "." for that, absolute outside, a number in angle brackets without one."""
        if node == ROOT:
            return "."
        for folder, entries in self.folders.items():
            for name, child in entries.items():
                if child == node:
                    return name if folder == ROOT else os.path.join(self.path(folder), name)
        return next((path for path, held in self.outside.items() if held == node), f"<file {node}>")


def _names(path: str) -> list[str]:
    return [name for name in path.split("/") if name not in ("", ".")]


def _outer_link(path: str) -> str | None:
    return os.readlink(path) if Path(path).is_symlink() else None
