"""What is known of crashes on real file systems is seen here, on the kernel that runs the tests."""

import os
import shlex
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from time import sleep

import pytest

from storage_conformance.crash.filesystem.bench import WORK, Bench
from storage_conformance.crash.filesystem.contents import CELL
from storage_conformance.crash.filesystem.device import Recorder
from storage_conformance.crash.filesystem.examining import Plan
from storage_conformance.crash.filesystem.isolation import Isolated
from storage_conformance.crash.filesystem.kinds import kind_of
from storage_conformance.crash.filesystem.program import Program, programs
from storage_conformance.crash.filesystem.recording import Event, Write
from storage_conformance.crash.filesystem.result import Report
from storage_conformance.crash.filesystem.running import Options, run
from storage_conformance.crash.filesystem.states import states
from storage_conformance.crash.filesystem.workload import Calls
from storage_conformance.crash.readers import Command

pytestmark = [
    pytest.mark.usefixtures("can_mount"),
    pytest.mark.skipif(
        os.environ.get("STORAGE_PROFILE", "quick") == "quick", reason="takes minutes: make crash has it"
    ),
]
HERE = Path(__file__).parent
ALL = ("ext4", "xfs", "btrfs")


def program(script: Path, scratch: Path) -> Program:
    """The scenario of small values."""
    start = f"{shlex.quote(sys.executable)} {shlex.quote(str(script))}"
    write, read = f"{start} write {{dir}} {{key}} {{file}}", f"{start} read {{dir}} {{key}}"
    made = programs(Command.parse(write, "--write"), Command.parse(read, "--read"), 0, scratch)
    return next(each for each in made if each.scenario.name == "small")


def judged(filesystem: str, script: Path, scratch: Path, *, others: bool = True) -> Report:
    report = run(kind_of(filesystem), [program(script, scratch)], Options(plan=Plan(others=others, small=False)))
    assert report.why == []
    assert report.states > 20
    return report


@pytest.mark.parametrize("filesystem", ALL)
def test_our_disk_store_loses_nothing(filesystem: str, tmp_path: Path) -> None:
    report = judged(filesystem, HERE / "disk_store.py", tmp_path)
    assert [finding for finding in report.findings if not finding.torn] == []


@pytest.mark.parametrize("filesystem", ALL)
def test_a_rename_whose_folder_is_not_synced_is_lost_after_the_writer_has_returned(
    filesystem: str, tmp_path: Path
) -> None:
    script = HERE.parent / "programs" / "rename_and_fsync.py"
    report = judged(filesystem, script, tmp_path, others=False)
    said = [finding.complaint for finding in report.findings if not finding.torn]
    assert said
    assert "had returned" in said[0]


class Slow(Recorder):
    """A disk that takes a while for the bytes of files, so that what others sync meanwhile overtakes them."""

    def note(self, event: Event) -> None:
        if isinstance(event, Write) and CELL.match(event.data):
            sleep(0.05)
        super().note(event)


REPLACE = Calls(
    (
        "create first",
        "fsync first",
        "create new",
        "write new 0 262144",
        "rename new old",
        "create other",
        "fsync other",
    ),
    ("create old", "write old 0 8192"),
)
"""The first sync is for ext4, which writes to its journal's head at that, and would wait for the bytes with it."""


def contents_of_old(pipe: Connection, filesystem: str, folder: Path) -> None:
    """What a reader finds under the name that is replaced: "old", "new", "empty", "zeros", "a mix"."""
    bench, found = Bench(kind_of(filesystem), folder, Slow), set[str]()
    kept = [tree.nodes[dict(tree)["old"]] for tree in (REPLACE.history.trees[0], REPLACE.history.trees[-1])]

    def look() -> None:
        held = (bench.top / WORK / "old").read_bytes()
        known = {node.content: name for node, name in zip(kept, ("old", "new"), strict=True)}
        found.add(known.get(held) or ("empty" if not held else "a mix" if held.strip(b"\0") else "zeros"))

    for state in states(bench.record(REPLACE)):
        bench.looked_at(state.image(), look, bench.kind.patience)
    bench.close()
    pipe.send(found)


@pytest.mark.parametrize(("filesystem", "lost"), [("ext4", "zeros"), ("xfs", "empty"), ("btrfs", "empty")])
def test_a_replacement_that_is_not_synced_is_zeros_or_empty(filesystem: str, lost: str, tmp_path: Path) -> None:
    bench = Isolated(contents_of_old, filesystem, tmp_path / "bench")
    try:
        found = bench.pipe.recv()
    finally:
        bench.close()
    assert {"old", "new", lost} <= found
