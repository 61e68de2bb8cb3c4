"""Agreement: the litmus tests of the models, run on real kernels; what is seen there, a model has to allow.

    python -m storage_conformance.crash.filesystem.agreement RESULTS.json PAGE.md [FILE SYSTEM]...

It needs root, /dev/fuse and loop devices.

Each test is recorded as workloads are (`bench.py`), with and without others that sync, and each state of the
recording is mounted and read. Source of the method: Bornholt et al., ASPLOS 2016, section 4.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ...interrupts import sigterm_as_interrupt
from ..litmus import Litmus, shown
from ..litmus_cases import LITMUS
from ..models import MODELS
from ..tree import read_tree
from .agreement_page import page
from .bench import WORK, Bench
from .isolation import Isolated, place
from .kinds import kind_of
from .perturb import NOBODY, Perturbation, perturbations
from .states import State, states
from .workload import Calls

__all__ = ["SETTINGS", "Seen", "Setting", "measured", "seen_on"]

SEEDS = range(2)
"""By which others sync at one moment or another."""


@dataclass(frozen=True)
class Setting:
    """A file system with its mount options, and the model that says what it does."""

    filesystem: str
    options: str
    model: str

    @property
    def name(self) -> str:
        """As a person says it."""
        return f"{self.filesystem} {self.options}".strip()


SETTINGS = [
    Setting("ext4", "", "ext4-ordered"),
    Setting("ext4", "dioread_lock", "ext4-ordered-dioread_lock"),
    Setting("ext4", "nodelalloc", "ext4-ordered"),
    Setting("ext4", "data=writeback", "ext4-writeback"),
    Setting("ext4", "data=journal", "ext4-journal"),
    Setting("xfs", "", "xfs"),
    Setting("btrfs", "", "btrfs"),
]


@dataclass
class Seen:
    """What was found of one litmus test: ever, and once its last call had returned; of how many states."""

    ever: set[str] = field(default_factory=set)
    after: set[str] = field(default_factory=set)
    states: int = 0


def workload(litmus: Litmus) -> Calls:
    """The test as calls on a real folder."""
    before = [line for word in litmus.before.split() if word != "-" for line in _making(word)]
    return Calls(tuple(call.strip() for call in litmus.calls.split(";")), tuple(before))


def _making(word: str) -> Iterator[str]:
    path, _, content = word.partition("=")
    if word.endswith("/"):
        yield f"mkdir {word[:-1]}"
        return
    yield f"create {path}"
    if content:
        yield f"write {path} 0 {content}"


def seen_on(setting: Setting, tests: Iterable[Litmus]) -> dict[str, Seen]:
    """By test, what is found after power cuts. Raises Unknown, NoDevice and OSError where it cannot be recorded."""
    with place() as folder:
        bench = Isolated(_observe, setting, folder / "bench", list(tests))
        try:
            found = bench.pipe.recv()
        finally:
            bench.close()
    if isinstance(found, Exception):
        raise found
    return dict(found)


def _observe(pipe: Connection, setting: Setting, folder: Path, tests: list[Litmus]) -> None:
    """In a process of its own, as mounts need one."""
    try:
        bench = Bench(kind_of(setting.filesystem, options=setting.options), folder)
        pipe.send({litmus.name: _seen(bench, workload(litmus)) for litmus in tests})
        bench.close()
    except (ValueError, RuntimeError, OSError) as error:
        pipe.send(error)


def _seen(bench: Bench, calls: Calls) -> Seen:
    seen, end = Seen(), (len(calls.lines),) * 2
    for seed, others in _others(calls.lines):
        for state in states(bench.record(calls, others), seed):
            seen.states += 1
            outcome = _outcome(bench, state)  # none where it cannot be mounted: of that no model says anything
            seen.ever |= outcome
            seen.after |= outcome if end in state.moments else set()
    return seen


def _others(lines: tuple[str, ...]) -> Iterator[tuple[int, Perturbation]]:
    """Nobody, then others at different moments, each once."""
    yield 0, NOBODY
    for others in dict.fromkeys(each for seed in SEEDS for each in perturbations(lines, seed)[1:]):
        yield 1, others


def _outcome(bench: Bench, state: State) -> set[str]:
    found = set[str]()
    bench.looked_at(state.image(), lambda: found.add(shown(read_tree(bench.top / WORK))), bench.kind.patience)
    return found


def measured(setting: Setting) -> dict[str, Any]:
    """All tests on one file system, as JSON. Raises as seen_on."""
    found = seen_on(setting, LITMUS)
    tests = {name: {"ever": sorted(s.ever), "after": sorted(s.after), "states": s.states} for name, s in found.items()}
    today = date.today().isoformat()  # noqa: DTZ011  # where it ran
    return {**asdict(setting), "kernel": platform.release(), "date": today, "tests": tests}


def main(results: Path, shown_on: Path, *wanted: str) -> int:
    """Measure the file systems that are wanted ("ext4", "ext4 data=journal"), or all, and write both files."""
    told = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {}
    for setting in SETTINGS:
        if not wanted or setting.name in wanted:
            told[setting.name] = measured(setting)
            told = {each.name: told[each.name] for each in SETTINGS if each.name in told}
            results.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    shown_on.write_text(page(told, LITMUS, MODELS), encoding="utf-8")
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("agreement takes two files, the results as JSON and the page, and names of file systems if not all")
    with sigterm_as_interrupt():  # its folder in memory goes with it
        sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]))
