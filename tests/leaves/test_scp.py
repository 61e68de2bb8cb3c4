"""What is special to Scp: commands that are quoted, counted and told apart."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncssh
import pytest

import embedded
import real
from storage_combinators.leaves.scp import _PUT, Scp
from storage_combinators.leaves.sftp import Sftp
from storage_combinators.leaves.ssh import Connected
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Missing, Refused


@pytest.fixture(scope="module", params=["embedded", "program"])
def served(request, tmp_path_factory) -> Iterator[tuple[str, Path]]:
    if request.param == "program" and not real.found("sshd"):
        pytest.skip("sshd is not installed")
    folder = tmp_path_factory.mktemp("scp")
    with embedded.asyncssh_server(folder) if request.param == "embedded" else real.sshd(folder) as url:
        yield url.replace("/data?", "/d'a%20t$a%3b%0a*?").replace("sftp:", "scp:"), folder / "d'a t$a;\n*"


@pytest.fixture
def store(served) -> Iterator[Scp]:
    url, folder = served
    shutil.rmtree(folder, ignore_errors=True)
    store = Scp(url)
    yield store
    store.close()


def test_it_and_sftp_see_the_same(store: Scp, served) -> None:
    other = Sftp(served[0].replace("scp:", "sftp:"))
    assert list(store.refs(Ref())) == list(store.refs(Ref(), 1)) == []
    values = {
        Ref(): b"",
        Ref("a"): b"\0\xff\r\n",
        Ref("a", "B"): bytes(range(256)) * 2000,
        Ref("n" * 200, "'; exit"): b"1",
    }
    for ref, value in values.items():
        store.put(ref, value)
    for ref, value in values.items():
        assert store.get(ref) == other.get(ref) == value
    for base in (Ref(), Ref("a"), Ref("n" * 200), Ref("none")):
        for depth in (None, 0, 1):
            assert sorted(store.refs(base, depth)) == sorted(other.refs(base, depth))
    other.close()


def test_what_is_deleted_is_gone_with_its_folders(store: Scp, served) -> None:
    store.put(Ref("a", "b", "c"), b"1")
    for _ in range(2):
        store.delete(Ref("a", "b", "c"))
    with pytest.raises(Missing):
        store.get(Ref("a", "b", "c"))
    assert [path.name for path in served[1].iterdir()] == [".drafts"]


def test_what_is_not_ours_is_not_listed_as_by_sftp(store: Scp, served) -> None:
    store.put(Ref("a"), b"1")
    store.put(Ref("f", "b"), b"1")
    (served[1] / "README").write_text("not ours")
    (served[1] / "f" / "x.v").mkdir()
    (served[1] / "link").symlink_to(".")
    (served[1] / "f" / "link.v").symlink_to("nowhere")
    other = Sftp(served[0].replace("scp:", "sftp:"))
    for depth, found in {None: {("a",), ("f", "b"), ("f", "link")}, 1: {("a",), ("f",)}}.items():
        assert {*store.refs(Ref(), depth)} == {*other.refs(Ref(), depth)} == found
    other.close()


def test_swap_is_refused(store: Scp) -> None:
    with pytest.raises(Refused):
        store.swap(Ref("a"), MISSING, b"1")


def test_a_failure_is_not_absence(store: Scp, served) -> None:
    (served[1] / "a.v").mkdir(parents=True)
    with pytest.raises(ConnectionError, match=r"^[^\n]*Is a directory[^\n]*$"):
        store.get(Ref("a"))


def test_more_threads_than_a_connection_has_sessions(store: Scp) -> None:
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda number: store.put(Ref("x", str(number)), b"1"), range(20)))
    assert len(list(store.refs(Ref("x"), 1))) == 20


def test_a_server_that_is_still_ending_sessions_is_asked_again() -> None:
    class Busy:
        refusals = 3

        async def run(self, command: str, **given: object) -> str:
            if self.refusals:
                self.refusals -= 1
                raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "open failed")
            return f"ran {command}"

        def is_closed(self) -> bool:
            return False

    assert asyncio.run(Connected(Busy()).command("ls", b"")) == "ran ls"


def test_a_value_that_was_cut_on_its_way_does_not_replace_the_old_one(tmp_path: Path) -> None:
    draft, file = tmp_path / ".drafts" / "1", tmp_path / "a.v"
    file.write_bytes(b"old")

    def put(sent: bytes) -> int:
        return subprocess.run(["sh", "-c", _PUT, "sh", draft, file, "5"], input=sent, stderr=subprocess.PIPE).returncode

    assert put(b"new") == 1
    assert (file.read_bytes(), list((tmp_path / ".drafts").iterdir())) == (b"old", [])
    assert put(b"whole") == 0
    assert file.read_bytes() == b"whole"
