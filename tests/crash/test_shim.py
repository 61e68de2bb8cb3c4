"""The recorder within this process: what it tells, replayed, is the folder as the code left it."""

import io
import os
import shutil
import sys
import tempfile
import threading
from contextlib import suppress
from os import replace as imported_before
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_conformance.crash.recorder import Recorder
from storage_conformance.crash.replay import after
from storage_conformance.crash.shim import recorded
from storage_conformance.crash.trace import Rename, Sync, Write
from storage_conformance.crash.tree import first_difference, read_tree

NAMES = st.sampled_from(["a", "b", "d/a", "d/b", "e", "d/../a", "./b", "s/a", "/outside"])
SIZES = st.sampled_from([0, 1, 511, 4096, 9000])
MODES = st.sampled_from(["w", "wb", "ab", "a", "r+b", "x", "w+b", "wb0"])


def stored(path: str, mode: str, size: int) -> None:
    buffering = 0 if mode.endswith("0") else -1
    with open(path, mode.rstrip("0"), buffering) as file:
        file.write(b"v" * size if "b" in mode else "v" * size)
        if "+" in mode:
            file.seek(3)
            file.write(b"w")
            file.truncate()


def in_thread(path: str) -> None:
    def work() -> None:
        with suppress(OSError):
            stored(path, "wb", 10)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def descriptors(path: str, size: int) -> None:
    number = os.open(path, os.O_RDWR | os.O_CREAT)
    copy = os.dup(number)
    os.close(number)
    os.writev(copy, [b"1", b"23"])
    os.pwrite(copy, b"p" * size, 5)
    os.lseek(copy, 2, os.SEEK_SET)
    with os.fdopen(copy, "r+b") as file:
        file.write(b"through fdopen")
        file.flush()
        os.ftruncate(file.fileno(), size + 7)


STEPS = st.one_of(
    st.tuples(st.just(stored), NAMES, MODES, SIZES),
    st.tuples(st.just(in_thread), NAMES),
    st.tuples(st.just(descriptors), NAMES, SIZES),
    st.tuples(st.just(lambda old, new: os.rename(old, new)), NAMES, NAMES),
    st.tuples(st.just(lambda old, new: imported_before(old, new)), NAMES, NAMES),
    st.tuples(st.just(lambda old, new: os.link(old, new)), NAMES, NAMES),
    st.tuples(st.just(lambda name: os.symlink("d", name)), st.sampled_from(["s", "d/s"])),
    st.tuples(st.just(lambda name: Path(name).unlink()), NAMES),
    st.tuples(st.just(lambda name: os.makedirs(name)), st.sampled_from(["d", "d/d/d"])),
    st.tuples(st.just(lambda name: os.rmdir(name)), st.sampled_from(["d", "d/d"])),
    st.tuples(st.just(lambda name: shutil.rmtree(name)), st.sampled_from(["d", "e"])),
    st.tuples(st.just(lambda name, size: os.truncate(name, size)), NAMES, SIZES),
    st.tuples(st.just(lambda old, new: shutil.copyfile(old, new)), NAMES, NAMES),
    st.tuples(st.just(lambda old, new: shutil.copytree(old, new)), st.just("d"), st.sampled_from(["e", "f"])),
    st.tuples(st.just(lambda name, size: Path(name).write_text("t" * size)), NAMES, SIZES),
    st.tuples(st.just(lambda name: os.chdir(name)), st.sampled_from(["d", ".."])),
)


@given(st.lists(STEPS, max_size=15))
def test_the_trace_leads_to_the_folder_as_it_is(steps) -> None:
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as place:
        root = Path(place, "root")
        root.mkdir()
        recorder = Recorder(root)
        try:
            os.chdir(root)
            with recorded(recorder):
                for step, name, *rest in steps:
                    outside = name.replace("/outside", f"{place}/outside")
                    inside = Path(os.getcwd()).is_relative_to(root)
                    with suppress(OSError):
                        step(outside, *rest) if inside and (step is not stored or rest) else None
        finally:
            os.chdir(here)
        if not [why for why in recorder.trace.unseen() if "border" in why]:
            recorder.look()
            assert recorder.trace.unseen() == []
            assert first_difference(after(recorder.trace), read_tree(root)) == ""


def operations(folder: Path, work, kind: type) -> list:
    recorder = Recorder(folder)
    with recorded(recorder):
        work()
    return [step for step in recorder.trace.steps if isinstance(step.op, kind)]


def test_what_is_buffered_is_written_when_it_is_flushed(tmp_path) -> None:
    def work() -> None:
        with (tmp_path / "a").open("wb") as file:
            file.write(b"x" * 10)
            os.fsync(file.fileno())  # too early
            file.flush()

    steps = operations(tmp_path, work, Write | Sync)
    assert [type(step.op) for step in steps] == [Sync, Write]


def test_names_that_were_imported_before_are_recorded_and_lines_are_known(tmp_path) -> None:
    (tmp_path / "a").touch()
    (step,) = operations(tmp_path, lambda: imported_before(tmp_path / "a", tmp_path / "b"), Rename)
    assert step.call.place == f"test_shim.py:{sys._getframe().f_lineno - 1}"
    assert step.call.text == 'rename("a", "b")'


def test_a_file_object_is_what_open_makes(tmp_path) -> None:
    with recorded(Recorder(tmp_path)):
        with open(tmp_path / "a", "w", encoding="utf-16", newline="\r\n") as text:
            text.write("é\n")
        assert (type(text), text.encoding, text.name, text.mode) == (
            io.TextIOWrapper,
            "utf-16",
            str(tmp_path / "a"),
            "w",
        )
        with open(tmp_path / "a", "ab", 0) as raw:
            assert isinstance(raw, io.FileIO)
            assert raw.tell() == 8
        with pytest.raises(ValueError, match="mode"):
            (tmp_path / "a").open("wr")
        with pytest.raises(FileNotFoundError):
            (tmp_path / "no" / "a").open("w")
    assert (tmp_path / "a").read_text(encoding="utf-16") == "é\n"
