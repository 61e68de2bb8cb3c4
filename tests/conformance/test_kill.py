"""A writer killed at each of its steps of output: the steps are found, the wrong are told, the right pass."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from storage_conformance import LAWS, Report, judge
from storage_conformance.laws import kills
from storage_conformance.outlaws import faulty, on_disk, right, right_mappings

LAWS_OF_KILLS = [law for law in LAWS if "killed_at_any_step" in law.name]


def judged(factory: Any, **options: Any) -> Report:
    return judge(factory, laws=LAWS_OF_KILLS, step=3, **options)


@pytest.mark.parametrize("factory", [right.Folder, right.LogFile, right.Sqlite, right_mappings.FolderEntries])
def test_a_right_store_outlives_every_kill(factory: Any) -> None:
    report = judged(factory)
    assert report.laws[0].verdict == "holds", report.laws[0].why


TOLD = [
    (on_disk.WritesInPlace, r"put where nothing was, killed after 2 of its 4 steps of output; .* it holds b'', not"),
    (on_disk.AcknowledgesTooEarly, "put where nothing was returned, then a kill; opened again, it holds nothing, not"),
    (
        faulty.RemovesAndRenames,
        r"put over what was there, killed after \d of .* it holds nothing, not what was there or",
    ),
    (faulty.LeavesItsLock, r"put where nothing was, killed after \d of .* after that it raised FileExistsError"),
    (
        faulty.IndexesLate,
        r"__setitem__ where nothing was, killed after .* it lists \['r.near'\], but \['r', 'r.near'\]",
    ),
]

TOLD += [
    (faulty.AppendsAfterWhatWasTorn, r"put .* killed when a file grew over \d+ bytes; .*what was written after that"),
    (
        faulty.CountsBeside,
        r"__setitem__ where nothing was, killed after .* its len is 1, but it lists \['r', 'r.near'\]",
    ),
]


@pytest.mark.parametrize(("factory", "told"), TOLD, ids=lambda value: getattr(value, "__name__", None))
def test_a_wrong_store_is_told_by_the_step_at_which_it_was_killed(factory: Any, told: str) -> None:
    result = judged(factory).laws[0]
    assert result.verdict == "broken"
    assert re.match(told, result.why), result.why


def test_the_script_is_what_was_run_and_passes_once_the_store_is_right() -> None:
    script = judged(on_disk.WritesInPlace).laws[0].script
    line = "from storage_conformance.outlaws.on_disk import WritesInPlace as make"
    assert line in script
    assert last_line(script).startswith("AssertionError: put where nothing was, killed after 2 of its 4 steps")
    assert not last_line(script.replace(line, "from storage_conformance.outlaws.right import Folder as make"))


def last_line(script: str) -> str:
    ran = subprocess.run([sys.executable, "-"], input=script, capture_output=True, text=True, timeout=120)
    return (ran.stderr.strip().splitlines() or [""])[-1]


def test_what_has_no_directory_is_exempt_and_what_cannot_be_imported_is_not_run() -> None:
    report = judge(right.Plain, laws=LAWS_OF_KILLS, step=3, claims={"survives": "kill"})
    assert (report.laws[0].verdict, "directory" in report.laws[0].why) == ("exempt", True)

    class Local(right.Folder):
        pass

    def local(directory: Path) -> Local:
        return Local(directory)

    assert judged(local).laws[0].why == "the factory cannot be imported by another process"


def test_when_it_is_late_the_kills_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kills, "LONGEST", 0)
    result = judged(right.Folder).laws[0]
    assert (result.verdict, result.why) == ("not run", "all the kills took more than 0 s")


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def scratch() -> str:
        made.append(str(tmp_path))
        return str(tmp_path)

    monkeypatch.setattr(kills, "scratch", scratch)
    assert judged(on_disk.WritesInPlace).laws[0].verdict == "broken"
    assert made
    assert list(tmp_path.iterdir()) == []
