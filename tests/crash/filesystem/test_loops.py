"""Loops and mounts: they end with whoever made them, and those of others are left alone."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic, sleep

import psutil
import pytest

from storage_conformance.crash.filesystem import isolation
from storage_conformance.crash.filesystem.isolation import Isolated, clear, place, sweep
from storage_conformance.crash.filesystem.loops import (
    CannotMount,
    attached,
    attached_files,
    detach,
    is_mounted,
    mount,
    mounts,
    unmount,
)

pytestmark = pytest.mark.usefixtures("can_mount")
RUN = """
import sys
from itertools import cycle
from pathlib import Path
from storage_conformance.crash.filesystem import isolation
from storage_conformance.crash.filesystem.kinds import kind_of
from storage_conformance.crash.filesystem.running import Options, run
from storage_conformance.crash.filesystem.workload import Calls
from storage_conformance.interrupts import sigterm_as_interrupt

if __name__ == "__main__":
    isolation.MEMORY = Path(sys.argv[1])
    forever = cycle([Calls(("create foo", "write foo 0 4096", "fsync foo"))])
    with sigterm_as_interrupt():
        report = run(kind_of("ext4"), forever, Options(), lambda report: print(report.workloads, flush=True))
    print(report.verdict, *report.why, flush=True)
"""


@pytest.fixture
def base(tmp_path, monkeypatch) -> Path:
    """Where runs of this test have their folders."""
    monkeypatch.setattr(isolation, "MEMORY", tmp_path)
    return tmp_path


@pytest.fixture
def image(tmp_path) -> Path:
    file = tmp_path / "image"
    with file.open("wb") as opened:
        opened.truncate(4 << 20)
    return file


def formatted(image: Path) -> Path:
    subprocess.run(["mkfs.ext2", "-q", "-F", image], check=True, stdin=subprocess.DEVNULL)
    return image


def files() -> set[Path]:
    return {file for _, file in attached_files()}


def eventually(true) -> bool:
    end = monotonic() + 60
    while not true() and monotonic() < end:
        sleep(0.01)
    return true()


def test_a_file_is_attached_while_it_lasts_also_if_that_fails(image) -> None:
    with attached(image) as loop:
        assert (loop, image) in attached_files()
        with loop.open("rb") as opened:
            assert opened.seek(0, os.SEEK_END) == 4 << 20
    assert eventually(lambda: image not in files())
    with pytest.raises(ZeroDivisionError), attached(image):
        raise ZeroDivisionError
    assert eventually(lambda: image not in files())


def test_what_cannot_be_mounted_is_told_and_leaves_no_loop(image, tmp_path) -> None:
    with pytest.raises(CannotMount, match="Invalid argument"), attached(image) as loop:
        mount(loop, tmp_path, "ext2")
    assert eventually(lambda: image not in files())


def test_options_are_flags_and_words_of_the_file_system(image, tmp_path) -> None:
    (folder := tmp_path / "mount").mkdir()
    with attached(formatted(image)) as loop:
        mount(loop, folder, "ext2", "rw,ro,noatime,errors=continue,defaults")
        try:
            with pytest.raises(OSError) as caught:
                (folder / "x").write_bytes(b"")
            shown = next(line for line in Path("/proc/self/mounts").read_text().splitlines() if str(folder) in line)
            assert {"ro", "noatime"} <= set(shown.split()[3].split(","))
        finally:
            unmount(folder)
    assert caught.value.errno == errno.EROFS


def test_mounts_are_told_whatever_their_names_and_found_by_way_of_a_link(tmp_path) -> None:
    (tmp_path / "mounts").write_text("none /a\x0cb\\040c tmpfs rw 0 0\nnone / ext4 rw 0 0\n")
    assert mounts(tmp_path) == [Path("/a\x0cb c"), Path("/")]
    (tmp_path / "link").symlink_to("/")
    assert is_mounted(tmp_path / "link/proc")
    assert not is_mounted(tmp_path / "link")


def mounts_and_waits(pipe: Connection, image: Path, folder: Path) -> None:
    with attached(image) as loop:
        mount(loop, folder, "ext2")
        subprocess.Popen(["sleep", "600"], env={"STORE_CRASH_TEST": str(folder)})
        pipe.send("mounted")
        pipe.recv()


def children_of(folder: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("STORE_CRASH_TEST") == str(folder):
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_what_a_process_mounts_and_starts_is_its_own_and_ends_with_it(image, tmp_path) -> None:
    (folder := tmp_path / "mount").mkdir()
    bench = Isolated(mounts_and_waits, formatted(image), folder)
    assert bench.pipe.recv() == "mounted"
    assert (image in files(), folder.is_mount(), len(children_of(folder))) == (True, False, 1)
    bench.close()
    assert eventually(lambda: image not in files())
    assert eventually(lambda: not children_of(folder))


TOY = [sys.executable, str(Path(__file__).with_name("toy_file_system.py"))]


def asks_in_vain(pipe: Connection, folder: Path) -> None:
    with attached(folder / "image") as loop:
        subprocess.run([*TOY, "make", loop], check=True)
        told = {"STORE_CRASH_TEST": str(folder), "ASKED": str(folder / "asked")}
        subprocess.Popen([*TOY, "mount", loop, folder / "mount", "mute"], env=told)
        if eventually(lambda: is_mounted(folder / "mount")):
            pipe.send("asks")
        (folder / "mount" / "foo").exists()


@pytest.mark.parametrize("how", ["closed", "killed"])
def test_who_waits_for_ever_for_a_file_system_is_ended_with_it(base, image, how) -> None:
    (left := base / f"{isolation.MARK}left" / "mount").mkdir(parents=True)
    image.rename(left.parent / "image")
    bench = Isolated(asks_in_vain, left.parent)
    try:
        assert bench.pipe.recv() == "asks"
        assert eventually((left.parent / "asked").exists)
        if how == "killed":
            bench.process.kill()
    finally:
        if how == "closed":
            bench.close()
        assert sweep(base) == [left.parent]
        bench.close()
    assert eventually(lambda: not children_of(left.parent))
    assert not any(file.is_relative_to(base) for file in files())
    assert list(base.iterdir()) == []


def test_nobody_in_the_callers_own_namespace_is_ever_ended(monkeypatch) -> None:
    asked: set[int] = set()

    def ask(file: int, how: int) -> None:
        told = Path(f"/proc/self/fdinfo/{file}").read_text()
        asked.add(int(next(line.split()[1] for line in told.splitlines() if line.startswith("Pid:"))))

    monkeypatch.setattr(isolation.signal, "pidfd_send_signal", ask)
    isolation._end_those(lambda process: True)
    assert not asked & {os.getpid(), os.getppid()}


def test_a_run_that_is_killed_in_the_middle_leaves_nothing_once_the_next_has_started(base) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", RUN, str(base)],
        stdout=subprocess.PIPE,
        env={**os.environ, "STORE_CRASH_TEST": str(base)},
    )
    assert run.stdout
    with run, run.stdout:
        assert run.stdout.readline() == b"1\n"
        assert eventually(lambda: any(file.is_relative_to(base) for file in files()))
        left = list(base.iterdir())
        assert len(left) == 1
        assert sweep(base) == []  # it is alive, so it is not touched
        run.send_signal(signal.SIGKILL)
        run.wait()
    with place() as folder:
        assert list(base.iterdir()) == [folder] != left
        assert not any(file.is_relative_to(base) for file in files())
        assert str(base) not in Path("/proc/self/mounts").read_text()
        assert eventually(lambda: not children_of(base))
    assert list(base.iterdir()) == []


def test_a_run_that_is_asked_to_end_reports_and_puts_everything_away(base) -> None:
    run = subprocess.Popen([sys.executable, "-c", RUN, str(base)], stdout=subprocess.PIPE)
    assert run.stdout
    with run, run.stdout:
        assert run.stdout.readline() == b"1\n"
        run.send_signal(signal.SIGTERM)
        told = run.stdout.read().decode()
    assert run.returncode == 0
    assert told.splitlines()[-1] == "incomplete interrupted"
    assert list(base.iterdir()) == []
    assert not any(file.is_relative_to(base) for file in files())


def test_what_is_mounted_and_attached_in_a_folder_that_was_left_is_removed_and_nothing_else(base, image) -> None:
    left, others = base / f"{isolation.MARK}left", base / f"{isolation.MARK}others"
    for folder in (left, others):
        (folder / "mount").mkdir(parents=True)
        formatted(image).rename(folder / "image")
        image.write_bytes(bytes(4 << 20))
    held = os.open(others, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        with attached(others / "image"):
            with attached(left / "image") as loop:
                mount(loop, left / "mount", "ext2")
            assert sweep(base) == [left]
            assert (left.exists(), others / "image" in files()) == (False, True)
        clear(others)
    finally:
        os.close(held)
    assert not any(file.is_relative_to(base) for file in files())
    assert not others.exists()


def test_a_loop_that_is_free_already_is_no_error(image) -> None:
    with attached(image) as loop:
        pass
    assert eventually(lambda: image not in files())
    detach(loop)
