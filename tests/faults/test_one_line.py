"""What a user sees of a server that is wrong: one clear line, exit 2 from the command, no credential."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import asyncssh
import pytest
import redis

import embedded
import real
from faults.proxy import Proxy
from storage_combinators import Ref
from storage_combinators.edges.open_store import UsageError, open_store
from storage_conformance.command import run

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # clients without a close
SECRET = "hunter2"
Given = Callable[[Path], Any]  # from an empty folder to a context with a URL
GIVEN: dict[str, tuple[Given, str]] = {}  # and what the line says


def given(name: str, says: str) -> Callable[[Any], Any]:
    def kept(function: Any) -> Any:
        GIVEN[name] = contextmanager(function), says
        return function

    return kept


def nobody(url: str) -> Given:
    """`url`, with the port of a server that is gone."""

    @contextmanager
    def opened(_: Path) -> Iterator[str]:
        with Proxy("127.0.0.1", 9) as proxy:
            proxy.die()
            yield url.format(f"127.0.0.1:{proxy.port}")

    return opened


for name, url, says in [
    ("S3", f"s3://key:{SECRET}@bucket?endpoint=http://{{}}&region=us-east-1", "connect"),
    ("obstore", f"obstore+s3://key:{SECRET}@bucket/x?endpoint=http://{{}}&region=us-east-1", "error sending request"),
    ("Redis", f"redis://:{SECRET}@{{}}/0", "refused"),
    ("SFTP", f"sftp://tester:{SECRET}@{{}}/data?host_key=SHA256:a", "Connect call failed"),
    ("SCP", f"scp://tester:{SECRET}@{{}}/data?host_key=SHA256:a", "Connect call failed"),
    ("HTTP", f"http://tester:{SECRET}@{{}}/data", "refused"),
    ("nginx", f"nginx+http://tester:{SECRET}@{{}}/data", "refused"),
]:
    GIVEN[f"{name}: no server"] = nobody(url), says


def answering(status: int, verbs: str, body: bytes = b"") -> type[BaseHTTPRequestHandler]:
    """A server that answers `status` to these verbs, and to others that nothing is there."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            listing = b"<ListBucketResult/>" if "list-type=2" in self.path else b"<Error><Code>NoSuchKey</Code></Error>"
            said, text = (status, body) if self.command in verbs else (200 if b"List" in listing else 404, listing)
            self.send_response(said)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text if self.command != "HEAD" else b"")

        do_GET = do_HEAD = do_PUT = do_DELETE = do_PATCH = do_POST = answer

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def s3_error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()


def s3_url(port: int, scheme: str = "s3") -> str:
    return f"{scheme}://key:{SECRET}@bucket/x?endpoint=http://127.0.0.1:{port}&region=us-east-1"


@given("S3: wrong password", "SignatureDoesNotMatch|403")  # the answer to HEAD has no words
def _(_: Path) -> Iterator[str]:
    handler = answering(403, "GET HEAD PUT DELETE POST", s3_error("SignatureDoesNotMatch"))
    with embedded.serving(handler) as port:
        yield s3_url(port)


@given("obstore: wrong password", "SignatureDoesNotMatch|403")
def _(_: Path) -> Iterator[str]:
    handler = answering(403, "GET HEAD PUT DELETE POST", s3_error("SignatureDoesNotMatch"))
    with embedded.serving(handler) as port:
        yield s3_url(port, "obstore+s3")


@given("HTTP: wrong password", "401")
def _(_: Path) -> Iterator[str]:
    with embedded.serving(answering(401, "GET HEAD PUT DELETE PATCH")) as port:
        yield f"http://tester:{SECRET}@127.0.0.1:{port}/data"


@given("nginx: wrong password", "401")
def _(_: Path) -> Iterator[str]:
    with embedded.serving(answering(401, "GET HEAD")) as port:
        yield f"nginx+http://tester:{SECRET}@127.0.0.1:{port}/data"


@given("Redis: wrong password", "WRONGPASS|invalid username-password|invalid password")
def _(folder: Path) -> Iterator[str]:
    with redis_program(folder) as url:
        yield url.replace("right", SECRET)


@given("SFTP: wrong password", "Permission denied")
def _(folder: Path) -> Iterator[str]:
    with embedded.asyncssh_server(folder) as url:
        yield url.replace(":secret@", f":{SECRET}@")


@given("S3: read only", "AccessDenied")
def _(_: Path) -> Iterator[str]:
    with embedded.serving(answering(403, "PUT DELETE", s3_error("AccessDenied"))) as port:
        yield s3_url(port)


@given("HTTP: read only", "403")
def _(_: Path) -> Iterator[str]:
    with embedded.serving(answering(403, "PUT DELETE PATCH")) as port:
        yield f"http://tester:{SECRET}@127.0.0.1:{port}/data"


@given("Redis: read only", "read only replica")
def _(folder: Path) -> Iterator[str]:
    with redis_program(folder) as url, redis.Redis.from_url(url) as client:
        client.replicaof("127.0.0.1", "9")  # where nobody is
        yield url


@given("Redis: full", "OOM|maxmemory")
def _(folder: Path) -> Iterator[str]:
    with redis_program(folder) as url, redis.Redis.from_url(url) as client:
        client.config_set("maxmemory", 1)
        yield url


class ReadOnly(asyncssh.SFTPServer):
    def mkdir(self, path: bytes, attrs: Any) -> None:
        raise asyncssh.SFTPPermissionDenied("read only")

    def open(self, path: bytes, pflags: int, attrs: Any) -> object:
        if pflags & asyncssh.FXF_WRITE:
            raise asyncssh.SFTPPermissionDenied("read only")
        return super().open(path, pflags, attrs)


class Full(asyncssh.SFTPServer):
    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")


@given("SFTP: read only", "read only")
def _(folder: Path) -> Iterator[str]:
    with embedded.asyncssh_server(folder, SECRET, ReadOnly) as url:
        yield url


@given("SFTP: full", "No space left on device")
def _(folder: Path) -> Iterator[str]:
    with embedded.asyncssh_server(folder, SECRET, Full) as url:
        yield url


@given("SCP: full", "No space left on device|cut short")
def _(folder: Path) -> Iterator[str]:
    with tiny(folder), embedded.asyncssh_server(folder, SECRET) as url:
        fill(folder)
        yield url.replace("sftp:", "scp:")


@given("files: full", "No space left on device")
def _(folder: Path) -> Iterator[str]:
    with tiny(folder):
        fill(folder)
        yield f"file://{folder}/data"


@given("files: read only", "(denied|not permitted|Read-only)")
def _(folder: Path) -> Iterator[str]:
    if os.geteuid() == 0:  # who may write everywhere but where the kernel lets nobody
        yield "file:///sys/store"
        return
    folder.chmod(0o500)
    yield f"file://{folder}/data"
    folder.chmod(0o700)


@contextmanager
def redis_program(folder: Path) -> Iterator[str]:
    if not real.found("redis-server"):
        pytest.skip("redis-server is not installed")
    with real.redis_server(folder, "right") as url:
        yield url


@contextmanager
def tiny(folder: Path) -> Iterator[None]:
    """`folder` as a disk of 64 KiB."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder: Path) -> None:
    with (folder / "filler").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:  # it is full
            pass


def is_one_clear_line(text: str, says: str) -> None:
    assert "\n" not in text.strip()
    assert SECRET not in text
    assert "Traceback" not in text
    assert len(text) < 700  # of which a path may be 200
    assert re.search(says, text)


@pytest.mark.parametrize("name", GIVEN)
def test_it_is_told_in_one_clear_line(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make, says = GIVEN[name]
    with make(tmp_path) as url:
        store = open_store(url)
        with pytest.raises(Exception) as failure:
            store.get(Ref("a")) if "nginx" in name else store.put(Ref("a"), b"1" * 5000)
        is_one_clear_line(str(failure.value), says)
        capsys.readouterr()
        assert run([url]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        is_one_clear_line(err, says)


@pytest.mark.parametrize(
    "url",
    [
        f"nosuch://me:{SECRET}@host/x",
        f"s3:///bucket-without-a-name?endpoint=http://me:{SECRET}@host",
        f"s3://me:{SECRET}@bucket?timeout=never",
        f"redis://:{SECRET}@host/0?timeout=0",
        f"sftp://me:{SECRET}@host/x?timeout=-1",
        f"obstore+s3://me:{SECRET}@bucket?timeout=soon",
    ],
)
def test_a_url_that_says_nothing_is_told_in_one_clear_line(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError) as failure:
        open_store(url)
    is_one_clear_line(str(failure.value), "")
    assert run([url]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    is_one_clear_line(err, "")
