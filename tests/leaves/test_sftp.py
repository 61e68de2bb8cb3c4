"""What is special to Sftp: whom it trusts, what it shares with Disk, and what it does when others are at work."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import asyncssh
import pytest

import embedded
import real
from storage_combinators.leaves.disk import Disk
from storage_combinators.leaves.sftp import Sftp
from storage_combinators.leaves.sftp_files import link, scan
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing, Refused


@pytest.fixture(scope="module", params=["embedded", "program"])
def served(request, tmp_path_factory) -> Iterator[tuple[str, Path]]:
    if request.param == "program" and not real.found("sshd"):
        pytest.skip("sshd is not installed")
    folder = tmp_path_factory.mktemp("sftp")
    with embedded.asyncssh_server(folder) if request.param == "embedded" else real.sshd(folder) as url:
        yield url, folder / "data"


@pytest.fixture
def store(served) -> Iterator[Sftp]:
    url, folder = served
    shutil.rmtree(folder, ignore_errors=True)
    store = Sftp(url)
    yield store
    store.close()


@pytest.fixture
def files(served) -> Path:
    return served[1]


def test_what_it_writes_disk_reads_and_the_other_way_round(store: Sftp, files: Path) -> None:
    refs = [Ref(), Ref("a"), Ref("a", "B"), Ref("n" * 300, "é", "con")]
    for ref in refs:
        store.put(ref, str(ref).encode())
    disk = Disk(files)
    assert sorted(disk.refs(Ref())) == sorted(refs)
    disk.put(Ref("a", "B"), b"from the disk")
    disk.put(Ref("d"), b"1")
    assert store.get(Ref("a", "B")) == b"from the disk"
    assert sorted(store.refs(Ref())) == sorted([*refs, Ref("d")])
    assert sorted(map(str, store.refs(Ref(), 1))) == sorted(["a", "d", "n" * 300])


def test_a_draft_that_was_left_behind_does_not_show(store: Sftp, files: Path) -> None:
    store.put(Ref("a"), b"1")
    assert os.listdir(files / ".drafts") == []
    (files / ".drafts" / "left").write_bytes(b"half")
    assert list(store.refs(Ref())) == list(store.refs(Ref(), 1)) == [Ref("a")]


def test_a_folder_goes_with_its_last_value(store: Sftp, files: Path) -> None:
    store.put(Ref("a", "b", "c"), b"1")
    store.put(Ref("a", "d"), b"1")
    store.delete(Ref("a", "b", "c"))
    assert sorted(path.name for path in (files / "a").iterdir()) == ["d.v"]
    store.delete(Ref("a", "d"))
    store.delete(Ref("a", "d"))
    assert not (files / "a").exists()


def test_of_eight_who_create_one_wins(store: Sftp) -> None:
    def create(number: int) -> bool:
        try:
            store.swap(Ref("race", "one"), MISSING, b"%d" % number)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(create, range(8)))
    assert won.count(True) == 1
    assert store.get(Ref("race", "one")) == b"%d" % won.index(True)
    for old, new in ((b"0", b"1"), (b"0", MISSING)):
        with pytest.raises(Refused):
            store.swap(Ref("race", "one"), old, new)
    with pytest.raises(Conflict):
        store.swap(Ref("race", "one"), MISSING, MISSING)
    store.swap(Ref("race", "two"), MISSING, MISSING)


def test_a_delete_that_prunes_does_not_disturb_a_put(store: Sftp) -> None:
    def work(name: str) -> None:
        for _ in range(15):
            store.put(Ref("x", "y", name), b"1")
            assert store.get(Ref("x", "y", name)) == b"1"
            store.delete(Ref("x", "y", name))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, "abcd"))
    assert list(store.refs(Ref())) == []


def test_one_connection_serves_all_threads_and_is_made_anew_when_lost(store: Sftp, monkeypatch) -> None:
    made: list[object] = []
    connect = asyncssh.connect
    monkeypatch.setattr(asyncssh, "connect", lambda **options: made.append(options) or connect(**options))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: store.put(Ref(str(number)), b"1"), range(12)))
    assert len(made) == 1
    opening = store.ssh.opening[os.getpid()]
    asyncio.run_coroutine_threadsafe(cut(opening.result().connection), opening.get_loop()).result()
    assert store.get(Ref("3")) == b"1"
    assert len(made) == 2


async def cut(connection: asyncssh.SSHClientConnection) -> None:
    connection.abort()
    await connection.wait_closed()


def test_a_host_key_that_is_not_known_is_not_trusted(served, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    url, _ = served
    address, _, options = url.partition("?")
    rest = "&".join(option for option in options.split("&") if not option.startswith("host_key"))
    (tmp_path / "known").write_text("other.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFGYCv0Vi0nrkyJmHfbPdwXKvHBpa\n")
    for trust in ("", "host_key=SHA256:" + "A" * 43, f"known_hosts={tmp_path}/known"):
        stranger = Sftp(f"{address}?{'&'.join(filter(None, [trust, rest]))}")
        with pytest.raises(ConnectionError, match=r"^[^\n]*[Hh]ost key[^\n]*$"):
            stranger.get(Ref("a"))


def test_a_known_hosts_file_is_heeded(served, tmp_path: Path) -> None:
    url, _ = served
    address, _, options = url.partition("?")
    rest = [option for option in options.split("&") if not option.startswith("host_key")]
    host, port = Sftp(url).url.split_as("sftp").hostname, Sftp(url).url.split_as("sftp").port
    key = asyncio.run(asyncssh.get_server_host_key(host, port, server_host_key_algs=["ssh-ed25519"]))
    (tmp_path / "known").write_bytes(f"[{host}]:{port} ".encode() + key.export_public_key())
    store = Sftp(f"{address}?{'&'.join([f'known_hosts={tmp_path}/known', *rest])}")
    with pytest.raises(Missing):
        store.get(Ref("nothing"))
    store.close()


def test_a_wrong_password_and_no_server_are_told_in_one_line(tmp_path: Path) -> None:
    with embedded.asyncssh_server(tmp_path) as url:
        store = Sftp(url.replace("secret", "hunter2"))
        with pytest.raises(ConnectionError, match="Permission denied") as failure:
            store.get(Ref("a"))
    assert "hunter2" not in f"{failure.value!r} {store!r}"
    with pytest.raises(ConnectionError, match=r"^[^\n]+$"):
        store.put(Ref("a"), b"1")


class Replacing(asyncssh.SFTPServer):
    def link(self, oldpath: bytes, newpath: bytes) -> None:
        shutil.copyfile(oldpath, newpath)


class Poor(asyncssh.SFTPServer):
    def link(self, oldpath: bytes, newpath: bytes) -> None:
        raise asyncssh.SFTPOpUnsupported("no links")

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        raise asyncssh.SFTPOpUnsupported("no renaming over")


@pytest.mark.parametrize("server", [Replacing, Poor])
def test_a_server_that_cannot_create_in_one_step_is_found_out(server: type, tmp_path: Path) -> None:
    with embedded.asyncssh_server(tmp_path, sftp=server) as url:
        store = Sftp(url)
        with pytest.raises(Refused):
            store.swap(Ref("a"), MISSING, b"1")
        with pytest.raises(Missing):
            store.get(Ref("a"))
        if server is Poor:
            with pytest.raises(Refused):
                store.put(Ref("a"), b"1")
        assert os.listdir(tmp_path / "data" / ".drafts") == []
        store.close()


class Losing:
    """A server that gives up a listing when a file vanishes, once; `left` is whether the folder is still there."""

    def __init__(self, left: bool) -> None:
        self.left, self.asked = left, 0

    async def scandir(self, folder: str):
        self.asked += 1
        yield SimpleNamespace(filename="a.v", attrs=SimpleNamespace(type=asyncssh.FILEXFER_TYPE_REGULAR))
        if self.asked == 1:
            raise asyncssh.SFTPNoSuchFile("a file is gone")

    async def lstat(self, path: str) -> None:
        if not self.left:
            raise asyncssh.SFTPNoSuchFile("the folder is gone")


def test_a_file_that_vanishes_while_listing_does_not_hide_the_others() -> None:
    assert asyncio.run(scan(Losing(left=True), "folder")) == [("a.v", False)]
    assert asyncio.run(scan(Losing(left=False), "folder")) == []


class Changing:
    """A server on which the target is there when it is to be linked, and gone when it is looked at, `times`."""

    def __init__(self, times: int) -> None:
        self.times = times

    async def link(self, path: str, target: str) -> None:
        self.times -= 1
        if self.times >= 0:
            raise asyncssh.SFTPFailure("Failure")

    async def lstat(self, path: str) -> None:
        raise asyncssh.SFTPNoSuchFile("gone")


def test_what_vanishes_while_a_value_is_created_is_no_reason_to_fail() -> None:
    assert asyncio.run(link(Changing(2), "draft", "target"))
    failing = Changing(10**9)
    with pytest.raises(asyncssh.SFTPFailure):
        asyncio.run(link(failing, "draft", "target"))
    assert failing.times >= 10**9 - 10  # it is told soon, for the server may be far


@pytest.mark.parametrize(
    "url", ["ssh://h/x", "sftp:///x", "sftp://h:x/", "sftp://h/x?hostkey=SHA256:a", "sftp://h/?key=", "sftp://h"]
)
def test_a_malformed_url_is_told_in_one_line(url: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        Sftp(url)
