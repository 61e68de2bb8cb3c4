"""A dozen combinators over leaves on the servers of this run, under all laws; each has the claims of its parts.

Several sources are alike, for what a tree claims has to hold at each of its refs. Judging one takes
up to a minute of a core; the quick profile has one, the full one all of them.
"""

from typing import Any

import pytest

from edges.test_compositions_on_servers import SLOW, Drawn, Leaves, conforms
from provision.kind import Server
from storage_combinators import (
    Checked,
    Chunked,
    Compressed,
    Encrypted,
    Escaped,
    Extension,
    Hashed,
    JoinCodec,
    Json,
    Levels,
    Memory,
    Overlay,
    Quota,
    Ref,
    Relative,
    Replica,
    Serialized,
    Shard,
    StampedCodec,
    TextCodec,
    Union,
)

# A store has no verb to close it: the connections of its client end when it is collected, which Python warns of.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def part(store: Any, name: str) -> Any:
    return Relative(store, Ref(name))


def hashed(on: Leaves) -> Any:
    return Hashed(part(on.redis, "data"), Serialized(part(on.redis, "names"), TextCodec()))


def chunked(on: Leaves) -> Any:
    return Serialized(Chunked(part(on.s3, "lists"), part(on.s3, "pieces"), 1024), JoinCodec())


def replica(on: Leaves) -> Any:
    return Replica(tuple(Serialized(part(on.redis, name), StampedCodec()) for name in ("a", "b", "c")), 2)


DOZEN = {
    "Extension": Drawn("", lambda on: Extension(on.redis, ".json")),
    "Escaped": Drawn("", lambda on: Escaped(on.sftp)),
    "Hashed": Drawn("", hashed),
    "Compressed": Drawn("", lambda on: Compressed(on.redis)),
    "Checked": Drawn("", lambda on: Checked(on.s3)),
    "Encrypted": Drawn("", lambda on: Encrypted(on.redis, (bytes(32),))),
    "Chunked": Drawn("", chunked),
    "Quota": Drawn("", lambda on: Quota(part(on.redis, "data"), Json(part(on.redis, "used")), 10**9)),
    "Levels": Drawn("", lambda on: Levels((Memory(), part(on.redis, "near"), part(on.redis, "far")))),
    "Union": Drawn("", lambda on: Union((part(on.redis, "upper"), part(on.redis, "lower")))),
    "Overlay": Drawn("", lambda on: Overlay(part(on.redis, "upper"), part(on.redis, "lower"), part(on.redis, "marks"))),
    "Shard": Drawn("", lambda on: Shard({"one": part(on.redis, "one"), "two": part(on.redis, "two")})),
    "Replica": Drawn("", replica),
}
QUICK = ("Encrypted",)


@pytest.mark.parametrize("name", [pytest.param(name, marks=[] if name in QUICK else SLOW) for name in DOZEN])
def test_it_conforms(name: str, s3_place: Server, redis_place: Server, sftp_place: Server) -> None:
    conforms(DOZEN[name], s3_place, redis_place, sftp_place)
