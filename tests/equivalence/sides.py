"""Who is asked what: for each kind of server the embedded ones, the real one of the run, and further ones."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from embedded import bare_s3
from equivalence import http, redis, s3, sftp
from equivalence.probe import Probe
from provision.kind import Kind, Server
from provision.plan import FURTHER, KINDS
from provision.run import Run

__all__ = ["TOPICS", "Absent", "Side", "Topic"]

S3, REDIS, SFTP, HTTP = KINDS
VERSITYGW, WEED = FURTHER


class Absent(Exception):
    """This run has no such server; says why."""


@dataclass(frozen=True)
class Side:
    """A column of a table. `fake` starts an embedded server; without it the run's own is asked."""

    column: str
    kind: Kind
    fake: Callable[[], AbstractContextManager[Server]] | None = None

    @contextmanager
    def server(self, run: Run) -> Iterator[Server]:
        """The server, while the block runs. Absent where this run has none."""
        if self.fake:
            with self.fake() as server:
                yield server
            return
        choice = run.choices.get(self.kind.name)
        if choice is None or choice.source == "embedded" or self.column.lower() not in choice.what.lower():
            raise Absent(f"this run has no {self.column}: {choice or 'no program of that name'}")
        with run.server(self.kind) as server:
            yield server


@dataclass(frozen=True)
class Topic:
    """A table: what is asked, of whom, and what opens an empty place for a question."""

    title: str
    opened: Callable[[Server], Any]
    probes: Sequence[Probe]
    sides: Sequence[Side]

    def ask(self, probe: Probe, side: Side, server: Server) -> str:
        with side.kind.place(server) as place:
            return probe.ask(self.opened(place))


@contextmanager
def bare() -> Iterator[Server]:
    with bare_s3() as url:
        yield Server(url, "embedded", S3.embedded_version())


TOPICS = (
    Topic(
        "S3", s3.Bucket, s3.PROBES,
        (
            Side("bare moto", S3, bare), Side("moto", S3, S3.embedded), Side("MinIO", S3),
            Side("versitygw", VERSITYGW), Side("SeaweedFS", WEED),
        ),
    ),
    Topic("Redis", redis.Client, redis.PROBES, (Side("fakeredis", REDIS, REDIS.embedded), Side("Redis", REDIS))),
    Topic("SFTP", sftp.Folder, sftp.PROBES, (Side("asyncssh", SFTP, SFTP.embedded), Side("OpenSSH", SFTP))),
    Topic("HTTP", http.Site, http.PROBES, (Side("autoindex", HTTP, HTTP.embedded), Side("nginx", HTTP))),
)  # fmt: skip
