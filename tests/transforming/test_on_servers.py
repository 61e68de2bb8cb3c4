"""Over disk, Redis and S3, on the servers of this run: a history answers as over memory, and a new stack finds it."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from edges.driving import agree, outcome
from provision.kind import Server
from storage_combinators import Disk, Memory, Ref
from storage_combinators.edges.open_store import open_store
from transforming.made import MADE

# A store has no verb to close it: the connections of its client end when it is collected, which Python warns of.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
REFS = [Ref("a"), Ref("a", "b"), Ref("b", "c"), Ref("d", "é %")]
VALUES = [b"", b"x", b"a longer value" * 9]
IN_MEMORY = {"Hashed", "Inventory", "Quota", "SizeSplit", "TemplateRouter", "Chunked"}  # a part of them is in MADE
REMOVES = {"Packed", "Quota"}  # by a conditional delete, which not every S3 server has


def history(name: str) -> list[tuple[Any, ...]]:
    """Fifty steps, always the same ones; no swap removes, for not every S3 server can."""
    chance, steps, now = Random(name), list[tuple[Any, ...]](), Memory[bytes]()
    for _ in range(50):
        ref, value = chance.choice(REFS), chance.choice(VALUES)
        verb = chance.choice(["get", "put", "put", "merge", "delete", "swap", "refs"])
        old = chance.choice([outcome(now, ("get", ref)), *VALUES])
        more = {"put": (value,), "merge": (value,), "refs": (chance.choice([0, 1, None]),)}
        step = ("swap", ref, old, value) if verb == "swap" and isinstance(old, bytes) else (verb, ref)
        steps.append((*step, *more.get(verb, ())) if verb != "swap" or len(step) == 4 else ("put", ref, value))
        outcome(now, steps[-1])
    return steps


def keeps(name: str, leaf: Any) -> None:
    agree(MADE[name](leaf), Memory(), history(name))
    if name not in IN_MEMORY:
        again = MADE[name](leaf)
        assert all(isinstance(again.get(ref), bytes) for ref in again.refs(Ref()))


@pytest.mark.parametrize("name", MADE)
def test_over_a_disk(name: str, tmp_path: Path) -> None:
    keeps(name, Disk(tmp_path))


@pytest.mark.parametrize("name", MADE)
def test_over_redis(name: str, redis_place: Server) -> None:
    keeps(name, open_store(redis_place.url))


@pytest.mark.parametrize("name", [name for name in MADE if name not in REMOVES])
def test_over_s3(name: str, s3_store: Any) -> None:
    keeps(name, s3_store)
