"""Each leaf over a server with the proxy between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import redis
from botocore.exceptions import BotoCoreError, ClientError

from faults.messages import Http1, Messages, Resp
from faults.proxy import Proxy
from provision.fixtures import HTTP, REDIS, S3, SFTP
from provision.run import Run
from storage_combinators import Bytes, Memory
from storage_combinators.edges.http_server import serve
from storage_combinators.edges.open_store import open_store

__all__ = ["LEAVES", "READERS", "WRITERS", "Leaf", "Wire", "Wires"]


@dataclass(frozen=True)
class Leaf:
    """`late`: as Model says. `scheme`: of the server's URL, and of this leaf's."""

    name: str
    failures: tuple[type[Exception], ...]
    messages: type[Messages] = Http1
    late: bool = False
    kind: Any = None
    scheme: tuple[str, str] = ("", "")

    def __str__(self) -> str:
        return self.name


SSH = {"messages": Messages, "late": True, "kind": SFTP}
WRITERS = [
    Leaf("s3", (BotoCoreError, ClientError), kind=S3),
    Leaf("obstore", (OSError,), kind=S3, scheme=("s3:", "obstore+s3:")),
    Leaf("redis", (redis.RedisError,), Resp, kind=REDIS),
    Leaf("sftp", (ConnectionError,), **SSH),
    Leaf("scp", (ConnectionError,), scheme=("sftp:", "scp:"), **SSH),
    Leaf("http", (httpx.HTTPError,)),
]
READERS = [Leaf("nginx", (OSError,), kind=HTTP)]
LEAVES = [*WRITERS, *READERS]


@dataclass
class Wire:
    leaf: Leaf
    proxy: Proxy
    url: str
    folder: Path | None  # of the files that the server serves, if it is known

    def store(self, *options: str) -> Any:
        url, mark, rest = self.url.partition("?")
        return open_store(url + "?" * bool(mark or options) + "&".join([*[rest] * bool(rest), *options]))

    def impatient(self) -> Any:
        """A store that waits for a second."""
        if self.leaf.name in ("http", "nginx"):
            return replace(self.store(), timeout=1)
        return self.store("timeout=1")

    @property
    def secret(self) -> str:
        """What no message may show."""
        return urlsplit(self.url).password or "hunter2"


@dataclass
class Wires:
    """Keeps the servers of a run of tests; `until` ends them."""

    run: Run
    until: ExitStack
    servers: dict[str, Any]

    @contextmanager
    def to(self, leaf: Leaf) -> Iterator[Wire]:
        """An empty place on the server of `leaf`, behind a proxy of its own."""
        with self.place(leaf) as (url, folder):
            host, port = address(url)
            with Proxy(host, port, leaf.messages) as proxy:
                swapped = url.replace(f"{host}:{port}", f"127.0.0.1:{proxy.port}")
                yield Wire(leaf, proxy, swapped.replace(*leaf.scheme, 1), folder)

    @contextmanager
    def place(self, leaf: Leaf) -> Iterator[tuple[str, Path | None]]:
        if leaf.kind is None:
            with serve(Bytes(Memory())) as server:
                yield server, None
        else:
            if leaf.kind.name not in self.servers:
                self.servers[leaf.kind.name] = self.until.enter_context(self.run.server(leaf.kind))
            with leaf.kind.place(self.servers[leaf.kind.name]) as place:
                yield place.url, Path(place.folder) if place.folder else None


def address(url: str) -> tuple[str, int]:
    """Host and port of the server of `url`."""
    endpoint = url.partition("endpoint=")[2].partition("&")[0]
    host, _, port = urlsplit(endpoint or url).netloc.rpartition("@")[2].partition(":")
    return host, int(port)
