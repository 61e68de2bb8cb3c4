"""Program: a writer and a reader of the user's as a workload: each run of the writer is one operation.

They are run once for all states in which their folder looks alike to them: starting them takes longer than all the
rest.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Hashable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..readers import BadCommand, Command, Programs, Ran
from ..run_record import MISSING
from ..run_values import Put, Scenario, scenarios
from ..tree import ROOT, Tree
from .states import Moment
from .workload import Complaint, looked

__all__ = ["Program", "programs"]

SHOWN = 100  # characters of a word


@dataclass(frozen=True)
class Answered:
    """What the reader says of each key, and then what is wrong when the writer goes on, or ""."""

    by_key: dict[str, Ran]
    later: str


@dataclass(frozen=True)
class Program:
    """The puts of a scenario. What a reader finds is old or new, and new once the writer has returned."""

    write: Command
    read: Command
    scenario: Scenario
    scratch: Path
    """A folder of its own, made when there is none; not on the file system that is tested."""
    seed: int = 0
    """Of the scenario."""
    before: tuple[str, ...] = ()
    runs: Programs = field(init=False, repr=False, compare=False)
    answers: dict[Hashable, Answered] = field(default_factory=dict, repr=False, compare=False)
    """By what the folder looks like."""

    def __post_init__(self) -> None:
        self.scratch.mkdir(parents=True, exist_ok=True)
        object.__setattr__(self, "runs", Programs(self.scratch))

    def __reduce__(self) -> tuple[type[Program], tuple[object, ...]]:
        return Program, (self.write, self.read, self.scenario, self.scratch, self.seed)  # each process runs its own

    @property
    def name(self) -> str:
        """The values by their kind."""
        return f"{self.write.words[0]}, {self.scenario.name}"

    @property
    def lines(self) -> tuple[str, ...]:
        """A run of the writer each."""
        filled = (self.write.filled(key=put.key, file=f"{len(put.value)}-bytes") for put in self.scenario.puts)
        return tuple(" ".join(map(_short, words)) for words in filled)

    def prepare(self, root: Path) -> None:
        """Nothing is there before."""

    def perform(self, root: Path, mark: Callable[[str], None]) -> None:
        """Run the writer for each put. Raises BadCommand where writer and reader are wrong without any crash."""
        for number, put in enumerate(self.scenario.puts):
            mark(f"begun {number}")
            ran = self._put(root, put)
            mark(f"done {number}")
            if ran.status:
                raise BadCommand(f"--write failed with status {ran.status} without any crash: {_said(ran)}")
        end = len(self.lines)
        wrong = list(self._wrong(self._read(root), (end, end)))
        if wrong:
            raise BadCommand(f"--write and --read disagree without any crash: {wrong[0]}")

    def judge(self, root: Path, moments: Collection[Moment]) -> list[Complaint]:
        """What the reader finds that it must not, or not that it must; and whether the writer can go on."""
        tree, last = looked(root), max(moments)
        if isinstance(tree, str):
            return [(tree, last)]
        look = tree.digest(), beside(tree, root)
        answered = self.answers[look] = self.answers.get(look) or self._answered(root)
        found = [(said, moment) for moment in sorted(moments) for said in self._wrong(answered.by_key, moment)]
        return found + [(answered.later, last)] * bool(answered.later)

    def _answered(self, root: Path) -> Answered:
        return Answered(self._read(root), self._later(root))

    def _read(self, root: Path) -> dict[str, Ran]:
        keys = dict.fromkeys(put.key for put in self.scenario.puts)
        return {key: self._get(root, key) for key in keys}

    def _later(self, root: Path) -> str:
        """Whether the writer goes on after the crash, and the reader finds what it wrote."""
        ran, put = self._put(root, self.scenario.later), self.scenario.later
        if ran.status:
            return f"the writer fails after the crash with status {ran.status}: {_said(ran)}"
        return "" if _is(self._get(root, put.key), put.value) else "what is written after the crash is not read back"

    def _wrong(self, answers: dict[str, Ran], moment: Moment) -> Iterator[str]:
        return filter(None, (self._complaint(key, ran, *moment) for key, ran in answers.items()))

    def _complaint(self, key: str, ran: Ran, begun: int, done: int) -> str:
        puts = [(number, put.value) for number, put in enumerate(self.scenario.puts[:begun]) if put.key == key]
        kept = [number for number, _ in puts if number < done]
        allowed = [value for number, value in puts if number >= max(kept, default=0)]
        shown = f"the reader of {key!r}" if key else "the reader"
        if ran.status == MISSING and not ran.printed:
            return f"{shown} finds nothing, though a writer had returned" if kept else ""
        if ran.status:
            return f"{shown} ends with status {ran.status}: {_said(ran)}"
        if any(_is(ran, value) for value in allowed):
            return ""
        if any(_is(ran, value) for _, value in puts):
            return f"{shown} finds an older value, though a later writer had returned"
        zeros = ran.printed.count(0)
        what = "all of them zero" if ran.printed and zeros == len(ran.printed) else f"{zeros} of them zero"
        return f"{shown} finds {len(ran.printed)} bytes that nobody wrote, {what}"

    def _put(self, root: Path, put: Put) -> Ran:
        file = self.scratch / "value"
        file.write_bytes(put.value)
        return self.runs.run(self.write.filled(dir=root, key=put.key, file=file), self.scratch, stdin=file)

    def _get(self, root: Path, key: str) -> Ran:
        return self.runs.run(self.read.filled(dir=root, key=key), self.scratch)


def beside(tree: Tree, root: Path) -> Hashable:
    """What the tree's digest leaves out and a program can see: modes, owners, links, attributes, what changed last."""
    found = [(number, path, os.lstat(path)) for number, path in [(ROOT, root), *((n, root / name) for name, n in tree)]]
    order = sorted({status.st_mtime_ns for *_, status in found})
    return tuple(
        (number, s.st_mode, s.st_uid, s.st_gid, order.index(s.st_mtime_ns), _attributes(path))
        for number, path, s in found
    )


def _attributes(path: Path) -> Hashable:
    """The extended ones with their values, or why they cannot be read."""
    try:
        names = os.listxattr(path, follow_symlinks=False)
        return tuple((name, os.getxattr(path, name, follow_symlinks=False)) for name in sorted(names))
    except OSError as error:
        return error.errno


def programs(write: Command, read: Command, seed: int, scratch: Path) -> list[Program]:
    """The workloads of a writer and a reader: those that `store-crash run` tries too."""
    chosen = scenarios(seed, keyed=write.has("key"))
    return [Program(write, read, scenario, scratch / str(n), seed) for n, scenario in enumerate(chosen)]


def _short(word: str) -> str:
    """A word of a command, to be read: it may be a whole program."""
    plain = " ".join(word.split())
    return plain if len(plain) <= SHOWN else f"{plain[:SHOWN]}..."


def _is(ran: Ran, value: bytes) -> bool:
    return ran.status == 0 and ran.printed in (value, value + b"\n")


def _said(ran: Ran) -> str:
    return ran.said or "it said nothing"
