"""Disk: listings are lazy, read no more than they must, and are right while others write."""

import os
import threading
from itertools import islice
from pathlib import Path

import pytest

from storage_combinators import MISSING, Ref, exists, look
from storage_combinators.leaves.disk import Disk


def test_a_listing_shows_what_was_there_throughout_once_while_others_come_and_go(tmp_path: Path) -> None:
    store, stop = Disk(tmp_path, "kill"), threading.Event()
    kept = [Ref("d", f"n{number}") for number in range(60)] + [Ref("d", "sub", f"n{number}") for number in range(20)]
    for ref in kept:
        store.put(ref, b"1")

    def disturb() -> None:
        for number in range(100_000):
            if stop.is_set():
                return
            store.put(kept[number % 80], b"2")
            store.put(Ref("d", "gone", str(number % 7)), b"")
            store.delete(Ref("d", "gone", str((number + 3) % 7)))

    writer = threading.Thread(target=disturb)
    writer.start()
    try:
        for _ in range(30):
            seen = [ref for ref in store.refs(Ref()) if "gone" not in ref]
            assert sorted(seen) == sorted(kept)
            level = [ref for ref in store.refs(Ref("d"), 1) if "gone" not in ref]
            assert len(level) == len(set(level)) == 61
    finally:
        stop.set()
        writer.join()


def test_a_folder_that_is_pruned_during_a_listing_is_no_error(tmp_path: Path) -> None:
    store = Disk(tmp_path, "kill")
    for name in "abc":
        store.put(Ref(name, "x"), b"1")
    listing = store.refs(Ref())
    first = next(listing)
    for name in "abc":
        store.delete(Ref(name, "x"))
    assert list(listing) == []
    assert first[1] == "x"


def test_one_level_is_one_scan_of_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Disk(tmp_path, "kill")
    for number in range(30):
        store.put(Ref("d", str(number)), b"1")
        store.put(Ref("d", "deep", "er", str(number)), b"1")
    scanned = []
    real = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: scanned.append(os.path.relpath(path, tmp_path)) or real(path))
    assert len(list(store.refs(Ref("d"), 1))) == 31
    assert scanned == ["d", "d/deep", "d/deep/er"]  # the two below end with their first value
    scanned.clear()
    assert exists(store, Ref("d", "3"))
    assert scanned == []


def test_a_listing_reads_no_further_than_it_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Disk(tmp_path, "kill")
    for number in range(20):
        store.put(Ref(f"d{number}", "x"), b"1")
    scanned = []
    real = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: scanned.append(path) or real(path))
    assert len(list(islice(store.refs(Ref()), 2))) == 2
    assert len(scanned) == 3


def test_below_a_file_of_somebody_else_nothing_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("not ours")
    store = Disk(tmp_path)
    store.put(Ref("b"), b"1")
    assert look(store, Ref("a", "b")) is MISSING
    assert not exists(store, Ref("a", "b"))
    assert list(store.refs(Ref("a"))) == list(store.refs(Ref("a"), 1)) == []
    assert list(store.refs(Ref())) == [Ref("b")]
    with pytest.raises(NotADirectoryError, match="a"):
        store.put(Ref("a", "b"), b"1")
    assert (tmp_path / "a").read_text() == "not ours"


def test_a_listing_goes_through_no_link_and_lists_no_folder_twice(tmp_path: Path) -> None:
    store, other = Disk(tmp_path / "mine", "kill"), Disk(tmp_path / "other", "kill")
    store.put(Ref("a", "b"), b"1")
    other.put(Ref("c"), b"1")
    for name, target in {"one": ".", "two": ".", "out": "../other"}.items():
        (tmp_path / "mine" / name).symlink_to(target)
    (tmp_path / "mine" / "a" / "x.v").mkdir()
    (tmp_path / "mine" / "a" / "x.v" / "y.v").write_text("not ours")
    assert list(store.refs(Ref())) == [Ref("a", "b")]
    assert list(store.refs(Ref(), 1)) == [Ref("a")]
    assert list(store.refs(Ref("out"))) == [Ref("out", "c")]  # a base is asked for by name, as in get
