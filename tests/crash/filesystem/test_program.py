"""A writer and a reader as a workload: started once for what reads alike, and judged for every moment."""

import os
import shlex
import sys
from pathlib import Path

import pytest

from storage_conformance.crash.filesystem.program import Program, beside
from storage_conformance.crash.readers import BadCommand, Command
from storage_conformance.crash.run_values import Put, Scenario
from storage_conformance.crash.tree import read_tree

ONE, TWO = b"first value", b"second value"
BOTH = Scenario("both", (Put("k", ONE), Put("k", TWO)), Put("k", b"later"))
WRITER = """
import os, sys
folder, file = sys.argv[1:]
open(folder + "/value", "wb").write(open(file, "rb").read())
"""
READER = """
import os, sys
folder, started = sys.argv[1:]
open(started, "a").write("x")
if os.path.exists(folder + "/half"):  # what a crash left, put away
    os.replace(folder + "/half", folder + "/value")
if not os.path.exists(folder + "/value"):
    sys.exit(3)
sys.stdout.write(open(folder + "/value").read())
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (folder := tmp_path / "root").mkdir()
    return folder


@pytest.fixture
def program(tmp_path: Path):
    for name, text in (("write.py", WRITER), ("read.py", READER)):
        (tmp_path / name).write_text(text)
    start = f"{shlex.quote(sys.executable)} {shlex.quote(str(tmp_path))}"
    write = Command.parse(f"{start}/write.py {{dir}} {{file}}", "--write")
    read = Command.parse(f"{start}/read.py {{dir}} {shlex.quote(str(tmp_path / 'started'))}", "--read")
    made = Program(write, read, BOTH, tmp_path / "scratch")
    yield made
    made.runs.close()


def starts(tmp_path: Path) -> int:
    return len((tmp_path / "started").read_text())


def found(program: Program, root: Path, name: str, value: bytes, *moments: tuple[int, int]) -> list[str]:
    """In a folder with this file."""
    for path in root.iterdir():
        path.unlink()
    (root / name).write_bytes(value)
    os.utime(root / name, (1, 1))  # or a clock decides what changed last
    os.utime(root, (2, 2))
    return [said for said, _ in program.judge(root, moments)]


def test_each_moment_is_judged_and_what_reads_alike_is_read_once(program: Program, root: Path, tmp_path: Path) -> None:
    older = "the reader of 'k' finds an older value, though a later writer had returned"
    assert found(program, root, "value", ONE, (1, 0), (1, 1), (2, 1)) == []
    count = starts(tmp_path)
    assert found(program, root, "value", ONE, (2, 1), (2, 2)) == [older]
    assert starts(tmp_path) == count
    assert found(program, root, "value", ONE[:5], (1, 0)) == [
        "the reader of 'k' finds 5 bytes that nobody wrote, 0 of them zero"
    ]
    assert starts(tmp_path) == count + 2  # what is there, and what is written later


def test_a_reader_that_recovers_is_judged_by_what_the_crash_left(program: Program, root: Path) -> None:
    assert found(program, root, "half", TWO, (1, 1), (2, 1), (2, 2)) == [
        "the reader of 'k' finds 12 bytes that nobody wrote, 0 of them zero"
    ]
    assert found(program, root, "half", TWO, (2, 1), (2, 2)) == []


def test_a_writer_that_cannot_go_on_is_told_each_time(program: Program, root: Path, tmp_path: Path) -> None:
    (tmp_path / "write.py").write_text("raise SystemExit('it is full')")
    for _ in range(2):
        (told,) = found(program, root, "value", TWO, (2, 2))
        assert told == "the writer fails after the crash with status 1: it is full"


def test_programs_that_disagree_without_a_crash_are_no_workload(program: Program, root: Path, tmp_path: Path) -> None:
    program.perform(root, lambda mark: None)
    (tmp_path / "read.py").write_text("print('something else')")
    with pytest.raises(BadCommand, match="disagree without any crash: the reader of 'k' finds 15 bytes that nobody"):
        program.perform(root, lambda mark: None)


NEWEST = """
import os, sys
found = sorted(os.scandir(sys.argv[1]), key=lambda entry: entry.stat().st_mtime_ns)
sys.stdout.write(open(found[-1].path).read())
"""


def test_a_reader_that_takes_the_newest_file_is_asked_again_where_another_one_is(program, root, tmp_path) -> None:
    (tmp_path / "read.py").write_text(NEWEST)
    said = {}
    for last, times in {"b": (1, 2), "a": (2, 1)}.items():
        for name, value, time in (("a", ONE, times[0]), ("b", TWO, times[1])):
            (root / name).write_bytes(value)
            os.utime(root / name, (time, time))
        os.utime(root, (3, 3))
        said[last] = [told for told, _ in program.judge(root, [(2, 2)])][:1]
        (root / "value").unlink()
    assert said["a"] == ["the reader of 'k' finds an older value, though a later writer had returned"]
    assert said["b"] == []


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.chmod(0o600),
        lambda path: os.utime(path, (5, 5)),
        lambda path: (path.with_name("c").unlink(), os.link(path, path.with_name("c"))),
    ],
    ids=["mode", "order", "hard link"],
)
def test_folders_that_differ_in_what_a_program_can_see_do_not_look_alike(root, change) -> None:
    for name in ("a", "b", "c"):
        (root / name).write_bytes(b"same")
        os.utime(root / name, (1, 1))
    os.utime(root, (2, 2))
    before = beside(read_tree(root), root)
    change(root / "b")
    os.utime(root, (2, 2))
    assert beside(read_tree(root), root) != before


def test_nor_do_folders_with_other_attributes(root, monkeypatch) -> None:
    (root / "a").write_bytes(b"same")
    values = [b"1"]
    monkeypatch.setattr(os, "listxattr", lambda path, *, follow_symlinks: ["user.a"] if values else os.lstat("/none"))
    monkeypatch.setattr(os, "getxattr", lambda path, name, *, follow_symlinks: values[0])
    looks = {beside(tree := read_tree(root), root)}
    values[0] = b"2"
    looks.add(beside(tree, root))
    values.clear()  # they cannot be read
    looks.add(beside(tree, root))
    assert len(looks) == 3
