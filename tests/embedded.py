"""Servers that need no installation, in threads of this process: each a context manager that yields a URL."""

import asyncio
import json
import logging
import os
import select
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote_to_bytes

__all__ = ["asyncssh_server", "autoindex", "bare_s3", "embedded_s3", "fake_redis", "serving"]

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
BUCKET = "tests"


def embedded_s3(around: Callable[[App], App] = lambda app: app) -> AbstractContextManager[str]:
    """moto, with three things mended that it does otherwise than S3; `around` may break others."""
    return bare_s3(lambda app: whole_requests(one_at_a_time(around(app))), takes_line_ends)


@contextmanager
def bare_s3(
    around: Callable[[App], App] = lambda app: app, making: Callable[[], AbstractContextManager[Any]] = nullcontext
) -> Iterator[str]:
    """moto's server in a thread of this process, on a free port of 127.0.0.1, with one bucket.

    `around` wraps it, and its routes are made within `making()`.
    """
    from moto.server import ThreadedMotoServer

    from storage_combinators.leaves.s3_client import connect

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # not a line for each request
    server: Any = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    server._server.app = around(server._server.app)
    try:
        endpoint = "http://{}:{}".format(*server.get_host_and_port())
        with making():  # at the first request of all
            connect(endpoint, "us-east-1", "key", "secret", 1).create_bucket(Bucket=BUCKET)
        yield f"s3://key:secret@{BUCKET}?endpoint={endpoint}&region=us-east-1"
    finally:
        server.stop()


def one_at_a_time(app: App) -> App:
    """S3 does each conditional request in one step; moto, asked by two threads at once, checks and then writes."""
    lock = Lock()

    def locked(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        with lock:
            return list(app(environ, start_response))

    return locked


def whole_requests(app: App) -> App:
    """S3 does nothing for a request that is cut short, in its head or body; moto does what came."""

    def checked(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        if len(body) < length or hung_up(environ["werkzeug.socket"]):
            start_response("400 Bad Request", [])
            return []
        return app({**environ, "wsgi.input": BytesIO(body)}, start_response)

    return checked


def hung_up(connection: socket.socket) -> bool:
    """Is this the end of what the client sends? Then a head that looks whole may be half of one."""
    try:
        return bool(select.select([connection], [], [], 0)[0]) and connection.recv(1, socket.MSG_PEEK) == b""
    except OSError:
        return True


def takes_line_ends() -> AbstractContextManager[Any]:
    """moto finds no route for a key with a line end in it, since a dot matches none; S3 and MinIO take such keys."""
    from moto.moto_server.utilities import RegexConverter

    def init(self: Any, *args: Any) -> None:
        before(self, *args)
        self.regex = f"(?s:{self.regex})"

    before = RegexConverter.__init__
    return patch.object(RegexConverter, "__init__", init)


@contextmanager
def fake_redis() -> Iterator[str]:
    """fakeredis behind a real socket."""
    from fakeredis import TcpFakeServer

    server = TcpFakeServer(("127.0.0.1", 0), server_type="redis")
    server.daemon_threads = True
    server.RequestHandlerClass = patient(server.RequestHandlerClass)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"redis://127.0.0.1:{server.server_address[1]}/0"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def patient(handler: type) -> type:
    """fakeredis's handler, whose socket does not block, so that a large answer must wait until there is room for it."""

    class Patient(handler):
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            self.writer.writer = self
            self.rfile.readline = partial(self.rfile.read1, 1 << 20)  # 8 MB take 4 s line by line

        def write(self, data: bytes) -> None:
            rest = memoryview(data)
            while rest and select.select([], [self.connection], [], 30)[1]:
                rest = rest[self.connection.send(rest) :]

        def flush(self) -> None:
            pass

    return Patient


@contextmanager
def asyncssh_server(folder: Path, password: str = "secret", sftp: Any = True) -> Iterator[str]:
    """SFTP, and sh for SCP, by asyncssh over `folder`, with a host key of its own."""
    import asyncssh

    key = asyncssh.generate_private_key("ssh-ed25519")

    connections = []

    class Doorkeeper(asyncssh.SSHServer):
        def connection_made(self, connection: asyncssh.SSHServerConnection) -> None:
            connections.append(connection)

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, given: str) -> bool:
            return (username, given) == ("tester", password)

    async def shell(process) -> None:
        given = await process.stdin.read()  # what came, also when the connection was cut: as a shell would have it
        child = await asyncio.create_subprocess_shell(process.command, stdin=-1, stdout=-1, stderr=-1, cwd=folder)
        printed, complaints = await child.communicate(given)
        process.stdout.write(printed)
        process.stderr.write(complaints)
        process.exit(child.returncode)

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[key], server_factory=Doorkeeper, sftp_factory=sftp,
            process_factory=shell, encoding=None,
        )  # fmt: skip

    with running_loop() as loop:
        acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result()
        place = f"tester:{password}@127.0.0.1:{acceptor.get_port()}{folder}/data"
        try:
            yield f"sftp://{place}?host_key={key.get_fingerprint()}"
        finally:
            asyncio.run_coroutine_threadsafe(shut(acceptor, connections), loop).result()


async def shut(acceptor, connections) -> None:
    acceptor.close()
    for connection in connections:
        connection.abort()
        await connection.wait_closed()
    await acceptor.wait_closed()
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


@contextmanager
def running_loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """A web server of `handler`; its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def autoindex(folder: Path) -> Iterator[str]:
    """Files below `folder`/data as nginx serves them with autoindex_format json."""
    (folder / "data").mkdir(exist_ok=True)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = self.path.partition("?")[0]
            path = os.fsencode(folder / "data") + unquote_to_bytes(asked)
            if os.path.isdir(path) and not asked.endswith("/"):
                self.answer(301, b"", location=asked + "/")
            elif os.path.isdir(path):
                self.answer(200, listing(path), "application/json")
            elif os.path.isfile(path):
                self.answer(200, Path(os.fsdecode(path)).read_bytes())
            else:
                self.answer(404, b"not found")

        do_HEAD = do_GET

        def answer(self, status: int, body: bytes, kind: str = "text/plain", location: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if location:
                self.send_header("Location", f"http://{self.headers['Host']}{location}")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with serving(Handler) as port:
        yield f"nginx+http://127.0.0.1:{port}/"


def listing(path: bytes) -> bytes:
    shown = [entry for entry in os.scandir(path) if not entry.name.startswith(b".")]
    told = [{"name": os.fsdecode(e.name), "type": "directory" if e.is_dir() else "file"} for e in shown]
    return json.dumps(told, ensure_ascii=False).encode(errors="surrogateescape")
