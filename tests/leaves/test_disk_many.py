"""Disk: many writers at once, and killed ones."""

import fcntl
import os
import random
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from leaves.disk_helpers import AB, FORK, A, drafts, run
from storage_combinators import MISSING, Ref, look, update
from storage_combinators.leaves import disk_files
from storage_combinators.leaves.disk import Disk

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*multi-threaded, use of fork:DeprecationWarning"
)  # forks are the point


def count_up(store: Disk, times: int) -> None:
    for _ in range(times):
        update(store, A, lambda old: b"1" if old is MISSING else str(int(old) + 1).encode(), 100_000)


def test_no_increment_of_four_processes_is_lost(tmp_path: Path) -> None:
    store = Disk(tmp_path, "kill")
    run(count_up, *[(store, 50)] * 4)
    assert store.get(A) == b"200"


def test_no_increment_of_four_threads_is_lost(tmp_path: Path) -> None:
    store = Disk(tmp_path, "kill")
    threads = [threading.Thread(target=count_up, args=(store, 50)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert store.get(A) == b"200"


def put_and_delete(store: Disk, name: str) -> None:
    random.seed(7)
    for number in range(60):
        store.put(Ref("shared", name), str(number).encode())
        store.put(Ref("shared", "one"), name.encode() * 5000)
        store.delete(Ref("shared", name))
        store.put(Ref("mine", name), str(number).encode())


def test_writers_with_equal_seeds_do_not_meet(tmp_path: Path) -> None:
    store = Disk(tmp_path, "kill")
    run(put_and_delete, (store, "x"), (store, "y"), (store, "z"))
    assert {store.get(Ref("mine", name)) for name in "xyz"} == {b"59"}
    assert set(store.get(Ref("shared", "one"))) < set(b"xyz")
    assert len(set(store.get(Ref("shared", "one")))) == 1
    assert drafts(tmp_path) == []


def test_the_names_of_drafts_differ_in_forks_with_equal_seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    real = os.replace
    monkeypatch.setattr(os, "replace", lambda old, new: names.append(os.path.basename(old)) or real(old, new))
    monkeypatch.setattr(os, "getpid", lambda: 1)  # a container restarts with the same process id and counter
    for _ in range(2):
        random.seed(7)
        monkeypatch.setattr(disk_files, "_NUMBERS", iter([0]))
        Disk(tmp_path).put(A, b"1")
    assert len(set(names)) == 2


def test_a_read_is_never_torn(tmp_path: Path) -> None:
    store, stop = Disk(tmp_path, "kill"), threading.Event()
    store.put(A, b"x" * 300_000)

    def rewrite() -> None:
        for value in [b"y" * 200_000, b"x" * 300_000] * 100:
            if not stop.is_set():
                store.put(A, value)

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        seen = {(len(value), value[:1], value.count(value[:1])) for value in (store.get(A) for _ in range(300))}
    finally:
        stop.set()
        writer.join()
    assert seen <= {(300_000, b"x", 300_000), (200_000, b"y", 200_000)}


WRITER = """
import sys
from storage_combinators import Ref
from storage_combinators.leaves.disk import Disk
store = Disk(sys.argv[1], sys.argv[2])
for number in range(10**9):
    store.put(Ref("a", str(number % 5)), str(number % 10).encode() * 200_000)
    print(number, flush=True)
"""


@pytest.mark.parametrize("safety", ["power", "kill"])
def test_a_writer_killed_in_the_middle_leaves_old_or_new(tmp_path: Path, safety: Any) -> None:
    store = Disk(tmp_path, safety)
    for lines in (1, 4, 9):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), safety], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            done = [int(writer.stdout.readline()) for _ in range(lines)]
            writer.kill()
        for ref in store.refs(A):
            value = store.get(ref)
            assert len(value) == 200_000
            assert len(set(value)) == 1
        assert len(list(store.refs(A))) >= min(len(done), 5)
        store.put(Ref("next"), b"goes on")
        assert drafts(tmp_path) == []


def test_a_draft_of_a_killed_writer_does_not_show_and_goes_with_the_next_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Disk(tmp_path)
    store.put(A, b"1")
    (tmp_path / ".desk" / "9-9-left").write_bytes(b"half a val")
    assert list(store.refs(Ref())) == list(store.refs(Ref(), 1)) == [A]
    assert drafts(tmp_path) == ["9-9-left"]
    synced = []
    monkeypatch.setattr(os, "sync", lambda: synced.append(drafts(tmp_path)))
    store.put(A, b"2")
    assert drafts(tmp_path) == []
    assert synced == [["9-9-left"]]  # what the killed one made is synced before the trace of it goes


def test_the_draft_of_a_living_writer_is_safe_from_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, inside, go_on = Disk(tmp_path), threading.Event(), threading.Event()
    real = os.replace

    def slow(old: str, new: str) -> None:
        inside.set()
        assert go_on.wait(60)
        real(old, new)

    monkeypatch.setattr(os, "replace", slow)
    slow_writer = threading.Thread(target=store.put, args=(A, b"slow"))
    slow_writer.start()
    assert inside.wait(60)
    second = threading.Thread(target=Disk(tmp_path).put, args=(AB, b"second"))
    second.start()
    second.join(0.1)
    assert second.is_alive()  # waits for the one writer
    assert look(store, A) is MISSING  # readers do not
    go_on.set()
    slow_writer.join(60)
    second.join(60)
    assert (store.get(A), store.get(AB)) == (b"slow", b"second")


def test_a_fork_that_inherits_the_lock_does_not_keep_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Disk(tmp_path)
    children = []
    real = os.replace

    def fork_inside(old: str, new: str) -> None:
        child = FORK.Process(target=threading.Event().wait, args=(30,))
        child.start()
        children.append(child)
        real(old, new)

    monkeypatch.setattr(os, "replace", fork_inside)
    store.put(A, b"1")
    monkeypatch.setattr(os, "replace", real)
    try:
        lock = os.open(tmp_path / ".desk" / "lock", os.O_RDWR)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises BlockingIOError if the child still holds it
        os.close(lock)
    finally:
        for child in children:
            child.kill()
            child.join()
