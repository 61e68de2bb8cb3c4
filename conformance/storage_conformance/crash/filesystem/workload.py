"""Workload: what is done to a file system before the power goes, and who judges what is found afterwards.

A file of one: a call a line, as `words.py` has them; "#" begins a comment; what stands above a line of three dashes
is there, and synced, before the recording begins.

    mkdir A
    write A/foo 0 8192
    ---
    write A/foo 4096 8192
    fsync A/foo
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from ..replay import after
from ..trace import Trace
from ..tree import ROOT, Folder, Tree, read_tree
from ..words import BadCall, Script
from .calls import make
from .history import History
from .oracle import complaints
from .promises import POSIX, Promises
from .states import Moment

__all__ = ["BadWorkload", "Calls", "Complaint", "Workload", "looked", "parse"]

DASHES = "---"
Complaint: TypeAlias = tuple[str, Moment]
"""A sentence, and a moment for which it is said."""


class BadWorkload(ValueError):
    """The file is no workload; the text says where and why, in one line."""


class Workload(Protocol):
    """Anything that can be recorded once and judged after each crash."""

    @property
    def name(self) -> str:
        """In a few words."""
        ...

    @property
    def before(self) -> tuple[str, ...]:
        """What `prepare` does, as lines: what two workloads have alike here need only be prepared once."""
        ...

    @property
    def lines(self) -> tuple[str, ...]:
        """What `perform` does, an operation a line."""
        ...

    def prepare(self, root: Path) -> None:
        """Before the recording; the caller syncs afterwards. Raises OSError."""
        ...

    def perform(self, root: Path, mark: Callable[[str], None]) -> None:
        """Calls mark("begun 0"), does operation 0, calls mark("done 0"), and so on. Raises OSError."""
        ...

    def judge(self, root: Path, moments: Collection[Moment]) -> list[Complaint]:
        """What is wrong with what is found, for each moment at which the power may have gone; it is looked at once."""
        ...


@dataclass(frozen=True)
class Calls:
    """Single calls, judged by the oracle with what the file system promises. Raises BadCall when made."""

    lines: tuple[str, ...]
    before: tuple[str, ...] = ()
    promises: Promises = POSIX
    history: History = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        start = Script(Trace())
        for line in self.before:
            start.do(line)
        script = Script(Trace(after(start.trace)), start.number)
        for line in self.lines:
            script.do(line)
        object.__setattr__(self, "history", History(script.trace, (*self.before, *self.lines)))

    @property
    def name(self) -> str:
        """The calls, on one line."""
        return "; ".join(self.lines)

    def prepare(self, root: Path) -> None:
        """Make what is there before. Raises OSError."""
        for number, line in enumerate(self.before):
            make(root, line, number)

    def perform(self, root: Path, mark: Callable[[str], None]) -> None:
        """Make the calls. Raises OSError."""
        for number, line in enumerate(self.lines):
            mark(f"begun {number}")
            make(root, line, len(self.before) + number)
            mark(f"done {number}")

    def judge(self, root: Path, moments: Collection[Moment]) -> list[Complaint]:
        """What the file system broke of its promises, as far as this tree shows it."""
        found = looked(root)
        if isinstance(found, str):
            return [(found, max(moments))]
        tree = _without(found, "lost+found")
        return [
            (said, moment)
            for moment in sorted(moments)
            for said in complaints(self.history, tree, *moment, self.promises)
        ]


def looked(root: Path) -> Tree | str:
    """What is there, or why that cannot be read, as a complaint."""
    try:
        return read_tree(root)
    except OSError as error:
        return f"it cannot be read: {error.strerror} ({error.filename and Path(error.filename).name})"


def _without(tree: Tree, name: str) -> Tree:
    """The tree without a folder that the file system itself keeps in its root."""
    root = tree.nodes[ROOT]
    assert isinstance(root, Folder)
    entries = {word: child for word, child in root.entries.items() if word != name}
    return Tree({**tree.nodes, ROOT: Folder(entries, root.mode)})


def parse(path: Path, promises: Promises = POSIX) -> Calls:
    """The workload of a file. Raises BadWorkload as FILE:LINE, and OSError."""
    try:
        told = list(_told(path.read_text(encoding="utf-8")))
    except UnicodeDecodeError as error:
        raise BadWorkload(f"{path.name}: it is no text: write a call a line, such as: write foo 0 4096") from error
    split = [line for _, line in told].index(DASHES) if any(line == DASHES for _, line in told) else -1
    script = Script(Trace())
    for number, (place, line) in enumerate(told):
        try:
            if number != split:
                script.do(line)
        except BadCall as error:
            raise BadWorkload(f"{path.name}:{place}: {error}") from None
    lines = tuple(line for _, line in told)
    if not lines[split + 1 :]:
        raise BadWorkload(f"{path.name}: it has no call to record: write one a line, such as: write foo 0 4096")
    return Calls(lines[split + 1 :], lines[: max(split, 0)], promises)


def _told(text: str) -> Iterator[tuple[int, str]]:
    """Each call with its line, comments and white space left out."""
    for place, line in enumerate(text.splitlines(), 1):
        call = " ".join(line.partition("#")[0].split())
        if call:
            yield place, call
