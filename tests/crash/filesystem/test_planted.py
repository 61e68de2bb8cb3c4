"""A file system of our own, in user space: without a bug it holds, and each crash bug that is planted is found."""

import sys
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
BEFORE = ("mkdir A", "create foo", "write foo 0 8192")
OVERWRITE = ("overwrite foo 1000 4500", "fsync foo")
RENAME = ("create A/bar", "append A/bar 5000", "fsync A/bar", "rename A/bar foo", "fsync .", "fsync A")


def judged(lines: tuple[str, ...], bug: str = "") -> Report:
    kind = kind_of(
        "toy", f"{TOY} make {{device}}", mount=f"{TOY} mount {{device}} {{dir}} {bug}", unmount="fusermount3 -u {dir}"
    )
    plan = Plan(others=False, small=False)
    return run(kind, [Calls(lines, BEFORE, USER_SPACE)], Options(plan=plan, at_once=1))


def test_without_a_bug_it_holds() -> None:
    report = judged((*OVERWRITE, *RENAME))
    assert (report.findings, report.why) == ([], [])
    assert report.states > 10


def test_a_sync_that_is_acknowledged_before_its_commit_record_is_found() -> None:
    found = [finding.complaint for finding in judged(OVERWRITE, "early").findings if not finding.torn]
    assert found == ["foo holds what `write foo 0 8192` wrote at bytes 512 to 1024, though `fsync foo` had returned"]


def test_a_record_that_is_believed_unchecked_is_found() -> None:
    assert judged((*OVERWRITE, *RENAME), "unchecked").findings


def test_the_negative_control_is_found_wanting() -> None:
    lines = ("create A/bar", "append A/bar 5000", "fsync A/bar", "fsync A")
    report = run(
        kind_of("ext2"),
        [Calls(lines, BEFORE, PROMISES["ext2"])],
        Options(plan=Plan(others=False, small=False), at_once=1),
    )
    assert any(not finding.torn for finding in report.findings)
