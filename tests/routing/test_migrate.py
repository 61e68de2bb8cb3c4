"""migrate: what is left in the old store is brought to the new one; stopped anywhere, it goes on."""

from contextlib import suppress

import pytest

from routing.days import Day, Down
from storage_combinators import Migrate, Ref, migrate

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
    with pytest.raises(ValueError, match="one store"):
        Migrate(source, source)
