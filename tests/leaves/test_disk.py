"""Disk: what is where in the folder. The general laws are the suite's."""

import os
import random
from pathlib import Path
from typing import Any

import pytest

from leaves.disk_helpers import AB, A, run, shape
from storage_combinators import MISSING, Conflict, Memory, Missing, Ref, Refused, Store, exists, look
from storage_combinators.leaves.disk import Disk
from storage_combinators.store import Depth

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*multi-threaded, use of fork:DeprecationWarning"
)  # forks are the point


def test_a_ref_and_refs_below_it_lie_side_by_side(tmp_path: Path) -> None:
    store = Disk(tmp_path)
    store.put(A, b"1")
    store.put(AB, b"2")
    store.put(Ref(), b"0")
    assert shape(tmp_path) == {"a.v", "a", "a/b.v", ".v"}
    assert [store.get(ref) for ref in (Ref(), A, AB)] == [b"0", b"1", b"2"]
    assert sorted(store.refs(Ref())) == [Ref(), A, AB]


def test_the_folder_is_made_by_writing_not_by_reading(tmp_path: Path) -> None:
    store = Disk(tmp_path / "new" / "deep")
    assert (look(store, A), list(store.refs(Ref())), list(store.refs(A, 1))) == (MISSING, [], [])
    assert shape(tmp_path) == set()
    store.put(A, b"1")
    assert Disk(str(tmp_path / "new" / "deep")).get(A) == b"1"


def test_delete_removes_the_folders_that_it_empties(tmp_path: Path) -> None:
    store = Disk(tmp_path)
    store.put(Ref("a", "b", "c", "d"), b"1")
    store.put(AB, b"2")
    store.delete(Ref("a", "b", "c", "d"))
    assert shape(tmp_path) == {"a", "a/b.v"}
    store.swap(AB, b"2", MISSING)
    assert shape(tmp_path) == set()


def test_what_others_put_there_is_neither_shown_nor_in_the_way(tmp_path: Path) -> None:
    store = Disk(tmp_path)
    store.put(AB, b"1")
    for name in ("README", "notes.txt", ".hidden", "a/%61.v", "a/x.v.bak", "plain"):
        (tmp_path / name).write_text("?")
    (tmp_path / "Folder").mkdir()
    (tmp_path / "Folder" / "x.v").write_text("?")
    assert set(store.refs(Ref())) == {AB}
    assert set(store.refs(Ref(), 1)) == {A}
    store.delete(AB)
    assert (tmp_path / "a" / "x.v.bak").exists()


def test_a_ref_too_long_for_a_path_is_refused_and_missing(tmp_path: Path) -> None:
    store, ref = Disk(tmp_path), Ref(*["n" * 100] * 60)
    with pytest.raises(Refused):
        store.put(ref, b"1")
    with pytest.raises(Refused):
        store.swap(ref, MISSING, b"1")
    store.delete(ref)
    assert (look(store, ref), exists(store, ref), list(store.refs(ref)), shape(tmp_path)) == (MISSING, False, [], set())


def test_a_ref_of_many_names_is_no_problem(tmp_path: Path) -> None:
    store, ref = Disk(tmp_path, "kill"), Ref(*["n"] * 1200)
    store.put(ref, b"1")
    assert list(store.refs(Ref())) == [ref]
    assert list(store.refs(Ref(), 1)) == [Ref("n")]
    store.delete(ref)
    assert shape(tmp_path) == set()


def ask_without_permission(store: Disk) -> None:
    if os.getuid() == 0:
        os.setuid(65534)  # root may read everything
    for ask in (store.get, lambda ref: list(store.refs(ref, 0)), lambda ref: list(store.refs(A))):
        with pytest.raises(PermissionError):
            ask(AB)


def test_a_permission_is_a_failure_and_not_absence(tmp_path: Path) -> None:
    store = Disk(tmp_path)
    store.put(AB, b"1")
    (tmp_path / "a").chmod(0)
    try:
        run(ask_without_permission, (store,))
    finally:
        (tmp_path / "a").chmod(0o700)


def test_a_failure_to_read_is_no_absence(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    store = Disk(tmp_path / "loop" / "in")
    for ask in (store.get, lambda ref: list(store.refs(ref, 0)), lambda ref: list(store.refs(ref, 1))):
        with pytest.raises(OSError, match="symbolic links"):
            ask(A)


def test_values_are_bytes(tmp_path: Path) -> None:
    store: Any = Disk(tmp_path)
    store.put(A, memoryview(b"12")[:1])
    store.swap(A, bytearray(b"1"), bytearray(b"2"))
    assert store.get(A) == b"2"
    for value in ("text", 1, None, MISSING):
        with pytest.raises(TypeError):
            store.put(A, value)
    with pytest.raises(TypeError):
        store.swap(A, "2", b"3")
    assert store.get(A) == b"2"


def test_a_text_is_no_ref(tmp_path: Path) -> None:
    store: Any = Disk(tmp_path)
    for verb in (store.get, store.delete, lambda ref: store.put(ref, b""), lambda ref: list(store.refs(ref))):
        with pytest.raises(TypeError, match="is no Ref"):
            verb("a")
    assert list(store.refs(Ref())) == []


def test_a_level_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="power, order, kill"):
        Disk("x", "Power")  # type: ignore[arg-type]  # that is the point


def test_swap_compares_with_what_is_there_now(tmp_path: Path) -> None:
    store = Disk(tmp_path)
    with pytest.raises(Conflict):
        store.swap(A, b"1", b"2")
    store.swap(A, MISSING, b"1")
    for old in (MISSING, b"2"):
        with pytest.raises(Conflict):
            store.swap(A, old, b"3")
    store.swap(A, b"1", MISSING)
    store.swap(A, MISSING, MISSING)
    with pytest.raises(Missing):
        store.get(A)


DEPTHS: tuple[Depth, ...] = (0, 1, None)


def swapped(store: Store[bytes], ref: Ref, old: Any, new: Any) -> bool:
    try:
        store.swap(ref, old, new)
    except Conflict:
        return False
    return True


@pytest.mark.parametrize("seed", range(8))
def test_random_runs_agree_with_memory(tmp_path: Path, seed: int) -> None:
    long = "l" * 136
    refs = [Ref(), A, AB, Ref("A"), Ref(long), Ref(long + "l"), Ref(long, "l"), Ref(long + "l", "b"), Ref("é" * 300)]
    dice, store, model = random.Random(seed), Disk(tmp_path, "kill"), Memory[bytes]()
    for _ in range(80):
        ref, base, old, new = dice.choice(refs), dice.choice(refs), *dice.choices([b"1", b"2", MISSING], k=2)
        assert swapped(store, ref, old, new) == swapped(model, ref, old, new)
        assert look(store, ref) == look(model, ref)
        for depth in DEPTHS:
            assert sorted(store.refs(base, depth)) == sorted(model.refs(base, depth))


@pytest.mark.parametrize("folder", ["", "typo"])
def test_where_nobody_has_written_what_changes_nothing_makes_nothing(tmp_path: Path, folder: str) -> None:
    store = Disk(tmp_path / folder)
    store.delete(A)
    store.delete(Ref("a" * 5000))
    with pytest.raises(Conflict):
        store.swap(A, b"1", b"2")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / folder).mkdir(exist_ok=True)
    (tmp_path / folder / "a.v").write_bytes(b"1")  # as another hand spells it
    store.delete(A)
    assert look(store, A) is MISSING
