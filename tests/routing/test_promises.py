"""What combinators of many sources cannot promise: a law that fails, and what stands over it and repairs it."""

from collections.abc import Callable
from itertools import count, takewhile
from typing import Any

import pytest

from routing.days import KINDS, OLD, A, Day, Down, Here, Reader, replica
from routing.races import FREE, LOCKED, Racing, at_once, put, seen, strange
from storage_combinators import ByVerb, Failing, FailOver, Fanout, Locked, Memory, Retry, Sequential
from storage_combinators.routing.compare import Compare


def with_old(make: Callable[[Day], Any]) -> Callable[[Racing], Any]:
    def made(day: Racing) -> Any:
        store = make(day)
        store.put(A, "old")
        return store

    return made


RACY: dict[str, Callable[[Racing], Any]] = {
    **{name: KINDS[name][0] for name in ("Overlay", "Migrate", "Union", "Condition", "Levels")},
    "Sequential": lambda day: Sequential((day.source(), day.source(OLD))),
    "Replica": with_old(replica),
    "Compare": with_old(lambda day: Compare(day.source(), day.source())),
}


@pytest.mark.parametrize("name", RACY)
def test_two_at_once_may_come_in_no_order_and_locked_over_it_they_do_not(name: str) -> None:
    assert any(strange(RACY[name], FREE))
    assert not list(strange(lambda day: Locked(RACY[name](day)), LOCKED))


@pytest.mark.parametrize("name", ["Fanout", "Shard", "Shadow"])
def test_what_one_source_decides_keeps_the_order(name: str) -> None:
    assert not list(strange(with_old(KINDS[name][0]), FREE))


def disagreement(wrap: Callable[[Any], Any], patience: float) -> bool:
    """Two puts through a Fanout at once, at any moment: do its sources ever differ afterwards?"""
    days: list[Racing] = []

    def make(day: Racing) -> Any:
        days.append(day)
        return wrap(Fanout((day.source(), day.source()), Here()))  # type: ignore[arg-type]  # it submits

    for at in (1, 2):
        assert at_once(make, put("one"), put("two"), at, patience)
    return any(day.memories[0].cells != day.memories[1].cells for day in days)


def test_a_fanout_may_leave_its_sources_in_two_orders_and_locked_over_it_does_not() -> None:
    assert disagreement(lambda store: store, FREE)
    assert not disagreement(Locked, LOCKED)


def half_written(writes: int) -> tuple[Day, Any]:
    """A put of "new" over "old" that reached the last source alone."""
    day = Day()
    store = replica(day, writes)
    store.put(A, "old")
    offered = day.calls + 4 - writes + 1  # the call after those that read
    day.fails = dict.fromkeys((offered, offered + 1), "before")
    with pytest.raises(Down):
        store.put(A, "new")
    assert [memory.cells[A].value for memory in day.memories] == ["old", "old", "new"]
    return day, store


def read_without(day: Day, store: Any, *gone: int) -> Any:
    day.away, day.own = dict.fromkeys(gone, 1), {}
    try:
        return store.get(A)
    finally:
        day.away = {}


def test_where_any_one_is_read_a_failed_write_comes_and_goes_until_repair() -> None:
    day, store = half_written(3)
    assert [read_without(day, store, 0, 1), read_without(day, store, 2)] == ["new", "old"]
    store.repair()
    assert [read_without(day, store, 0, 1), read_without(day, store, 2)] == ["new", "new"]


def test_where_a_majority_is_read_what_was_read_once_stays() -> None:
    day, store = half_written(2)
    assert read_without(day, store, 2) == "old"
    assert read_without(day, store, 0) == "new"
    assert [read_without(day, store, gone) for gone in (2, 0, 1)] == ["new", "new", "new"]


@pytest.mark.parametrize("kind", ["Fanout", "Overlay", "Migrate", "Union", "Condition", "Levels", "Replica of all"])
def test_a_write_that_failed_is_open_and_retry_over_it_finishes_it(kind: str) -> None:
    make, held = KINDS[kind]
    for call in range(1, 12):
        for way in ("before", "after"):
            day = Day({call: way})
            store = Retry(make(day), (0,), (Down,), lambda pause: None)
            reader = Reader(store, {ref: [value] for ref, value in held.items()})
            assert not reader.do("put", A, "new 9")
            assert not reader.do("get", A)
            assert not reader.do("delete", A)


def test_a_standby_that_nobody_writes_answers_old_and_fanout_below_it_keeps_it_alike() -> None:
    def down(verb: str, ref: Any) -> None:
        if days[0].over:
            raise Down(verb)

    days = [Day()]
    first, second = Failing(Memory({A: "old"}), before=down), Memory({A: "old"})
    bare = FailOver((first, second))
    bare.put(A, "new")
    days[0].over = True
    assert bare.get(A) == "old"
    days[0].over = False
    kept = ByVerb(Fanout((first, second), Here()), {"get": bare, "refs": bare})  # type: ignore[arg-type]  # it submits
    kept.put(A, "new")
    days[0].over = True
    assert kept.get(A) == "new"


def test_two_who_read_while_it_moves_both_find_it() -> None:
    moments = list(takewhile(bool, (at_once(KINDS["Migrate"][0], seen, seen, at, FREE) for at in count(1))))
    assert len(moments) == 4
    assert set(moments) == {("old", "old", "old")}
