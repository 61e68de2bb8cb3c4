"""A file system of our own, in user space: without a bug it holds, and each crash bug that is planted is found."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from storage_conformance.crash.filesystem.examining import Plan
from storage_conformance.crash.filesystem.kinds import kind_of
from storage_conformance.crash.filesystem.promises import PROMISES, USER_SPACE
from storage_conformance.crash.filesystem.result import Report
from storage_conformance.crash.filesystem.running import Options, run
from storage_conformance.crash.filesystem.workload import Calls

pytestmark = pytest.mark.usefixtures("can_mount")

TOY = f"{sys.executable} {Path(__file__).with_name('toy_file_system.py')}"
BEFORE = ("mkdir A", "create foo", "write foo 0 8192", "create old", "write old 0 8192")
OVERWRITE = ("overwrite foo 1000 4500", "fsync foo")
REPLACE = ("create A/bar", "append A/bar 5000", "fsync A/bar", "rename A/bar foo", "fsync .", "fsync A")
RENAME = ("rename foo bar", "fsync .")
CREATE = ("create bar", "fsync .")
REUSE = ("unlink old", "create new", "write new 0 8192", "fsync new")
OLD = "foo holds what `write foo 0 8192` wrote at bytes 512 to 1024, though `fsync foo` had returned"


def judged(*workloads: tuple[str, ...], bug: str = "", first: bool = False, patience: float = 120) -> Report:
    kind = kind_of(
        "toy", f"{TOY} make {{device}}", mount=f"{TOY} mount {{device}} {{dir}} {bug}", unmount="fusermount3 -u {dir}"
    )
    plan = Plan(others=False, small=False, first=first)
    calls = [Calls(lines, BEFORE, USER_SPACE) for lines in workloads]
    return run(replace(kind, patience=patience), calls, Options(plan=plan, at_once=1))


def test_without_a_bug_it_holds() -> None:
    report = judged((*OVERWRITE, *REPLACE), RENAME, CREATE, REUSE)
    assert (report.findings, report.why) == ([], [])
    assert report.states > 20


@pytest.mark.parametrize(
    ("bug", "lines", "said"),
    [
        ("early", OVERWRITE, OLD),
        ("last", OVERWRITE, OLD),
        ("other", OVERWRITE, OLD),
        ("halves", RENAME, "foo is missing, though it was synced before"),
        ("entry", CREATE, "it cannot be read: "),
        ("stale", REUSE, "old holds what `write new 0 8192` wrote"),
    ],
)
def test_each_bug_is_found_by_a_workload_that_without_it_holds(bug: str, lines: tuple[str, ...], said: str) -> None:
    report = judged(lines, bug=bug, first=True)
    assert report.why == []
    assert [found.complaint[: len(said)] for found in report.violations] == [said]


def test_who_gives_no_answer_after_a_crash_is_found_and_waited_for_no_longer() -> None:
    report = judged(CREATE, bug="silent", first=True, patience=10)
    assert report.why == []
    assert [found.complaint for found in report.violations] == ["it is mounted, and gives no answer within 10 s"]


def test_who_gives_no_answer_without_any_crash_ends_the_run() -> None:
    report = judged(CREATE, OVERWRITE, bug="mute", patience=1)
    assert (report.findings, report.why) == ([], ["without any crash: it is mounted, and gives no answer within 1 s"])
    assert report.status == 2


def test_who_dies_of_what_a_crash_left_is_found_and_the_next_workload_is_judged() -> None:
    report = judged(CREATE, OVERWRITE, bug="dead", first=True)
    assert report.why == []
    assert [found.complaint.startswith("it cannot be mounted: --mount") for found in report.violations] == [True, True]


def test_who_writes_on_in_the_background_after_the_unmounting_is_waited_for() -> None:
    report = judged(CREATE, bug="slow")
    assert (report.findings, report.why, report.workloads) == ([], [], 1)


def test_what_is_wrong_without_any_crash_is_no_violation() -> None:
    report = judged(("link foo bar", "fsync ."), bug="anonymous")
    assert (report.verdict, report.findings) == ("incomplete", [])
    assert "wrong without any crash: foo is there" in report.why[0]
    assert "use_ino" in report.why[0]


def test_a_record_that_is_believed_unchecked_is_found() -> None:
    assert judged((*OVERWRITE, *REPLACE), bug="unchecked").findings


def test_the_kernels_own_mounted_by_a_command_of_ones_own_holds() -> None:
    kind = kind_of("ext4", mount="mount {device} {dir}", unmount="umount {dir}")
    calls = Calls((*OVERWRITE, *REPLACE), BEFORE, USER_SPACE)
    report = run(kind, [calls], Options(plan=Plan(others=False, small=False), at_once=1))
    assert (report.violations, report.why) == ([], [])


def test_the_negative_control_is_found_wanting() -> None:
    lines = ("create A/bar", "append A/bar 5000", "fsync A/bar", "fsync A")
    report = run(
        kind_of("ext2"),
        [Calls(lines, BEFORE, PROMISES["ext2"])],
        Options(plan=Plan(others=False, small=False), at_once=1),
    )
    assert any(not finding.torn for finding in report.findings)
