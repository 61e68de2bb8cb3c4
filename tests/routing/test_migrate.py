"""migrate: what is left in the old store is brought to the new one; stopped anywhere, it goes on. And what meets it."""

from contextlib import suppress
from typing import Any

import pytest

from routing.days import Day, Down
from storage_combinators import (
    MISSING,
    Failing,
    Memory,
    Migrate,
    PassThrough,
    Ref,
    Refused,
    Union,
    look,
    migrate,
)

HELD = {Ref("a"): 1, Ref("b"): 2, Ref("b", "c"): 3, Ref("c"): 4}


def begun(day: Day) -> Migrate[int]:
    """Something was read and so moved, something was written, and one move was stopped between its two steps."""
    return Migrate(day.source({Ref("c"): 4, Ref("b"): 20, Ref("d"): 5}), day.source(HELD))


NEWEST = {**HELD, Ref("b"): 20, Ref("d"): 5}


def test_all_is_in_the_new_store_and_nothing_in_the_old() -> None:
    day, told = Day(), list[Ref]()
    store = begun(day)
    assert migrate(store, told=told.append) == 4
    assert sorted(told) == sorted(HELD)
    assert day.memories[0].cells == NEWEST
    assert day.memories[1].cells == {}
    assert migrate(store) == 0


def test_a_part_can_be_moved_alone() -> None:
    day = Day()
    assert migrate(begun(day), Ref("b")) == 2
    assert set(day.memories[1].cells) == {Ref("a"), Ref("c")}


def test_stopped_at_any_call_it_loses_nothing_and_goes_on() -> None:
    quiet = Day()
    migrate(begun(quiet))
    for call in range(1, quiet.calls + 1):
        for way in ("before", "after"):
            day = Day({call: way})
            store = begun(day)
            with suppress(Down):  # but for a swap that conflicts, which has no reply to lose
                migrate(store)
                assert way == "after"
            assert {ref: store.get(ref) for ref in NEWEST} == NEWEST
            migrate(store)
            assert day.memories[0].cells == NEWEST
            assert day.memories[1].cells == {}


def test_one_store_cannot_be_both() -> None:
    source = Day().source()
    with pytest.raises(ValueError, match="one store in two places"):
        Migrate(source, source)


@pytest.mark.parametrize("later", [2, MISSING])
def test_what_another_writes_to_old_during_a_move_is_not_lost(later: Any) -> None:
    """It was deleted unread."""
    old, a = Memory({Ref("a"): 1}), Ref("a")

    def meanwhile(verb: str, ref: Ref) -> None:
        if verb == "swap" and ref == a and old.cells == {a: 1}:
            old.swap(a, 1, later)

    store = Migrate(Failing(Memory(), after=meanwhile), old)
    store.get(a)
    assert store.get(a) == (1 if later is MISSING else later)
    migrate(store)
    assert old.cells == {}
    assert store.get(a) == (1 if later is MISSING else later)


class WithoutSwap(PassThrough[int]):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        raise Refused("not in one step")


def test_an_old_store_that_cannot_swap_is_emptied_all_the_same() -> None:
    old = Memory({Ref("a"): 1, Ref("b"): 2})
    store = Migrate(Memory(), WithoutSwap(old))
    assert store.get(Ref("a")) == 1
    assert migrate(store) == 1
    assert old.cells == {}


@pytest.mark.parametrize("base", [Ref(), Ref("b")])
def test_what_moves_while_it_is_listed_is_listed_once(base: Ref) -> None:
    """New was listed first, then old: what was read in between was in neither listing."""
    store = Migrate(Memory({Ref("b", "n"): 0, Ref("n"): 0}), Memory({**HELD}))
    seen = []
    for ref in store.refs(base):
        seen += [ref]
        for held in HELD:
            store.get(held)
    assert sorted(seen) == sorted(ref for ref in [*HELD, Ref("b", "n"), Ref("n")] if ref.within(base))


class Sized(Memory[int]):
    """A store with a length, as a class that is a mapping too: empty, it counts as false."""

    def __len__(self) -> int:
        return len(self.cells)


def test_an_empty_store_with_a_length_is_a_store() -> None:
    first, second = Memory[int](), Sized()
    store = Union((first, second), into=1)
    store.swap(Ref("a"), MISSING, 1)
    store.merge(Ref("b"), 2)
    assert (first.cells, second.cells) == ({}, {Ref("a"): 1, Ref("b"): 2})


def test_a_holder_with_a_length_that_counts_as_false_is_the_holder() -> None:
    class Falsy(Memory[int]):
        def __bool__(self) -> bool:
            return False

    first, second = Memory[int](), Falsy({Ref("a"): 1})
    store = Union((first, second))
    store.put(Ref("a"), 2)
    store.merge(Ref("a"), 3)
    assert look(first, Ref("a")) is MISSING
    assert second.get(Ref("a")) == 3
