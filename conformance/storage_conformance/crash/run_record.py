"""Run the writer for a scenario and record it; the reader has to be right as long as nothing crashes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from .readers import Command, Programs, Ran
from .run_places import Places
from .run_values import Put, Scenario
from .strace import Strace
from .trace import Trace
from .tree import Tree, read_tree

__all__ = ["MISSING", "Commands", "Recorded", "Stage", "Unfit"]

MISSING = 3  # the status of a reader that finds nothing under a key
COPY = "(on a copy of the folder, at another path)"


class Unfit(ValueError):
    """Programs that cannot be judged, for they are wrong without any crash; the text says how."""


@dataclass(frozen=True)
class Commands:
    """What the user gave."""

    write: Command
    read: Command
    setup: Command | None = None


@dataclass(frozen=True)
class Recorded:
    """A scenario as it happened: run number n + 1 of the trace is `puts[n]`."""

    scenario: Scenario
    trace: Trace
    done: int = 0
    """So many of the puts were made, and durable, before the trace."""

    @property
    def keys(self) -> list[str]:
        """Those that are written, each once."""
        return list(dict.fromkeys(put.key for put in self.scenario.puts))


@dataclass
class Stage:
    """Where the user's commands run, and how."""

    commands: Commands
    places: Places
    programs: Programs
    tail: bytes = b""
    """What the reader prints after each value: nothing, or the end of a line."""

    def set_up(self) -> Tree:
        """The folder before the first run of the writer. Raises Unfit."""
        if self.commands.setup:
            words = self.commands.setup.filled(dir=self.places.live / "data")
            ran = self.programs.run(words, self.places.scratch)
            if ran.status:
                raise Unfit(f"--setup failed with status {ran.status}: {ran.said or 'it said nothing'}")
        return read_tree(self.places.live)

    def written(self, put: Put, folder: Path) -> tuple[list[str], Path]:
        """The words that write it into a folder, and the file that holds the value (also given as input)."""
        file = folder.parent.parent / f"value-{put.value[:1].decode()}"
        file.write_bytes(put.value)
        return self.commands.write.filled(dir=folder, key=put.key, file=file), file

    def write(self, put: Put, folder: Path, output: Path) -> Ran:
        """Run the writer, unrecorded."""
        words, file = self.written(put, folder)
        return self.programs.run(words, output, stdin=file)

    def read(self, key: str, folder: Path, output: Path) -> Ran:
        """Run the reader."""
        return self.programs.run(self.commands.read.filled(dir=folder, key=key), output)

    def record(self, scenario: Scenario, before: Tree, watch: Callable[[str], None]) -> Recorded:
        """Every run of a scenario, checked after each. Raises Unfit, and NoStrace."""
        folder = self.places.fresh(before)
        strace = Strace(self.places.live, self.places.scratch)
        self._check(scenario.puts[0].key, None, "before it was ever written")
        for number, put in enumerate(scenario.puts, 1):
            watch(f"{scenario.name}: run {number} of the writer")
            words, file = self.written(put, folder)
            self._recorded(strace, words, number, file)
            for key in dict.fromkeys(put.key for put in scenario.puts[:number]):
                last = [put for put in scenario.puts[:number] if put.key == key][-1]
                self._check(key, last.value, f"after run {number} of the writer")
        self._looks_inside(scenario, before)
        return Recorded(scenario, strace.trace)

    def _recorded(self, strace: Strace, words: list[str], number: int, file: Path) -> None:
        start = monotonic()
        ended = strace.run(words, number, file)
        if ended.status:
            status = "did not end" if ended.status == 124 else f"failed with status {ended.status}"
            raise Unfit(f"--write {status} without any crash, run {number}: {ended.said or 'it said nothing'}")
        self.programs.learn(monotonic() - start, writer=True)

    def _looks_inside(self, scenario: Scenario, before: Tree) -> None:
        """In the folder as it was before, nothing of what was written is to be found."""
        with self.places.copy(before) as (folder, output):
            for key in dict.fromkeys(put.key for put in scenario.puts):
                if self.read(key, folder, output).status != MISSING:
                    raise Unfit("--write keeps its data outside {dir}: it is found in a copy of {dir} from before too")

    def _check(self, key: str, value: bytes | None, when: str) -> None:
        """The reader, on a copy of the folder as it is now, twice."""
        shown = f"of {key!r} {when}" if key else when
        with self.places.copy(read_tree(self.places.live)) as (folder, output):
            first, second = (self.read(key, folder, output) for _ in range(2))
        if (first.status, first.printed) != (second.status, second.printed):
            raise Unfit(f"--read answers differently when it is asked twice, without any crash, {shown}")
        if value is None and first.status != MISSING:
            raise Unfit(f"--read {shown} ends with status {first.status}; it must be 3 (missing): {_said(first)}")
        if value is not None and first.status:
            found = "finds nothing (status 3)" if first.status == MISSING else f"ends with status {first.status}"
            raise Unfit(f"--read {shown} {found} without any crash {COPY}: {_said(first)}")
        if value is not None and first.printed == value + b"\n":
            self.tail = b"\n"
        if value is not None and first.printed != value + self.tail:
            told = f"{len(first.printed)} bytes that are not the {len(value)} that were written"
            raise Unfit(f"--read {shown} prints {told}, without any crash {COPY}")


def _said(ran: Ran) -> str:
    return ran.said or "it said nothing"
