"""What the paper draws, over leaves on the servers of this run: each conforms, with the claims of its parts.

Judging one takes a minute of a core; the quick profile has the quickest, the full one all of them.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from compositions import HOME
from provision.kind import Server
from storage_combinators import (
    Cache,
    Json,
    Logging,
    Memory,
    Mount,
    Notify,
    Ref,
    Relative,
    Sequential,
    Switch,
    WriteBack,
)
from storage_combinators.edges.open_store import open_store
from storage_conformance import judge

# A store has no verb to close it: the connections of its client end when it is collected, which Python warns of.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
STEP = 4  # the one for slow stores, so that a verdict does not depend on how busy the machine is


@dataclass(frozen=True)
class Leaves:
    """The leaves for one directory of a trial: at its name, on each server."""

    places: dict[str, Server]
    directory: Path

    def __getattr__(self, kind: str) -> Any:
        before, mark, options = self.places[kind].url.partition("?")
        return open_store(f"{before.rstrip('/')}/{self.directory.name}{mark}{options}")


@dataclass(frozen=True)
class Drawn:
    """A drawing of the paper, by its figures, over real leaves."""

    figures: str
    build: Callable[[Leaves], Any]
    claims: dict[str, object] = field(default_factory=lambda: {"survives": "reopen"})  # no program of ours is killed


def to_do(leaves: Leaves) -> Any:
    return Switch({"lists": Logging(Cache(Memory(), Json(leaves.s3)), Notify()), "user": Json(leaves.redis)})


def wunderlist(leaves: Leaves) -> Any:
    return Cache(Memory(), Switch({"login": Json(leaves.redis), "lists": Json(leaves.sftp)}))


DRAWN = {
    "home directory": Drawn("23, 24", lambda on: Relative(on.sftp, HOME)),
    "storage stack": Drawn("30", lambda on: Cache(Memory(), Json(on.s3))),
    "write-back": Drawn("31", lambda on: WriteBack(Memory(), Json(on.redis)), {}),
    "Wunderlist": Drawn("32", lambda on: Relative(wunderlist(on), Ref("login"))),
    "To-Do": Drawn("34", lambda on: Relative(to_do(on), Ref("lists"))),
    "levels": Drawn("31", lambda on: Sequential((on.redis, on.sftp))),
    "mount": Drawn("16", lambda on: Mount(on.redis, {Ref("a"): on.s3})),
}


QUICK = ("write-back",)
SLOW = pytest.mark.skipif(
    os.environ.get("STORAGE_PROFILE", "quick") == "quick", reason="takes a minute: make test PROFILE=full has it"
)


def conforms(drawn: Drawn, s3: Server, redis: Server, sftp: Server) -> None:
    places = {"s3": s3, "redis": redis, "sftp": sftp}

    def factory(directory: Path) -> Any:
        return drawn.build(Leaves(places, directory))

    report = judge(factory, step=STEP, claims=drawn.claims)
    assert {law.law: law.why for law in report.laws if law.verdict in ("broken", "not run")} == {}
    assert report.verdict == "conforms"


@pytest.mark.parametrize("name", [pytest.param(name, marks=[] if name in QUICK else SLOW) for name in DRAWN])
def test_it_conforms(name: str, s3_place: Server, redis_place: Server, sftp_place: Server) -> None:
    conforms(DRAWN[name], s3_place, redis_place, sftp_place)
