"""Shard: where refs are, which of them move, and that settle loses none, wherever it is stopped."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.days import Day, Down, Here
from storage_combinators import Counting, Fanout, Memory, Ref, Refused, Relative, Shard, look, settle, walk

REFS = [Ref("a", str(n)) for n in range(300)]
NAMES = ["one", "two", "three"]


def shard(names: list[str]) -> Shard[int]:
    return Shard({name: Memory() for name in names})


def test_a_place_is_for_ever() -> None:
    """Another hash, or another way to write name and ref, would lose what is stored in real shards."""
    store = shard(NAMES)
    assert [store.name(Ref(text)) for text in ("a", "b", "c", "d", "e", "f")] == PLACES
    assert store.name(Ref()) == store.name(Ref.parse("")) != ""


PLACES = ["three", "two", "one", "one", "two", "three"]


def test_each_shard_has_its_share() -> None:
    shares = Counter(map(shard(NAMES).name, REFS))
    assert set(shares) == set(NAMES)
    assert min(shares.values()) > 60


def test_a_hot_ref_is_split_over_copies_that_are_on_different_shards() -> None:
    """Each client reads the copy that it has first, and all have what one of them wrote."""
    shards = {name: Counting(Memory[int]()) for name in NAMES}
    copies = [Relative(Shard(shards), Ref(f"copy {n}")) for n in range(9)]
    clients = [Fanout((*copies[n:], *copies[:n]), Here()) for n in range(9)]  # type: ignore[arg-type]  # it submits
    clients[4].put(Ref("hot"), 1)
    clients[7].swap(Ref("hot"), 1, 2)
    assert [client.get(Ref("hot")) for client in clients] == [2] * 9
    assert all(each.counts["get", "done"] for each in shards.values())


@given(names=st.lists(st.text(max_size=5), min_size=1, max_size=6, unique=True), more=st.text(max_size=6))
@settings(deadline=None, max_examples=60)
def test_a_new_name_takes_and_nothing_else_moves(names: list[str], more: str) -> None:
    before, after = shard(names), shard([*names, more])
    moved = [ref for ref in REFS[:60] if before.name(ref) != after.name(ref)]
    assert all(after.name(ref) == more for ref in moved)


def grown(day: Day) -> Shard[int]:
    """Three shards that hold what belongs there as long as there are two."""
    two = shard(NAMES[:2])
    cells: dict[str, dict[Ref, int]] = {name: {} for name in NAMES}
    for number, ref in enumerate(REFS[:6]):
        cells[two.name(ref)][ref] = number
    return Shard({name: day.source(cells[name]) for name in NAMES})


def test_settle_moves_what_is_looked_for_elsewhere_and_nothing_else() -> None:
    store, told = grown(Day()), list[Ref]()
    wrong = {ref for ref in REFS[:6] if look(store, ref) not in range(6)}
    assert 0 < len(wrong) < 6
    assert settle(store, told.append) == len(wrong)
    assert set(told) == wrong
    assert [store.get(ref) for ref in REFS[:6]] == list(range(6))
    assert settle(store) == 0


def test_settle_that_fails_anywhere_loses_nothing_and_goes_on() -> None:
    quiet = Day()
    settle(grown(quiet))
    for call in range(1, quiet.calls + 1):
        for way in ("before", "after"):
            day = Day({call: way})
            store = grown(day)
            with pytest.raises(Down):
                settle(store)
            held = {ref for memory in day.memories for ref in memory.cells}
            assert held == set(REFS[:6])
            settle(store)
            assert [store.get(ref) for ref in REFS[:6]] == list(range(6))
            assert sum(len(memory.cells) for memory in day.memories) == 6


def test_what_was_written_where_it_belongs_is_newer_than_what_moves() -> None:
    store = grown(Day())
    wrong = next(ref for ref in REFS[:6] if look(store, ref) not in range(6))
    store.put(wrong, 99)
    settle(store)
    assert store.get(wrong) == 99


def test_a_shard_that_refuses_keeps_what_it_should_have_given() -> None:
    class Full(Memory[int]):
        def swap(self, ref: Ref, old: object, new: object, /) -> None:
            raise Refused("full")

    ref = next(ref for ref in REFS if shard(NAMES).name(ref) == "three")
    store = Shard({"one": Memory({ref: 1}), "two": Memory(), "three": Full()})
    with pytest.raises(Refused):
        settle(store)
    assert store.shards["one"].get(ref) == 1


def test_a_shard_that_leaves_gives_all_it_has_to_the_others() -> None:
    store = shard(NAMES)
    for number, ref in enumerate(REFS[:30]):
        store.put(ref, number)
    leaving = store.shards["three"]
    held = set(walk(leaving, Ref()))
    left = Shard({name: store.shards[name] for name in NAMES[:2]})
    newer = min(held)
    left.put(newer, -1)
    assert settle(left, leaving=[leaving]) == len(held) > 0
    assert not set(walk(leaving, Ref()))
    assert {ref: left.get(ref) for ref in REFS[:30]} == {ref: n for n, ref in enumerate(REFS[:30])} | {newer: -1}
    assert settle(left, leaving=[leaving]) == 0
