"""complaints: what a tree that is found after a power cut says against the file system.

Names. Each file and folder has the names that it had at one moment since they were made certain. Each name stands
for what it stood for at one moment since then. So a rename is seen whole or not at all, and what it replaces is never
missing. Where a file system has one journal, it is the same moment for all names. Bytes: `contents.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ..tree import ROOT, File, Folder, Link, Tree
from .contents import wrong_bytes
from .history import History, Name, names_of
from .promises import Promises

__all__ = ["complaints"]


def complaints(history: History, found: Tree, begun: int, done: int, promises: Promises) -> list[str]:
    """What is wrong, a sentence each, when so many calls had begun and so many had returned; [] if nothing is.

    What is found is taken for what was made in the way that leaves the least to complain about.
    """
    takings = _takings(history, found, begun)
    return min((list(_Case(history, found, begun, done, promises, taken).wrong()) for taken in takings), key=len)


def _takings(history: History, found: Tree, begun: int) -> list[dict[int, int]]:
    """Each way to take found nodes for those of the history, by their names; what cannot be taken is left out."""
    names, takings = names_of(found), [{ROOT: ROOT}]
    numbers = list(dict.fromkeys(number for _, number in found))  # parents first
    for number in sorted(numbers, key=lambda each: not isinstance(found.nodes[each], Folder)):
        takings = [
            {**taken, number: node} if node else taken
            for taken in takings
            for node in _like(history, found, number, _translated(names[number], taken), begun) - {*taken.values()}
            or {0}
        ]
    return takings


def _translated(names: frozenset[Name], taken: dict[int, int]) -> frozenset[Name]:
    """Found names as names of the history; those in folders that nobody made are left out."""
    return frozenset((taken[folder], word) for folder, word in names if folder in taken)


def _like(history: History, found: Tree, number: int, names: frozenset[Name], begun: int) -> set[int]:
    """The nodes of that kind to which all these names belonged, each at some moment."""
    kind = type(found.nodes[number])
    owners = [{places.get(name, 0) for places in history.places[: begun + 1]} for name in names]
    return {node for node in set.intersection(*owners) if node and kind is history.kinds[node]} if owners else set()


@dataclass(frozen=True)
class _Case:
    """One way to take what is found."""

    history: History
    found: Tree
    begun: int
    done: int
    promises: Promises
    taken: dict[int, int]

    @cached_property
    def names(self) -> dict[int, frozenset[Name]]:
        """By node of the history, the names that are found."""
        names = names_of(self.found)
        return {node: _translated(names[number], self.taken) for number, node in self.taken.items() if node != ROOT}

    def synced(self, node: int, *, file: bool = True, data: bool = False) -> int:
        """As History.synced, by what this file system hears of."""
        return self.history.synced(node, self.done, file=file, data=data, whole=self.promises.hears_sync)

    def wrong(self) -> Iterator[str]:
        """All complaints; those of order only where the rest is right."""
        about = [*self.strangers(), *self.nodes(), *self.places(), *self.bytes()]
        yield from about or self.order()

    def strangers(self) -> Iterator[str]:
        """What nobody made."""
        for path, number in self.found:
            above = path.rpartition("/")[0]
            if number not in self.taken and not any(above == each for each, n in self.found if n not in self.taken):
                yield f"{path} is there, a {_kind(self.found, number)} that nobody made there"

    def nodes(self) -> Iterator[str]:
        """Each file and folder has the names of one moment since they were certain."""
        for node in sorted({node for names in self.history.names[: self.begun + 1] for node in names}):
            since = self.synced(node, file=self.promises.fsync_names)
            allowed = [names.get(node, frozenset()) for names in self.history.names[since : self.begun + 1]]
            has = self.names.get(node, frozenset())
            if has not in allowed:
                which = self._paths(allowed[0]) or self._paths(next(filter(None, allowed), frozenset()))
                where = f"has the names {self._paths(has)}, all of them at no moment" if has else "is missing"
                yield f"{which} {where}{self._since(since)}"

    def places(self) -> Iterator[str]:
        """Each name in a folder that is found stands for what it stood for at one moment since it was certain."""
        holder = {name: node for node, names in self.names.items() for name in names}
        for name in sorted({name for places in self.history.places[: self.begun + 1] for name in places}):
            since = self.synced(name[0])
            allowed = {places.get(name) for places in self.history.places[since : self.begun + 1]}
            if name[0] in self.taken.values() and holder.get(name) not in allowed:
                what = "is no longer what it was" if name in holder else "is missing"
                yield f"{self.history.path(name)} {what if None not in allowed else 'is there'}{self._since(since)}"

    def bytes(self) -> Iterator[str]:
        """Each file holds nothing but its own bytes, each link points where it was told to."""
        for number, node in self.taken.items():
            held = self.found.nodes[number]
            if isinstance(held, File):
                since = self.synced(node, data=True)
                moments = self.history.contents(node, since, self.begun)
                gone = [b""] * (len(moments) <= self.begun - since)  # without a name at one of them
                free = [] if self.promises.keeps_freed else moments + gone
                for wrong in wrong_bytes(moments, held.content, self.history.writers, free):
                    yield f"{self.found.path(number)} {wrong}{self._since(since)}"
            elif isinstance(held, Link) and held not in [tree.nodes.get(node) for tree in self.history.trees]:
                yield f"{self.found.path(number)} points to {held.target!r}, which nobody wrote"

    def order(self) -> Iterator[str]:
        """With one journal, all names are those of one moment."""
        moments = self.history.names[: self.begun + 1]
        if self.promises.ordered_names and self.names not in moments:
            yield f"the names {', '.join(path for path, _ in self.found)} were there together at no moment"

    def _paths(self, names: frozenset[Name]) -> str:
        return " and ".join(sorted(map(self.history.path, names)))

    def _since(self, moment: int) -> str:
        if moment:
            return f", though `{self.history.calls[moment - 1][0]}` had returned"
        return ", though it was synced before the recording began and nothing allows this since"


def _kind(tree: Tree, number: int) -> str:
    return type(tree.nodes[number]).__name__.lower()
