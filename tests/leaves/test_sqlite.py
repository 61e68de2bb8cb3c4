"""SQLite: what is special to a database file. The general laws are the suite's."""

import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from storage_combinators import MISSING, Conflict, Memory, Ref, exists, look, update
from storage_combinators.leaves.sqlite import SQLite
from storage_combinators.store import Depth

A, AB = Ref("a"), Ref("a", "b")
FORK = get_context("fork")
DEPTHS: tuple[Depth, ...] = (0, 1, None)
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*multi-threaded, use of fork:DeprecationWarning"
)  # forks are the point


@pytest.fixture
def store(tmp_path: Path) -> Any:
    made = SQLite(tmp_path / "cells.db")
    yield made
    made.close()


def steps_of(store: SQLite, action: Any) -> int:
    """How many thousand steps of SQLite's machine `action` takes."""
    counted: list[None] = []
    store._connection.set_progress_handler(lambda: counted.append(None), 1000)
    try:
        action()
    finally:
        store._connection.set_progress_handler(None, 0)
    return len(counted)


def test_nothing_is_opened_before_the_first_verb(tmp_path: Path) -> None:
    store = SQLite(tmp_path / "no" / "such" / "folder")
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        store.get(A)


def test_what_is_written_survives_the_handle(tmp_path: Path) -> None:
    first = SQLite(tmp_path / "db")
    first.put(A, b"1")
    first.close()
    first.put(AB, b"2")  # a closed store opens again
    second = SQLite(str(tmp_path / "db"))
    assert (second.get(A), second.get(AB)) == (b"1", b"2")
    first.close()
    second.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["db"]


def test_each_commit_is_synced(store: SQLite) -> None:
    store.put(A, b"1")
    answers = [store._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert answers == ["wal", 3]
    assert SQLite.claims == {"survives": "power"}


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed, which shows the system calls")
def test_a_put_syncs_before_it_returns(tmp_path: Path) -> None:
    """Seen from outside: between the write to the log and the end of put there is a sync of the log."""
    code = "import sys; from storage_combinators import Ref; from storage_combinators.leaves.sqlite import SQLite\n"
    code += "s = SQLite(sys.argv[1]); s.put(Ref('a'), b'1'); s.put(Ref('b'), b'2'); import os; os._exit(0)"
    command = [
        "strace",
        "-f",
        "-y",
        "-e",
        "trace=pwrite64,fdatasync,fsync",
        sys.executable,
        "-c",
        code,
        tmp_path / "db",
    ]
    traced = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stderr
    lines = [line for line in traced.splitlines() if "db-wal" in line]
    assert "sync" in lines[-1]
    assert any(f"<{tmp_path}>" in line and "sync" in line for line in traced.splitlines())


def test_values_are_bytes(store: Any) -> None:
    store.put(A, memoryview(b"12")[:1])
    store.swap(A, bytearray(b"1"), bytearray(b""))
    assert store.get(A) == b""
    for value in ("text", 1, None, MISSING):
        with pytest.raises(TypeError):
            store.put(A, value)
    with pytest.raises(TypeError):
        store.swap(A, "", b"3")
    with pytest.raises(TypeError, match="is no Ref"):
        store.put("a", b"3")
    assert store.get(A) == b""


def test_names_stay_apart_exactly(store: SQLite) -> None:
    names = [
        "a",
        "A",
        "é",
        "e\u0301",
        "a ",
        "a-b",
        "a.b",
        "a0",
        "%",
        "_",
        "'",
        '"',
        "\n",
        "\x01",
        "\U0010ffff",
        "0",
        "ß",
        "ss",
    ]
    refs = [Ref(name, *more) for name in names for more in ((), ("x",), ("x", "y"))]
    for ref in refs:
        store.put(ref, repr(ref).encode())
    assert sorted(store.refs(Ref())) == sorted(refs)
    assert sorted(store.refs(Ref(), 1)) == sorted(map(Ref, names))
    for name in names:
        assert sorted(store.refs(Ref(name))) == [Ref(name), Ref(name, "x"), Ref(name, "x", "y")]
        assert list(store.refs(Ref(name), 1)) == [Ref(name, "x")]
        assert store.get(Ref(name)) == repr(Ref(name)).encode()


def test_a_level_is_listed_without_reading_what_is_below(store: SQLite) -> None:
    with store._writing():
        for number in range(3000):
            store.put(Ref("big", str(number)), b"")
        for number in range(10):
            store.put(Ref("small", str(number)), b"")
    assert steps_of(store, lambda: sorted(store.refs(Ref(), 1))) == 0
    assert steps_of(store, lambda: list(store.refs(Ref("small")))) == 0
    assert steps_of(store, lambda: exists(store, Ref("big", "7"))) == 0
    assert steps_of(store, lambda: list(store.refs(Ref("big")))) > 5  # the measure measures


def test_a_listing_may_be_written_into(store: SQLite) -> None:
    with store._writing():
        for number in range(2500):
            store.put(Ref("d", f"{number:04}"), b"")
    listing = store.refs(Ref())
    seen = [next(listing)]
    store.delete(Ref("d", "2400"))
    store.put(Ref("d", "0000x"), b"")
    seen += listing
    assert {Ref("d", f"{number:04}") for number in range(2500) if number != 2400} <= set(seen)
    assert len(seen) == len(set(seen))


def count_up(store: SQLite, times: int) -> None:
    for _ in range(times):
        update(store, A, lambda old: b"1" if old is MISSING else str(int(old) + 1).encode(), 100_000)


@pytest.mark.parametrize("warm", [False, True])
def test_no_increment_of_four_processes_is_lost(store: SQLite, warm: bool) -> None:
    """Also when all open the new file at once, and when they inherit an open connection by fork."""
    if warm:
        store.put(A, b"0")
    workers = [FORK.Process(target=count_up, args=(store, 50)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert store.get(A) == b"200"


def test_no_increment_of_four_threads_is_lost(store: SQLite) -> None:
    threads = [threading.Thread(target=count_up, args=(store, 50)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert store.get(A) == b"200"


def test_threads_that_open_a_new_database_at_once_wait_for_each_other(tmp_path: Path) -> None:
    failures: list[Exception] = []

    def put(store: SQLite, start: threading.Barrier) -> None:
        start.wait()
        try:
            store.put(A, b"1")
        except sqlite3.Error as failure:
            failures.append(failure)

    for number in range(60):  # it met one in twenty
        store, start = SQLite(tmp_path / str(number)), threading.Barrier(8)
        threads = [threading.Thread(target=put, args=(store, start)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        store.close()
    assert failures == []


def test_a_reader_does_not_wait_for_a_writer(store: SQLite) -> None:
    store.put(A, b"old")
    other = SQLite(store.path, wait=0.0)
    with store._writing():
        store.put(A, b"new")
        assert other.get(A) == b"old"
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.put(A, b"x")
    assert other.get(A) == b"new"
    other.close()


def test_a_swap_that_fails_changes_nothing_and_holds_no_lock(store: SQLite) -> None:
    store.put(A, b"1")
    with pytest.raises(Conflict):
        store.swap(A, b"2", b"3")
    other = SQLite(store.path, wait=0.0)
    other.swap(A, b"1", b"4")
    assert store.get(A) == b"4"
    other.close()


WRITER = """
import sys
from storage_combinators import Ref
from storage_combinators.leaves.sqlite import SQLite
store = SQLite(sys.argv[1])
for number in range(10**9):
    store.put(Ref(str(number)), str(number % 10).encode() * 50_000)
    print(number, flush=True)
"""


def test_a_writer_killed_in_the_middle_loses_nothing_that_it_finished(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, tmp_path / "db"], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        done = [int(writer.stdout.readline()) for _ in range(8)]
        writer.kill()
    store = SQLite(tmp_path / "db")
    assert {Ref(str(number)) for number in done} <= set(store.refs(Ref()))
    for ref in store.refs(Ref()):
        assert store.get(ref) == str(int(ref[0]) % 10).encode() * 50_000
    store.put(A, b"goes on")
    store.close()


@pytest.mark.parametrize("seed", range(5))
def test_random_runs_agree_with_memory(store: SQLite, seed: int) -> None:
    refs = [Ref(), A, AB, Ref("A"), Ref("a-b"), Ref("a0"), Ref("a", "b-c"), Ref("a", "b", "c"), Ref("\U0010ffff")]
    dice, model = random.Random(seed), Memory[bytes]()
    for _ in range(80):
        ref, base, old, new = dice.choice(refs), dice.choice(refs), *dice.choices([b"1", b"2", MISSING], k=2)
        answers = []
        for each in (store, model):
            try:
                answers.append(each.swap(ref, old, new))
            except Conflict as conflict:
                answers.append(type(conflict))
        assert answers[0] == answers[1]
        assert look(store, ref) == look(model, ref)
        for depth in DEPTHS:
            assert sorted(store.refs(base, depth)) == sorted(model.refs(base, depth))


@pytest.mark.parametrize("path", ["", ":memory:", Path(":memory:")])
def test_a_database_that_each_thread_has_for_itself_is_refused(path: Path | str) -> None:
    with pytest.raises(ValueError, match="take Memory"):
        SQLite(path)
