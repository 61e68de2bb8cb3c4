"""Calls as words, ``write f 0 a2b1``, one a line: how litmus tests and workloads are written; here made into a trace.

A content is words too: "a2b1" is "aab", "z" a byte zero; a bare number is that many bytes that tell by themselves
which call wrote them and where, so that no file's bytes look like another's. Source of the form: ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from .replay import View
from .trace import (
    Create,
    Hardlink,
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
from .tree import ROOT

__all__ = ["CELL", "VERBS", "BadCall", "Script", "content_of", "told"]

CELL = 8  # bytes; each tells the call (two signs) and its place in the file (five)
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class BadCall(ValueError):
    """The words are no call, or one that cannot be made here; told in one line."""


@lru_cache(maxsize=256)
def told(number: int, offset: int, length: int) -> bytes:
    """What call `number` writes there: a mix with what other calls wrote shows.

    >>> told(37, 4, 16).split()
    [b'000', b'1100001', b'1100']
    """
    sign = DIGITS[number // 36 % 36] + DIGITS[number % 36]
    first, last = offset // CELL, -(-(offset + length) // CELL)
    cells = "".join(f"{sign}{place % 2**20:05x}\n" for place in range(first, last)).encode()
    return cells[offset - first * CELL :][:length]


def content_of(words: str, number: int, offset: int) -> bytes:
    """The bytes that are meant, written by call `number` at that offset. Raises BadCall."""
    if words.isdecimal():
        return told(number, offset, int(words))
    runs = re.findall(r"([a-z])(\d+)", words)
    if "".join(map("".join, runs)) != words:
        raise BadCall(f"{words!r} is no content: say how many bytes, or letters with counts, as a2b1")
    return b"".join((b"\0" if letter == "z" else letter.encode()) * int(count) for letter, count in runs)


class Script:
    """Adds calls to a trace, with names resolved as the program would see them; `views` counts calls from 0."""

    def __init__(self, trace: Trace, first: int = 0) -> None:
        """Call numbers go on from `first`."""
        self.trace, self.view, self.number = trace, View(trace.initial), first
        self.next = max(trace.initial.nodes) + 1

    def put(self, word: str) -> None:
        """What a litmus test says is there: ``d/`` or ``f=a2``."""
        if word.endswith("/"):
            self.do(f"mkdir {word[:-1]}")
            return
        path, content = word.split("=")
        self.do(f"create {path}")
        self.do(f"write {path} 0 {content}" if content else f"fsync {path}")

    def do(self, call: str) -> None:
        """One call more. Raises BadCall for what is none, and for what the program could not do."""
        verb, *words = call.split()
        if verb not in VERBS:
            raise BadCall(f"there is no call {verb!r}; there are {', '.join(sorted(VERBS))}")
        count, ops = VERBS[verb]
        if len(words) != count:
            raise BadCall(f"{verb} takes {count} words, not {len(words)}")
        self.add(call, *ops(self, *words))

    def add(self, text: str, *ops: Op) -> None:
        """A call of these operations."""
        self.trace.add(text, *ops)
        for op in ops:
            self.view.apply(Step(op, self.trace.steps[-1].call))
        self.number += 1

    def new(self) -> int:
        """A number for a node."""
        self.next += 1
        return self.next - 1

    def node(self, path: str) -> int:
        """What is there. Raises BadCall."""
        found = ROOT
        for name in path.split("/") if path != "." else ():
            if name not in self.view.folders.get(found, {}):
                raise BadCall(f"there is no {path} at this point")
            found = self.view.folders[found][name]
        return found

    def file(self, path: str) -> int:
        """A file that is there. Raises BadCall."""
        found = self.node(path)
        if found not in self.view.files:
            raise BadCall(f"{path} is no file")
        return found

    def at(self, path: str) -> tuple[int, str]:
        """The folder, which is there, and the name. Raises BadCall."""
        above, _, name = path.rpartition("/")
        folder = self.node(above or ".")
        if folder not in self.view.folders or name in ("", ".", "..") or path.startswith("/"):
            raise BadCall(f"{path} is no name in a folder that is there")
        return folder, name

    def free(self, path: str) -> tuple[int, str]:
        """As `at`, of a name that is not taken."""
        folder, name = self.at(path)
        if name in self.view.folders[folder]:
            raise BadCall(f"{path} is there already")
        return folder, name


def _length(words: str) -> int:
    if not words.isdecimal():
        raise BadCall(f"{words!r} is no number of bytes")
    return int(words)


def _symlink(script: Script, path: str, target: str) -> Iterator[Op]:
    yield Symlink(script.new(), *script.free(path), target)


def _unlink(script: Script, path: str) -> Iterator[Op]:
    if script.view.folders.get(script.node(path)):
        raise BadCall(f"{path} is a folder that is not empty")
    yield Unlink(*script.at(path))


def _rename(script: Script, path: str, new: str) -> Iterator[Op]:
    moved, (to, called) = script.node(path), script.at(new)
    over = script.view.folders[to].get(called)
    if over == moved:
        raise BadCall(f"{path} and {new} are one file, and rename would do nothing")
    if over is not None and ((over in script.view.folders) != (moved in script.view.folders)):
        raise BadCall(f"one of {path} and {new} is a folder")
    if over is not None and script.view.folders.get(over):
        raise BadCall(f"{new} is a folder that is not empty")
    if new.startswith(f"{path}/"):
        raise BadCall(f"{path} cannot go into itself")
    yield Rename(*script.at(path), to, called)


def _exchange(script: Script, path: str, new: str) -> Iterator[Op]:
    for each in (path, new):
        script.node(each)  # BadCall where it is not
    yield Rename(*script.at(path), *script.at(new), exchange=True)


def _write(script: Script, path: str, offset: str, content: str) -> Iterator[Op]:
    start = _length(offset)
    yield Write(script.file(path), start, content_of(content, script.number, start))


def _append(script: Script, path: str, content: str) -> Iterator[Op]:
    return _write(script, path, str(len(script.view.files[script.file(path)])), content)


def _overwrite(script: Script, path: str, offset: str, content: str) -> Iterator[Op]:
    found = next(_write(script, path, offset, content))
    assert isinstance(found, Write)
    if found.offset + len(found.data) > len(script.view.files[found.node]):
        raise BadCall(f"{path} ends before that: write grows a file, overwrite does not")
    yield found


def _dsync_write(script: Script, path: str, offset: str, content: str) -> Iterator[Op]:
    yield from _write(script, path, offset, content)
    yield Sync(script.node(path), data=True)


VERBS: dict[str, tuple[int, Callable[..., Iterator[Op]]]] = {
    "create": (1, lambda s, path: iter([Create(s.new(), *s.free(path))])),
    "mkdir": (1, lambda s, path: iter([Mkdir(s.new(), *s.free(path))])),
    "symlink": (2, _symlink),
    "link": (2, lambda s, path, new: iter([Hardlink(s.file(path), *s.free(new))])),
    "unlink": (1, _unlink),
    "rename": (2, _rename),
    "exchange": (2, _exchange),
    "write": (3, _write),
    "append": (2, _append),
    "overwrite": (3, _overwrite),
    "dsync-write": (3, _dsync_write),
    "truncate": (2, lambda s, path, size: iter([Truncate(s.file(path), _length(size))])),
    "zero": (3, lambda s, path, start, size: iter([Zero(s.file(path), _length(start), _length(size))])),
    "fsync": (1, lambda s, path: iter([Sync(s.node(path))])),
    "fdatasync": (1, lambda s, path: iter([Sync(s.node(path), data=True)])),
    "sync": (0, lambda s: iter([SyncAll()])),
}
"""By verb: how many words it takes, and what it does. unlink is rmdir where it meets a folder."""
