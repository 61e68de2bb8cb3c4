"""Disk: what can be read after the power cut, for a set of micro-operations that reached it."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from hashlib import blake2b

from .plan import Cut, Data, Effect, Entry, Freed, Grown, Plan, union
from .trace import Create, Mkdir, Seen, Symlink
from .tree import ROOT, File, Folder, Link, Node, Tree

__all__ = ["GUESSES", "Choice", "Disk"]

GARBAGE = bytes(range(0xE5, 0xFF))  # no text in UTF-8, and no zeros
GUESSES = ("as before", "as zeros", "as last seen")


@dataclass(frozen=True)
class Choice:
    """What is on disk: the units that are there, those that had started and are lost.

    `fill` is one of the model's: what is read where bytes are lost. `guess` is one of
    GUESSES: what the files `mapped` hold, which nobody knows; "" if there are none. Of those, the `synced` ones
    were synced since. "in part": of what was stored in them, every other sector is there.
    """

    persisted: int
    lost: int
    fill: str = "zeros"
    guess: str = ""
    mapped: frozenset[int] = frozenset()
    synced: frozenset[int] = frozenset()


class Disk:
    """The trees of a plan. Digests are kept by node and by the bits that concern what is at or below it."""

    def __init__(self, plan: Plan) -> None:
        self.effects: defaultdict[int, list[tuple[int, Effect]]] = defaultdict(list)
        self.own: defaultdict[int, int] = defaultdict(int)
        for i, unit in enumerate(plan.units):
            for effect in unit.effects:
                self.effects[effect.node].append((1 << i, effect))
                self.own[effect.node] |= 1 << i
        self.born = plan.trace.initial.nodes | _born(plan)
        seen = [step.op for step in plan.trace.steps if isinstance(step.op, Seen)]
        self.seen = {op.node: op.content for op in seen}
        self.seen_first = {op.node: op.content for op in reversed(seen)}
        self.tear = plan.model.tear
        self.below = self._below()
        self.digests: dict[tuple[object, ...], bytes] = {}

    def tree(self, choice: Choice) -> Tree:
        """All that can be reached from the root."""
        return Tree({number: self.node(number, choice) for number in self.reached(choice)})

    def reached(self, choice: Choice) -> set[int]:
        """The nodes that have a name, in a folder that has one, up to the root."""
        found, todo = {ROOT}, [ROOT]
        while todo:
            number = todo.pop()
            born = self.born[number]
            if isinstance(born, Folder):
                new = set(self._entries(number, born, choice.persisted).values()) - found
                found |= new
                todo += new
        return found

    def node(self, number: int, choice: Choice) -> Node:
        """One node, made anew."""
        born = self.born[number]
        if isinstance(born, Folder):
            return Folder(self._entries(number, born, choice.persisted), born.mode)
        return born if isinstance(born, Link) else File(self._content(number, born, choice), born.mode)

    def digest(self, choice: Choice, number: int = ROOT, above: tuple[int, ...] = ()) -> bytes:
        """16 bytes, the same for choices that read alike."""
        below = self.below[number]
        lost = choice.lost & below if choice.fill != "zeros" else -1
        plain = isinstance(self.born[number], File) and number not in choice.mapped  # which no guess changes
        guess = (choice.guess, choice.mapped) if choice.guess and not plain else None
        key = (number, choice.persisted & below, lost, choice.fill, guess)
        if key not in self.digests:
            self.digests[key] = self._digest(choice, number, above)
        return self.digests[key]

    def _digest(self, choice: Choice, number: int, above: tuple[int, ...]) -> bytes:
        node = self.node(number, choice)
        if isinstance(node, File):
            return blake2b(node.content, digest_size=16, person=b"file").digest()
        if isinstance(node, Link):
            return blake2b(os.fsencode(node.target), digest_size=16, person=b"link").digest()
        told, above = blake2b(digest_size=16, person=b"folder"), (*above, number)
        for name, child in sorted(node.entries.items()):
            if child not in above:  # as Tree lists it
                told.update(os.fsencode(name) + b"\0" + self.digest(choice, child, above))
        return told.digest()

    def _entries(self, number: int, born: Folder, persisted: int) -> dict[str, int]:
        entries = dict(born.entries)
        for bit, effect in self.effects[number]:
            if persisted & bit and isinstance(effect, Entry):
                entries.pop(effect.name, None)
                if effect.child is not None:
                    entries[effect.name] = effect.child
        return entries

    def _content(self, number: int, born: File, choice: Choice) -> bytes:
        held, size = bytearray(born.content), len(born.content)
        for bit, effect in self.effects[number]:
            if choice.persisted & bit:
                match effect:
                    case Data(_, offset, data):
                        _put(held, offset, data)
                    case Grown(_, size):
                        pass
                    case Cut(_, size):
                        del held[size:]
            elif choice.lost & bit:
                match choice.fill, effect:
                    case "garbage" | "reused", Data(_, offset, data):
                        new = max(offset, len(held))
                        _put(held, new, _garbage(new, offset + len(data)))
                    case "reused", Freed(_, start, stop):
                        held[start:stop] = _garbage(start, max(start, min(stop, len(held))))
        known = bytes(held[:size].ljust(size, b"\0"))
        return self._guessed(number, known, choice.guess) if number in choice.mapped else known

    def _guessed(self, number: int, known: bytes, guess: str) -> bytes:
        if guess == "as zeros":
            return bytes(len(known))
        seen = {"as last seen": self.seen, "in part": self.seen_first}.get(guess, {}).get(number, known)
        stored = seen[: len(known)].ljust(len(known), b"\0")
        return _in_part(known, stored, self.tear) if guess == "in part" else stored

    def _below(self) -> dict[int, int]:
        """By node, the bits that matter for what is read at or below it: from child to parent until nothing changes."""
        children = {n: set(node.entries.values()) for n, node in self.born.items() if isinstance(node, Folder)}
        for number, effects in self.effects.items():
            children.setdefault(number, set()).update(e.child for _, e in effects if isinstance(e, Entry) and e.child)
        below = {number: self.own.get(number, 0) for number in self.born}
        while True:
            more = {n: union(below[child] for child in children.get(n, ())) | mask for n, mask in below.items()}
            if more == below:
                return below
            below = more


def _in_part(before: bytes, after: bytes, tear: int) -> bytes:
    """Of the sectors that differ the first, the third and so on as they are after."""
    held, starts = bytearray(before), range(0, len(before), tear)
    for at in [at for at in starts if before[at : at + tear] != after[at : at + tear]][::2]:
        held[at : at + tear] = after[at : at + tear]
    return bytes(held)


def _put(held: bytearray, offset: int, data: bytes) -> None:
    held.extend(bytes(max(0, offset - len(held))))
    held[offset : offset + len(data)] = data


def _garbage(start: int, end: int) -> bytes:
    shift = start % len(GARBAGE)
    return (GARBAGE * ((end - start) // len(GARBAGE) + 2))[shift : shift + end - start]


def _born(plan: Plan) -> dict[int, Node]:
    """New nodes as they are before anything is done to them."""
    found: dict[int, Node] = {}
    for step in plan.trace.steps:
        match step.op:
            case Create(node=node, mode=mode):
                found[node] = File(b"", mode)
            case Mkdir(node=node, mode=mode):
                found[node] = Folder({}, mode)
            case Symlink(node=node, target=target):
                found[node] = Link(target)
    return found
