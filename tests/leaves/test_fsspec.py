"""What is special to Fsspec: what it says of each file system, whole values, and no stale listing."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from fsspec.implementations.dirfs import DirFileSystem
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.spec import AbstractFileSystem

from storage_combinators.leaves.disk import Disk
from storage_combinators.leaves.fsspec import Fsspec
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Missing, Refused


@pytest.fixture(params=["memory", "file", "object"])
def store(request, tmp_path: Path) -> Fsspec:
    if request.param == "object":
        return Fsspec(str(tmp_path / "x"), LocalFileSystem(skip_instance_cache=True))
    return Fsspec({"memory": f"fsspec+memory://{uuid4().hex}", "file": f"fsspec+file://{tmp_path}/x"}[request.param])


def test_a_ref_beside_what_is_below_it(store: Fsspec) -> None:
    refs = [Ref(), Ref("a"), Ref("a", "b"), Ref("A"), Ref("n" * 300, "é"), Ref("a.v"), Ref("*")]
    assert list(store.refs(Ref())) == list(store.refs(Ref(), 1)) == []
    for ref in refs:
        store.put(ref, str(ref).encode())
    assert sorted(store.refs(Ref())) == sorted(refs)
    assert set(store.refs(Ref(), 1)) == {ref.cut(1) for ref in refs if ref}
    assert list(store.refs(Ref("a"), 1)) == [Ref("a", "b")]
    for ref in refs:
        assert store.get(ref) == str(ref).encode()
        store.delete(ref)
        store.delete(ref)
        with pytest.raises(Missing):
            store.get(ref)
    assert list(store.refs(Ref())) == list(store.refs(Ref(), 1)) == []


def test_local_files_are_disks_files(tmp_path: Path) -> None:
    store = Fsspec(f"fsspec+file://{tmp_path}")
    store.put(Ref("a", "B"), b"1")
    assert Disk(tmp_path).get(Ref("a", "B")) == b"1"
    (tmp_path / ".drafts" / "left").write_bytes(b"half")
    assert list(store.refs(Ref())) == [Ref("a", "B")]


def test_a_reader_sees_whole_values_only(store: Fsspec) -> None:
    values = (b"1" * 500_000, b"2" * 700_000)
    store.put(Ref("a"), values[0])
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(lambda: [store.put(Ref("a"), values[number % 2]) for number in range(60)])
        while not writing.done():
            assert store.get(Ref("a")) in values
        writing.result()


def test_a_put_that_fails_leaves_the_old_value_and_no_draft(tmp_path: Path, monkeypatch) -> None:
    store = Fsspec(f"fsspec+file://{tmp_path}")
    store.put(Ref("a"), b"old")

    def full(self, path, value, **options):
        Path(path).write_bytes(value[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LocalFileSystem, "pipe_file", full)
    with pytest.raises(OSError, match="No space"):
        store.put(Ref("a"), b"new")
    assert store.get(Ref("a")) == b"old"
    assert list((tmp_path / ".drafts").iterdir()) == []


class Broken(MemoryFileSystem):
    protocol = "broken"
    cachable = False

    def cat_file(self, path, **options):
        raise PermissionError(path)

    info = ls = cat_file


def test_a_failure_is_not_absence() -> None:
    store = Fsspec("/x", Broken())
    for ask in (lambda: store.get(Ref("a")), lambda: list(store.refs(Ref("a"), 0)), lambda: list(store.refs(Ref(), 1))):
        with pytest.raises(PermissionError):
            ask()


class Caching(MemoryFileSystem):
    """It lists a folder as it was when it was first asked, until it is told to forget, as remote ones do."""

    protocol = "caching"
    cachable = False

    def ls(self, path, detail=True, **options):
        if path not in self.dircache:
            self.dircache[path] = super().ls(path, detail=True)
        return self.dircache[path]

    def invalidate_cache(self, path=None):
        self.dircache.clear()


def test_a_listing_is_never_a_remembered_one() -> None:
    store, place = Fsspec(f"/{uuid4().hex}", Caching()), Ref("a")
    for name in "bcd":
        store.put(place / name, b"1")
        assert place / name in set(store.refs(place, 1))


@pytest.mark.parametrize("protocol", ["ftp", "hdfs", "broken"])
def test_of_other_file_systems_it_claims_less(protocol: str) -> None:
    store = Fsspec("/x", Broken()) if protocol == "broken" else Fsspec(f"fsspec+{protocol}://me:hunter2@h/x")
    assert "threads" in store.without
    assert "survives" not in store.claims
    assert "hunter2" not in repr(store)


def test_a_folder_in_a_folder_is_as_safe_as_its_file_system(tmp_path: Path) -> None:
    for place, safe in ((LocalFileSystem(), True), (Broken(), False)):
        inner = DirFileSystem(str(tmp_path / "x"), DirFileSystem(str(tmp_path), place))
        store = Fsspec("/", inner)
        assert store.claims.get("survives") == ("kill" if safe else None)
        assert ("threads" not in store.without) == safe
    local = Fsspec("/", DirFileSystem("y", DirFileSystem(str(tmp_path), LocalFileSystem())))
    local.put(Ref("a"), b"1")
    assert Disk(tmp_path / "y").get(Ref("a")) == b"1"


def test_swap_is_refused_since_fsspec_creates_in_two_steps(store: Fsspec) -> None:
    with pytest.raises(Refused):
        store.swap(Ref("a"), MISSING, b"1")
    seen: list[str] = []

    class Between(AbstractFileSystem):  # the default of fsspec: somebody else has time to write in between
        cachable = False

        def exists(self, path, **options):
            seen.append("checked")
            return False

        def open(self, path, mode="rb", **options):
            seen.append("written")
            return open("/dev/null", mode)

    Between().pipe_file("a", b"1", mode="create")
    assert seen == ["checked", "written"]
