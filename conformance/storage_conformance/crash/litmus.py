"""Litmus tests: tiny programs, and exactly what each model lets a reader find after them.

After Bornholt et al. (ASPLOS 2016, section 3). A program is words: ``write f 0 a2b1`` writes "aab" at offset 0 of f.
A folder's content is words too: ``f=a2 d/ d/g= l->f``; in contents, "z" is a byte zero, "?" is garbage, and the number
after a letter says how many. ``f=(a1|b1)`` is short for both; "-" is an empty folder; outcomes are divided by ``;``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby, product

from .models import Model
from .replay import View, after
from .search import states
from .trace import (
    Create,
    Hardlink,
    Mark,
    Mkdir,
    Op,
    Rename,
    Step,
    Symlink,
    Sync,
    SyncAll,
    Trace,
    Truncate,
    Unlink,
    Write,
    Zero,
)
from .tree import ROOT, File, Folder, Link, Tree

__all__ = ["Litmus", "outcomes", "shown", "spelled", "trace_of"]

ALL = 2**30  # choices: tiny programs are never judged by a part of their states


@dataclass(frozen=True)
class Litmus:
    """What is there before, the calls, and by model what may be found; `source` says why.

    Outcomes are "EVER // AFTER": if the power goes at any time, and once the last call has returned; "EVER" where the
    two are the same.
    """

    name: str
    before: str
    calls: str
    outcomes: dict[str, str]
    source: str

    def allowed(self, model: Model) -> tuple[set[str], set[str]]:
        """What is written down: ever, and after the last call."""
        ever, _, later = self.outcomes[model.name].partition("//")
        return spelled(ever), spelled(later or ever)

    def found(self, model: Model) -> tuple[set[str], set[str]]:
        """What the search finds: ever, and after the last call."""
        return outcomes(trace_of(self.before, self.calls), model)


def outcomes(trace: Trace, model: Model) -> tuple[set[str], set[str]]:
    """What may be found if the power goes at any time, and what if it goes after the last call, as `shown`."""
    ever, afterwards = set[str](), set[str]()
    ended = Trace(trace.initial, list(trace.steps))
    ended.add("the end", Mark("returned", 0))
    for state in states(ended, model, ALL):
        (afterwards if state.marks else ever).add(shown(state.tree))
    return ever | afterwards, afterwards


def spelled(outcome: str) -> set[str]:
    """The outcomes that are written down, alternatives spelled out, words in the order of `shown`."""
    parted = [re.split(r"\((.*?)\)", each) for each in outcome.split(";")]  # at each second place: what is in brackets
    choices = [[part.split("|") if i % 2 else [part] for i, part in enumerate(parts)] for parts in parted]
    return {" ".join(sorted("".join(words).split())) for each in choices for words in product(*each)}


def shown(tree: Tree) -> str:
    """A folder's content in words."""
    return " ".join(sorted(_word(path, tree.nodes[number]) for path, number in tree)) or "-"


def _word(path: str, node: File | Folder | Link) -> str:
    if isinstance(node, Folder):
        return f"{path}/"
    if isinstance(node, Link):
        return f"{path}->{node.target}"
    letters = ("z" if byte == 0 else chr(byte) if byte < 128 else "?" for byte in node.content)
    return f"{path}=" + "".join(f"{letter}{len(list(group))}" for letter, group in groupby(letters))


def trace_of(before: str, calls: str) -> Trace:
    """The program as a trace. Raises ValueError and KeyError for what is no program."""
    made = _Program(Trace())
    for word in before.split() if before != "-" else ():
        made.put(word)
    made.trace = Trace(after(made.trace))
    for call in calls.split(";"):
        made.do(call.strip())
    return made.trace


def _bytes(content: str) -> bytes:
    runs = re.findall(r"(.)(\d+)", content)
    return b"".join((b"\0" if letter == "z" else letter.encode()) * int(count) for letter, count in runs)


class _Program:
    """Adds calls to a trace, with names resolved as the program would see them."""

    def __init__(self, trace: Trace) -> None:
        self.trace, self.view, self.next = trace, View(Tree()), 1

    def add(self, text: str, *ops: Op) -> None:
        self.trace.add(text, *ops)
        for op in ops:
            self.view.apply(Step(op, self.trace.steps[-1].call))

    def put(self, word: str) -> None:
        if word.endswith("/"):
            self.do(f"mkdir {word[:-1]}")
            return
        path, content = word.split("=")
        self.do(f"create {path}")
        self.do(f"write {path} 0 {content}" if content else f"fsync {path}")

    def do(self, call: str) -> None:
        verb, *words = call.split()
        self.add(call, *_VERBS[verb](self, *words))

    def new(self) -> int:
        self.next += 1
        return self.next - 1

    def at(self, path: str) -> tuple[int, str]:
        """The folder and the name."""
        above, _, name = path.rpartition("/")
        return self.node(above), name

    def node(self, path: str) -> int:
        found = ROOT
        for name in path.split("/") if path not in ("", ".") else ():
            found = self.view.folders[found][name]
        return found


def _symlink(program: _Program, path: str, target: str) -> Iterator[Op]:
    directory, name = program.at(path)
    yield Symlink(program.new(), directory, name, target)


def _rename(program: _Program, path: str, new: str, *, exchange: bool = False) -> Iterator[Op]:
    directory, name = program.at(path)
    to, called = program.at(new)
    yield Rename(directory, name, to, called, exchange)


def _write(program: _Program, path: str, offset: str, content: str) -> Iterator[Op]:
    yield Write(program.node(path), int(offset), _bytes(content))


def _dsync_write(program: _Program, path: str, offset: str, content: str) -> Iterator[Op]:
    yield from _write(program, path, offset, content)
    yield Sync(program.node(path), data=True)


_VERBS: dict[str, Callable[..., Iterator[Op]]] = {
    "create": lambda p, path: iter([Create(p.new(), *p.at(path))]),
    "mkdir": lambda p, path: iter([Mkdir(p.new(), *p.at(path))]),
    "symlink": _symlink,
    "link": lambda p, path, new: iter([Hardlink(p.node(path), *p.at(new))]),
    "unlink": lambda p, path: iter([Unlink(*p.at(path))]),
    "rename": _rename,
    "exchange": lambda p, path, new: _rename(p, path, new, exchange=True),
    "write": _write,
    "dsync-write": _dsync_write,
    "truncate": lambda p, path, size: iter([Truncate(p.node(path), int(size))]),
    "zero": lambda p, path, offset, length: iter([Zero(p.node(path), int(offset), int(length))]),
    "fsync": lambda p, path: iter([Sync(p.node(path))]),
    "fdatasync": lambda p, path: iter([Sync(p.node(path), data=True)]),
    "sync": lambda p: iter([SyncAll()]),
}
