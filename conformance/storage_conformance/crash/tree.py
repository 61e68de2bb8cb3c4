"""Tree: files, folders and links as plain data, read from a folder and written into another."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

__all__ = ["OUTSIDE", "ROOT", "File", "Folder", "Link", "Node", "Tree", "first_difference", "read_tree", "write_tree"]

ROOT = 0
"""The number of the folder under test; other nodes have any other number, of one inode each."""
OUTSIDE = -1
"""The number of what lies outside of that folder, a file or all the folders; names in it are absolute paths."""


@dataclass(frozen=True)
class File:
    """What a file holds, and its permission bits."""

    content: bytes = b""
    mode: int = 0o644


@dataclass(frozen=True)
class Folder:
    """Name -> number of the node."""

    entries: dict[str, int] = field(default_factory=dict)
    mode: int = 0o755


@dataclass(frozen=True)
class Link:
    """A symbolic link, whatever it points to."""

    target: str


Node = File | Folder | Link


@dataclass(frozen=True)
class Tree:
    """Nodes by number, from ROOT down; two names with one number are a hard link. Names as os.fsdecode gives them."""

    nodes: dict[int, Node] = field(default_factory=lambda: {ROOT: Folder()})

    def __iter__(self) -> Iterator[tuple[str, int]]:
        """Each path below the root, "/" between names, parents first, sorted, with the number of its node."""
        return self._below(ROOT, "", (ROOT,))

    def _below(self, number: int, path: str, above: tuple[int, ...]) -> Iterator[tuple[str, int]]:
        folder = self.nodes[number]
        assert isinstance(folder, Folder)
        for name, child in sorted(folder.entries.items()):
            if child in above:
                continue  # a rename that is split can leave a folder inside itself: no tool could list that
            yield path + name, child
            if isinstance(self.nodes[child], Folder):
                yield from self._below(child, f"{path}{name}/", (*above, child))

    def path(self, number: int) -> str:
        """One path of the node of that number: "." for the root, "" where it has no name."""
        return "." if number == ROOT else next((path for path, found in self if found == number), "")

    def digest(self) -> bytes:
        """16 bytes, equal for trees that read alike: names, kinds, contents, targets."""
        told = blake2b(digest_size=16)
        for path, number in self:
            node = self.nodes[number]
            held = node.content if isinstance(node, File) else os.fsencode(getattr(node, "target", ""))
            told.update(f"{type(node).__name__} {path!a} {len(held)} ".encode() + held)
        return told.digest()


def read_tree(folder: Path) -> Tree:
    """What is in the folder now; sockets, pipes and devices are left out. Raises OSError."""
    numbers: dict[tuple[int, int], int] = {}
    nodes: dict[int, Node] = {}
    _read(folder, ROOT, numbers, nodes)
    return Tree(nodes)


def _read(folder: Path, number: int, numbers: dict[tuple[int, int], int], nodes: dict[int, Node]) -> None:
    entries: dict[str, int] = {}
    nodes[number] = Folder(entries, stat.S_IMODE(folder.stat().st_mode))
    for path in sorted(folder.iterdir()):
        found = path.lstat()
        if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode) or stat.S_ISLNK(found.st_mode)):
            continue
        child = numbers.setdefault((found.st_dev, found.st_ino), len(numbers) + 1)
        entries[path.name] = child
        if stat.S_ISDIR(found.st_mode):
            _read(path, child, numbers, nodes)
        elif child not in nodes:
            mode = stat.S_IMODE(found.st_mode)
            nodes[child] = Link(os.readlink(path)) if path.is_symlink() else File(path.read_bytes(), mode)


def write_tree(tree: Tree, folder: Path) -> None:
    """Make the tree in an empty folder, hard links included. Raises OSError."""
    made: dict[int, Path] = {}
    for path, number in tree:
        node, place = tree.nodes[number], folder / path
        if isinstance(node, Folder):
            place.mkdir(node.mode | 0o700)
        elif isinstance(node, Link):
            place.symlink_to(node.target)
        elif number in made:
            os.link(made[number], place)
        else:
            made[number] = place
            place.write_bytes(node.content)
            place.chmod(node.mode)


def first_difference(told: Tree, found: Tree) -> str:
    """A path at which two trees differ, "" if there is none."""
    here, there = ({path: tree.nodes[number] for path, number in tree} for tree in (told, found))
    for path in sorted(here.keys() | there.keys()):
        one, other = here.get(path), there.get(path)
        if type(one) is not type(other) or (not isinstance(one, Folder) and _held(one) != _held(other)):
            return path
    return ""


def _held(node: Node | None) -> bytes | str:
    return node.content if isinstance(node, File) else getattr(node, "target", "")
