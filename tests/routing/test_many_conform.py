"""The combinators of many sources, over memory, conform as stores, less what they say that they give up."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from storage_combinators import (
    ByVerb,
    Compare,
    Condition,
    FailOver,
    Fanout,
    Levels,
    Memory,
    Migrate,
    Overlay,
    PassThrough,
    Replica,
    Shadow,
    Shard,
    Union,
)
from storage_conformance import judge

POOL = ThreadPoolExecutor(3)


@pytest.fixture(scope="module", autouse=True)
def pool() -> Iterator[None]:
    yield
    POOL.shutdown()


def by_verb() -> Any:
    memory = Memory[Any]()
    return ByVerb(memory, {"get": PassThrough(memory), "swap": PassThrough(memory)})


STORES: dict[str, Callable[[], Any]] = {
    "FailOver": lambda: FailOver((Memory(), Memory())),
    "ByVerb": by_verb,
    "Shadow": lambda: Shadow(Memory(), Memory(), lambda *told: None),
    "Compare": lambda: Compare(Memory(), Memory()),
    "Union": lambda: Union((Memory(), Memory()), 1),
    "Condition": lambda: Condition(lambda value: len(value) > 1, Memory(), Memory()),
    "Migrate": lambda: Migrate(Memory(), Memory()),
    "Overlay": lambda: Overlay(Memory(), Memory(), Memory()),
    "Levels": lambda: Levels((Memory(), Memory(), Memory())),
    "Fanout": lambda: Fanout((Memory(), Memory()), POOL),
    "Replica": lambda: Replica((Memory(), Memory(), Memory()), 2),
    "Shard": lambda: Shard({"x": Memory(), "y": Memory()}),
}
TELLS = {"Compare": ["what_fails_below_leaves_before_or_after"]}  # for then its two stores differ, which it says
GIVE_UP_THREADS = ("Compare", "Union", "Condition", "Migrate", "Overlay", "Levels", "Replica")


@pytest.mark.parametrize("name", STORES)
def test_over_memory_it_conforms(name: str) -> None:
    report = judge(STORES[name], step=4)
    broken = [each.law for each in report.laws if each.verdict in ("broken", "not run")]
    assert broken == TELLS.get(name, []), [each.why for each in report.broken]
    assert len([each for each in report.laws if each.verdict == "holds"]) > 30
    assert report.claims["threads"] == (name not in GIVE_UP_THREADS and not name.startswith("Replica"))
