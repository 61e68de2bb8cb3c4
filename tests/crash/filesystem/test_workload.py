"""A workload is read from a file, prepared, made call by call, and judged."""

from pathlib import Path

import pytest

from storage_conformance.crash.filesystem.generate import sequences
from storage_conformance.crash.filesystem.promises import PROMISES
from storage_conformance.crash.filesystem.workload import BadWorkload, Calls, parse
from storage_conformance.crash.tree import read_tree
from storage_conformance.crash.words import VERBS

EVERYTHING = """
# all verbs
mkdir d
create d/f          # empty
---
write d/f 0 4096
append d/f a3b2
overwrite d/f 100 50
dsync-write d/f 0 8
zero d/f 10 20
truncate d/f 300
link d/f g
symlink s d/f
exchange d/f s
rename g h
create x
unlink x
fsync h
fdatasync h
sync
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "w.txt"
    path.write_text(text)
    return path


def test_what_is_made_is_what_was_foretold(tmp_path: Path) -> None:
    workload, root, marks = parse(written(tmp_path, EVERYTHING)), tmp_path / "root", list[str]()
    root.mkdir()
    workload.prepare(root)
    workload.perform(root, marks.append)
    assert marks == [f"{what} {i}" for i in range(15) for what in ("begun", "done")]
    assert read_tree(root).digest() == workload.history.trees[-1].digest()
    assert {line.split()[0] for line in (*workload.before, *workload.lines)} == set(VERBS)


@pytest.mark.parametrize("workload", list(sequences(3, seed=3, limit=25)), ids=lambda workload: workload.name)
def test_a_folder_that_loses_nothing_is_fine_at_every_moment(workload: Calls, tmp_path: Path) -> None:
    def judge(mark: str) -> None:
        word, number = mark.split()
        for promises in PROMISES.values():
            told = Calls(workload.lines, workload.before, promises)
            assert told.judge(tmp_path, [(int(number) + 1, int(number) + (word == "done"))]) == []

    workload.prepare(tmp_path)
    (tmp_path / "lost+found").mkdir()
    workload.perform(tmp_path, judge)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("jump f", 1, "there is no call 'jump'"),
        ("create f\nwrite f 0", 2, "write takes 3 words, not 2"),
        ("\n\nwrite f 0 8", 3, "there is no f at this point"),
        ("create f\ncreate f", 2, "f is there already"),
        ("create f\nwrite f x 8", 2, "'x' is no number of bytes"),
        ("create f\nwrite f 0 a", 2, "'a' is no content"),
        ("create f\n---\ncreate g\n---\nsync", 4, "there is no call '---'"),
        ("create f\noverwrite f 0 9", 2, "f ends before that"),
        ("create f\nlink f g\nrename f g", 3, "f and g are one file"),
        ("mkdir d\ncreate d/f\nunlink d", 3, "d is a folder that is not empty"),
        ("mkdir d\nrename d d/e", 2, "d cannot go into itself"),
        ("mkdir d\nfsync d/../d", 2, "there is no d/../d"),
        ("create ../f", 1, "there is no .."),
        ("create /f", 1, "/f is no name"),
        ("mkdir d\nwrite d 0 8", 2, "d is no file"),
    ],
)
def test_a_bad_line_is_told_with_its_place(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(BadWorkload, match=rf"^w\.txt:{line}: ") as error:
        parse(written(tmp_path, text))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["", "# nothing\n", "create f\n---\n"])
def test_a_workload_without_a_call_is_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadWorkload, match="no call to record"):
        parse(written(tmp_path, text))


def test_nor_is_what_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "w").write_bytes(b"\xff\xfe")
    with pytest.raises(BadWorkload, match="w: it is no text"):
        parse(tmp_path / "w")


def test_a_tree_that_cannot_be_read_is_a_complaint(tmp_path: Path) -> None:
    ((wrong, moment),) = Calls(("create f",)).judge(tmp_path / "gone", [(0, 0), (1, 1)])
    assert (wrong.startswith("it cannot be read: No such file"), moment) == (True, (1, 1))
