"""Under Relative, Logging, Cache and Locked(Cache) a store that conforms still does, less what the wrapper gives up."""

from typing import Any

import pytest

from storage_combinators.caching.cache import Cache
from storage_combinators.guarding.locked import Locked
from storage_combinators.leaves.disk import Disk
from storage_combinators.leaves.memory import Memory
from storage_combinators.observing.logging import Logging
from storage_combinators.ref import Ref
from storage_combinators.transforming.relative import Relative
from storage_conformance import Subject, judge, under


def relative(store: Any) -> Any:
    return Relative(store, Ref("under"))


def logging(store: Any) -> Any:
    return Logging(store, id)


def cache(store: Any) -> Any:
    return Cache(Memory(), store)


def locked_cache(store: Any) -> Any:
    return Locked(Cache(Memory(), store))


WRAPS: dict[str, tuple[Any, dict[str, str]]] = {
    "Relative": (relative, {}),
    "Logging": (logging, {}),
    "Cache": (cache, {name: Cache.without[name] for name in ("shared", "threads")}),
    "Locked Cache": (locked_cache, {"shared": Cache.without["shared"]}),
}


def wrapped(leaf: Any, name: str) -> Subject:
    wrap, without = WRAPS[name]
    return under(leaf, name, wrap, without=without)


@pytest.mark.parametrize("name", WRAPS)
@pytest.mark.parametrize("leaf", [Memory, Disk], ids=lambda leaf: leaf.__name__)
def test_what_conforms_still_does_under(leaf: Any, name: str) -> None:
    report = judge(wrapped(leaf, name), step=2 if leaf is Memory else 3)
    assert report.verdict == "conforms", [
        (each.law, each.verdict, each.why) for each in report.laws if each.verdict in ("broken", "not run")
    ]
    assert len([each for each in report.laws if each.verdict == "holds"]) > 30
