"""Bounded against a list that is kept in the order of use, over failures, and beside threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage_combinators import (
    MISSING,
    Bounded,
    Cache,
    Conflict,
    Disk,
    Failing,
    Memory,
    Merging,
    Missing,
    Ref,
    Refused,
    WriteThrough,
    look,
)

LIMIT = 10
REFS = [Ref(name) for name in "abcd"]
steps = st.lists(
    st.tuples(st.sampled_from(["get", "put", "delete", "swap"]), st.sampled_from(REFS), st.integers(0, 12)), max_size=30
)


class Model:
    """What an LRU of ten bytes holds, the one that was used last at the end."""

    def __init__(self) -> None:
        self.held: list[tuple[Ref, bytes]] = []

    def get(self, ref: Ref) -> bytes | None:
        found = next((value for each, value in self.held if each == ref), None)
        if found is not None:
            self.use(ref, found)
        return found

    def use(self, ref: Ref, value: bytes) -> None:
        self.held = [(each, held) for each, held in self.held if each != ref] + [(ref, value)]

    def put(self, ref: Ref, value: bytes) -> None:
        self.use(ref, value)
        while sum(len(held) for _, held in self.held) > LIMIT:
            self.held.pop(0)

    def delete(self, ref: Ref) -> None:
        self.held = [(each, held) for each, held in self.held if each != ref]


@given(steps)
@settings(deadline=None, max_examples=150)
def test_it_holds_what_an_lru_of_that_size_holds(steps: list[tuple[str, Ref, int]]) -> None:
    source: Memory[bytes] = Memory()
    store, model = Bounded(source, LIMIT), Model()
    for verb, ref, size in steps:
        value = b"x" * size
        if verb == "get":
            assert look(store, ref) == (model.get(ref) if ref in dict(model.held) else MISSING)
        elif verb == "delete":
            store.delete(ref)
            model.delete(ref)
        elif size > LIMIT:
            with pytest.raises(Refused):
                store.put(ref, value)
        elif verb == "put":
            store.put(ref, value)
            model.put(ref, value)
        else:
            store.swap(ref, dict(model.held).get(ref, MISSING), value)
            model.put(ref, value)
        assert source.cells == dict(model.held)


@given(steps, st.sets(st.integers(0, 40)), st.booleans())
@settings(deadline=None, max_examples=100)
def test_whatever_fails_it_never_holds_more(steps: list[tuple[str, Ref, int]], fails: set[int], after: bool) -> None:
    source: Memory[bytes] = Memory()
    calls = iter(range(10**6))

    def fail(verb: str, ref: Ref) -> None:
        if next(calls) in fails:
            raise OSError(verb)

    def held() -> int:
        return sum(map(len, source.cells.values()))

    store = Bounded(Failing(source, after=fail) if after else Failing(source, before=fail), LIMIT)
    for verb, ref, size in steps:
        arguments: dict[str, tuple[Any, ...]] = {"put": (b"x" * size,), "swap": (MISSING, b"x" * size)}
        try:
            getattr(store, verb)(ref, *arguments.get(verb, ()))
        except (OSError, Missing, Conflict, Refused):
            pass
        assert held() <= LIMIT
    fails.clear()
    for ref in REFS:
        store.put(ref, b"12345")  # what it believes is there does not keep it from working
        assert held() <= LIMIT


def test_threads_do_not_make_it_hold_more() -> None:
    source: Memory[bytes] = Memory()
    store = Bounded(source, LIMIT)

    def work(number: int) -> None:
        for at in range(200):
            store.put(REFS[(number + at) % 4], b"x" * (at % 7))
            look(store, REFS[at % 4])
            assert sum(map(len, list(source.cells.values()))) <= LIMIT

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    assert store.room.total == sum(map(len, source.cells.values()))


def test_what_a_disk_holds_already_is_counted(tmp_path: Any) -> None:
    disk = Disk(tmp_path)
    for ref in REFS:
        disk.put(ref, b"12345")
    store = Bounded(Disk(tmp_path), LIMIT)
    store.put(Ref("new"), b"1234567")
    assert sum(len(disk.get(ref)) for ref in disk.refs(Ref())) <= LIMIT
    assert disk.get(Ref("new")) == b"1234567"


def test_what_does_not_fit_is_answered_and_written_by_the_caches_above() -> None:
    caches: list[Callable[[Any, Any], Any]] = [Cache, WriteThrough]
    for cache in caches:
        store = cache(Bounded(Memory(), 3), Memory())
        store.put(Ref("a"), b"1234")
        assert [store.get(Ref("a")), store.get(Ref("a"))] == [b"1234", b"1234"]


def test_what_is_merged_above_is_measured_as_a_whole() -> None:
    store = Merging(Bounded(Memory(), 5), lambda old, new: old + new)
    store.put(Ref("a"), b"123")
    with pytest.raises(Refused):
        store.merge(Ref("a"), b"456")
    assert store.get(Ref("a")) == b"123"


def test_a_smaller_value_that_was_not_written_still_takes_the_room_of_the_larger() -> None:
    source: Memory[bytes] = Memory()
    fails = iter([False, True])

    def fail(verb: str, ref: Ref) -> None:
        if verb == "put" and next(fails, False):
            raise OSError(verb)

    store = Bounded(Failing(source, before=fail), LIMIT)
    store.put(REFS[0], b"12345678")
    with pytest.raises(OSError, match="put"):
        store.put(REFS[0], b"1")
    store.put(REFS[1], b"12345")
    assert source.cells == {REFS[1]: b"12345"}


def test_a_limit_below_nothing_is_told_when_it_is_made() -> None:
    with pytest.raises(ValueError, match="at least 0, not -1"):
        Bounded(Memory(), -1)
    store = Bounded(Memory[bytes](), 0)
    store.put(Ref("a"), b"")
    with pytest.raises(Refused):
        store.put(Ref("a"), b"1")
