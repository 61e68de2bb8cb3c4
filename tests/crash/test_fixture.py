"""The fixture of pytest: functions of this process, judged within the test."""

import hashlib
import json
import mmap
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from storage_combinators import Disk, Missing, Ref


def load(folder, key):
    return (folder / key).read_bytes()


def sync(folder):
    opened = os.open(folder, os.O_RDONLY)
    os.fsync(opened)
    os.close(opened)


def naive(folder, key, value):
    (folder / key).write_bytes(value)


def without_folder(folder, key, value):
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        file.write(value)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, folder / key)


def atomic(folder, key, value):
    without_folder(folder, key, value)
    sync(folder)


def by_thread(folder, key, value):
    thread = threading.Thread(target=atomic, args=(folder, key, value))
    thread.start()
    thread.join()


def message(crash, write, read=load, **options) -> str:
    with pytest.raises(pytest.fail.Exception) as caught:
        crash.check(write, read, **options)
    return str(caught.value)


@pytest.mark.parametrize("write", [atomic, by_thread])
@pytest.mark.parametrize("model", ["posix-worst", "ext4-ordered"])
def test_a_safe_writer_passes(crash, write, model) -> None:
    crash.check(write, load, model=model)


def test_where_a_rename_is_not_atomic_it_replaces_nothing_safely(crash) -> None:
    assert "in part" in message(crash, atomic, model="alice-worst")


def test_a_naive_writer_fails_with_a_sentence_a_timeline_and_its_line(crash) -> None:
    told = message(crash, naive)
    assert "zero-length: the reader finds an empty file" in told
    assert "lost after return: the writer had returned, and what it wrote is gone" in told
    assert "the power goes" in told
    assert f"test_fixture.py:{naive.__code__.co_firstlineno + 1}" in told


def test_the_missing_sync_of_the_folder_is_named(crash) -> None:
    told = message(crash, without_folder)
    assert "lost after return" in told
    assert "fsync of the folder" in told
    assert "torn" not in told


def test_who_retries_writes_the_same_again(crash) -> None:
    def blob(folder, value):
        return folder / hashlib.sha256(value).hexdigest()

    def save(folder, value):
        if not blob(folder, value).exists():  # though a crash may have left it empty
            with blob(folder, value).open("wb") as file:
                file.write(value)
                file.flush()
                os.fsync(file.fileno())
        sync(folder)
        atomic(folder, "name", blob(folder, value).name.encode())

    told = message(crash, save, lambda folder: (folder / load(folder, "name").decode()).read_bytes())
    assert "stuck: the writer cannot write any more" in told
    assert "after the same write again" in told


def test_one_value_without_keys_and_values_of_your_own(crash) -> None:
    def save(folder, value):
        without_folder(folder, "settings.json", json.dumps(value).encode())
        sync(folder)

    def read(folder):
        return json.loads((folder / "settings.json").read_text())

    crash.check(save, read, values=[{"a": 1}, {"a": [2, 3]}, {}])
    told = message(crash, lambda folder, value: (folder / "settings.json").write_text(json.dumps(value)), read)
    assert "unfit" not in told


def test_our_disk_is_safe_and_less_is_not(crash) -> None:
    def get(folder, key):
        try:
            return Disk(folder).get(Ref(key))
        except Missing:
            return None

    crash.check(lambda folder, key, value: Disk(folder).put(Ref(key), value), get)
    told = message(crash, lambda folder, key, value: Disk(folder, safety="order").put(Ref(key), value), get)
    assert "lost after return" in told


def test_what_cannot_be_seen_is_never_safe(crash) -> None:
    def sql(folder, key, value):
        with sqlite3.connect(folder / "db", isolation_level=None) as db:
            db.execute("CREATE TABLE IF NOT EXISTS held (key PRIMARY KEY, value)")
            db.execute("INSERT OR REPLACE INTO held VALUES (?, ?)", (key, value))
        db.close()

    def row(folder, key):
        if not (folder / "db").exists():
            return None
        with sqlite3.connect(folder / "db") as db:
            found = db.execute("SELECT value FROM held WHERE key = ?", (key,)).fetchone()
        db.close()
        return found and found[0]

    def other_process(folder, key, value):
        subprocess.run([sys.executable, "-c", "import sys; open(sys.argv[1], 'w').write(sys.argv[2])",
                        str(folder / key), value.decode()], check=True)  # fmt: skip

    def mapped(folder, key, value):
        with (folder / key).open("w+b") as file:
            file.truncate(len(value))
            file.flush()
            with mmap.mmap(file.fileno(), len(value)) as memory:
                memory[:] = value
        sync(folder / key)
        sync(folder)

    for write, read in ((sql, row), (other_process, load), (mapped, load)):
        assert "cannot judge" in message(crash, write, read)


def test_functions_that_are_wrong_without_any_crash_say_so(crash) -> None:
    assert "without any crash" in message(crash, lambda folder, key, value: None)
    assert "ValueError: no" in message(crash, lambda folder, key, value: int("x") if 0 else raising())
    assert "nothing is there before" in message(crash, atomic, lambda folder, key: b"always")
    assert "model is one of" in message(crash, atomic, model="ext9")


def raising():
    raise ValueError("no")


def test_nothing_stays_wrapped(crash) -> None:
    before = os.open, open, os.replace, Path.open
    message(crash, naive)
    assert before == (os.open, open, os.replace, Path.open)


def test_a_writer_may_fail_when_its_calls_do_but_must_not_lie(crash) -> None:
    def stubborn(folder, key, value):
        with open(folder / f"{key}.new", "wb", 0) as file:
            while value:
                value = value[file.write(value) :]
            try:
                os.fsync(file.fileno())
            except OSError:
                os.fsync(file.fileno())
        os.rename(folder / f"{key}.new", folder / key)
        sync(folder)

    def hasty(folder, key, value):
        with open(folder / f"{key}.new", "wb", 0) as file:
            file.write(value)
            os.fsync(file.fileno())
        os.rename(folder / f"{key}.new", folder / key)
        sync(folder)

    crash.check(atomic, load, errors=True)
    for write in (stubborn, hasty):
        crash.check(write, load)
    assert "fsync, call 2: Input/output error" in message(crash, stubborn, errors=True)
    assert "write, call 1: short" in message(crash, hasty, errors=True)
