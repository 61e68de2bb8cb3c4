"""The servers that tests talk to, in the order in which one is looked for: address, container, program, embedded.

Containers and local programs come with the real stores; they belong between the two steps of `s3`.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from threading import Lock
from typing import Any

__all__ = ["Server", "s3", "s3_name"]

BUCKET = "tests"


@dataclass(frozen=True)
class Server:
    """Where a server is: a URL that open_store takes, to a place that a test may fill, and what serves it."""

    url: str
    name: str


@contextmanager
def s3(environ: Mapping[str, str] = os.environ) -> Iterator[Server]:
    """An S3 server for as long as the block runs."""
    if "STORAGE_S3_URL" in environ:
        yield Server(environ["STORAGE_S3_URL"], s3_name(environ))
        return
    with embedded_s3() as url:
        yield Server(url, s3_name(environ))


def s3_name(environ: Mapping[str, str] = os.environ) -> str:
    """What `s3` would start or find; without credentials."""
    if "STORAGE_S3_URL" in environ:
        return f"the server at {environ['STORAGE_S3_URL'].rpartition('@')[2]} (STORAGE_S3_URL)"
    return f"embedded moto {version('moto')}"


@contextmanager
def embedded_s3() -> Iterator[str]:
    """moto's server in a thread of this process, on a free port of 127.0.0.1, with one bucket.

    Two things that moto does otherwise than S3 are mended: `one_at_a_time`, and `takes_line_ends`.
    """
    from moto.server import ThreadedMotoServer

    from storage_combinators.leaves.s3_client import connect

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # not a line for each request
    takes_line_ends()
    server: Any = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    server._server.app = one_at_a_time(server._server.app)
    try:
        endpoint = "http://{}:{}".format(*server.get_host_and_port())
        connect(endpoint, "us-east-1", "key", "secret", 1).create_bucket(Bucket=BUCKET)
        yield f"s3://key:secret@{BUCKET}?endpoint={endpoint}&region=us-east-1"
    finally:
        server.stop()


def one_at_a_time(app: Callable[..., Iterable[bytes]]) -> Callable[..., list[bytes]]:
    """S3 does each conditional request in one step; moto, asked by two threads at once, checks and then writes."""
    lock = Lock()

    def locked(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        with lock:
            return list(app(environ, start_response))

    return locked


def takes_line_ends() -> None:
    """moto finds no route for a key with a line end in it, since a dot matches none; S3 and MinIO take such keys."""
    from moto.moto_server.utilities import RegexConverter

    def init(self: Any, *args: Any) -> None:
        before(self, *args)
        self.regex = f"(?s:{self.regex})"

    before = RegexConverter.__init__
    if before.__module__ != __name__:  # once
        init.__module__ = __name__
        RegexConverter.__init__ = init
