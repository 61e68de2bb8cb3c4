"""Disk: what is synced in which order, and what failures leave."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leaves.disk_helpers import AB, A, drafts, shape
from storage_combinators import MISSING, Ref
from storage_combinators.leaves.disk import Disk


def trace(monkeypatch: pytest.MonkeyPatch, root: Path) -> list[str]:
    """What is done to the disk from now on, in order: each step and the path it is done to."""
    steps: list[str] = []

    def shown(path: str) -> str:
        text = os.path.relpath(path, root)
        return "draft" if text.startswith(".desk/") else text

    def fsync(descriptor: int, real: Callable[[int], None] = os.fsync) -> None:
        steps.append(f"sync {shown(os.readlink(f'/proc/self/fd/{descriptor}'))}")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    for name in ("mkdir", "replace", "unlink", "rmdir"):
        real = getattr(os, name)

        def noted(path: str, *more: Any, name: str = name, real: Callable[..., None] = real) -> None:
            real(path, *more)
            steps.append(" ".join([name, shown(path), *(shown(each) for each in more)]))

        monkeypatch.setattr(os, name, noted)
    return steps


SYNCED = {
    "power": ["sync draft", "mkdir a", "sync .", "replace draft a/b.v", "sync a"],
    "order": ["sync draft", "mkdir a", "replace draft a/b.v"],
    "kill": ["mkdir a", "replace draft a/b.v"],
}
needs_proc = pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="names of descriptors come from /proc")


@needs_proc
@pytest.mark.parametrize("safety", SYNCED)
def test_the_order_of_syncs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, safety: Any) -> None:
    store = Disk(tmp_path, safety)
    store.put(A, b"make the desk")
    steps = trace(monkeypatch, tmp_path)
    store.put(AB, b"1")
    assert steps == SYNCED[safety]


@needs_proc
def test_a_new_root_is_synced_in_its_parent_before_anything_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = trace(monkeypatch, tmp_path)
    Disk(tmp_path / "x" / "y").put(A, b"1")
    made = [step for step in steps if "draft" not in step and "desk" not in step]
    assert made == ["mkdir x", "sync .", "mkdir x/y", "sync x", "sync x/y", "sync x/y"]


@needs_proc
def test_a_root_that_was_there_is_synced_in_its_parent_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "x"
    root.mkdir()
    steps = trace(monkeypatch, tmp_path)
    Disk(root).put(A, b"1")
    assert "sync ." in steps  # who made it may have been killed before that


@needs_proc
def test_a_delete_is_synced_where_a_folder_is_left_and_even_if_nothing_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Disk(tmp_path)
    store.put(AB, b"1")
    steps = trace(monkeypatch, tmp_path)
    store.delete(AB)
    assert steps == ["unlink a/b.v", "rmdir a", "sync ."]
    steps.clear()
    store.delete(AB)
    assert steps == ["sync ."]


@pytest.mark.parametrize(("safety", "survives"), [("power", "power"), ("order", "kill"), ("kill", "kill")])
def test_the_level_decides_what_is_claimed(safety: Any, survives: str) -> None:
    assert Disk("x", safety).claims == {"survives": survives}
    assert eval(repr(Disk("x", safety))) == Disk("x", safety)


def full(*_: object) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def half(descriptor: int, data: memoryview, real: Callable[[int, Any], int] = os.write) -> int:
    return real(descriptor, data[: len(data) // 2]) if len(data) > 1 else full()


FAULTS = {"write": full, "half a write": half, "fsync": full, "replace": full, "mkdir": full}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("verb", ["put", "swap"])
def test_a_failing_write_leaves_the_old_value_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, verb: str
) -> None:
    store, new = Disk(tmp_path), Ref("new", "deep")
    store.put(AB, b"old")
    before = shape(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, fault.rsplit(maxsplit=1)[-1], FAULTS[fault])
        for ref, old in ((AB, b"old"), (new, MISSING)):
            if fault != "mkdir" or ref == new:
                with pytest.raises(OSError, match="No space"):
                    store.put(ref, b"next" * 9) if verb == "put" else store.swap(ref, old, b"next" * 9)
    assert (store.get(AB), shape(tmp_path), drafts(tmp_path)) == (b"old", before, [])
    store.put(new, b"later")
    assert store.get(new) == b"later"


def test_a_folder_that_could_not_be_synced_is_not_taken_for_a_finished_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Disk(tmp_path)
    store.put(A, b"1")
    real = os.fsync
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: full() if shape(tmp_path) > {"a.v"} else real(descriptor))
        with pytest.raises(OSError, match="No space"):
            store.put(Ref("x", "y", "z"), b"1")
    assert shape(tmp_path) == {"a.v"}


def test_short_writes_are_written_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:3]))
    store = Disk(tmp_path)
    store.put(A, b"0123456789")
    assert store.get(A) == b"0123456789"
