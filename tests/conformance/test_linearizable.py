"""The checker of histories: known ones, hand-made ones, and every small one against brute force."""

from itertools import chain, combinations, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_combinators.store import MISSING, Conflict
from storage_conformance.linearizable import Event, drawn, order_of, orders, shortened, step, unordered


def put(thread: int, value: Any, start: float, end: float | None, key: str = "r") -> Event:
    return (thread, ("put", key, value), None, start, end)


def got(thread: int, answer: Any, start: float, end: float | None, key: str = "r") -> Event:
    return (thread, ("get", key), answer, start, end)


def swapped(thread: int, old: Any, new: Any, answer: Any, start: float, end: float | None) -> Event:
    return (thread, ("swap", "r", old, new), answer, start, end)


ZERO = {"r": 0}
KNOWN: dict[str, tuple[bool, dict[str, Any], list[Event]]] = {
    # The first two are the register histories that Porcupine's own tests have from a quiz of MIT 6.824 of 2017.
    "reads beside a write may see it in either order": (
        True, ZERO, [put(0, 100, 0, 100), got(1, 100, 25, 75), got(2, 0, 30, 60)]),
    "what one has read, a later reader reads too": (
        False, ZERO, [put(0, 200, 0, 100), got(1, 200, 10, 30), got(2, 0, 40, 90)]),
    # Herlihy and Wing 1990, figure 1, told of a register: two writes at once, then reads that must agree.
    "two writes at once may come in either order": (
        True, {}, [put(0, 1, 0, 10), put(1, 2, 0, 10), got(0, 1, 11, 12), got(1, 1, 13, 14)]),
    "but in one order only": (
        False, {}, [put(0, 1, 0, 10), put(1, 2, 0, 10), got(0, 1, 11, 12), got(1, 2, 13, 14)]),
    "a stale read": (False, ZERO, [put(0, 1, 0, 1), got(1, 0, 2, 3)]),
    "a read from nowhere": (False, ZERO, [got(0, 7, 0, 1)]),
    "nothing at all": (True, {}, []),
    "a write without an answer may have happened": (True, ZERO, [put(0, 1, 0, None), got(1, 1, 5, 6)]),
    "or may happen late": (True, ZERO, [put(0, 1, 0, None), got(1, 0, 5, 6), got(1, 1, 7, 8)]),
    "but not before it began": (False, ZERO, [got(1, 1, 0, 1), put(0, 1, 2, None)]),
    "nor be undone": (False, ZERO, [put(0, 1, 0, None), got(1, 1, 5, 6), got(1, 0, 7, 8)]),
    "what it would have answered does not matter": (
        True, ZERO, [(0, ("del", "r"), "never told", 0, None), got(1, KeyError, 5, 6)]),
    "one of two equal swaps is a Conflict": (
        True, ZERO, [swapped(0, 0, 1, None, 0, 9), swapped(1, 0, 2, Conflict, 0, 9), got(0, 1, 10, 11)]),
    "both succeed": (False, ZERO, [swapped(0, 0, 1, None, 0, 9), swapped(1, 0, 2, None, 0, 9)]),
    "a conflict without a cause": (False, ZERO, [swapped(0, 0, 1, Conflict, 0, 9)]),
    "two creators": (
        False, {}, [swapped(0, MISSING, 1, None, 0, 9), swapped(1, MISSING, 2, None, 0, 9)]),
    "what is there is gone for a moment": (False, ZERO, [put(0, 1, 0, 10), got(1, KeyError, 4, 5)]),
    "deleted twice, once in vain": (
        True, ZERO, [(0, ("del", "r"), None, 0, 9), (1, ("del", "r"), KeyError, 0, 9)]),
    "deleted twice with success": (False, ZERO, [(0, ("del", "r"), None, 0, 9), (1, ("del", "r"), None, 0, 9)]),
    "in, before and after": (
        True, {}, [put(0, 1, 0, 9), (1, ("in", "r"), False, 1, 2), (1, ("in", "r"), True, 3, 4)]),
}  # fmt: skip  # a line each


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_history_is_judged_as_it_is_known(name: str) -> None:
    holds, cells, events = KNOWN[name]
    assert (order_of(events, cells) is not None) is holds
    assert (unordered(events, cells) == []) is holds


CALLS = st.sampled_from(
    [("get", "r"), ("in", "r"), ("del", "r"), ("delete", "r"), ("put", "r", 1), ("put", "r", 2), ("swap", "r", 1, 2),
     ("swap", "r", MISSING, 1), ("swap", "r", 2, MISSING)]
)  # fmt: skip  # a table
ANSWERS = st.sampled_from([None, KeyError, Conflict, 1, 2, True, False])


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Up to five calls; most answers come from some order, so that many histories hold."""
    moments = [sorted(draw(st.tuples(st.integers(0, 9), st.integers(0, 9)))) for _ in range(draw(st.integers(0, 5)))]
    cells: dict[str, Any] = {}
    events: list[Event] = []
    for thread, (start, end) in enumerate(moments):
        call = draw(CALLS)
        right, cells = step(cells, call)
        answer = draw(ANSWERS) if draw(st.integers(0, 4)) == 0 else right
        events.append((thread, call, answer, start, None if draw(st.integers(0, 5)) == 0 else end))
    return events


def permitted(events: list[Event]) -> bool:
    """Brute force: some permutation of those with an end, and any others, in real-time order, gives the answers."""
    ended = [event for event in events if event[4] is not None]
    others = [event for event in events if event[4] is None]
    chosen = chain.from_iterable(combinations(others, number) for number in range(len(others) + 1))
    return any(gives(order) for more in chosen for order in permutations([*ended, *more]))


def gives(order: tuple[Event, ...]) -> bool:
    cells: dict[str, Any] = {}
    for place, (_, call, answer, start, end) in enumerate(order):
        right, cells = step(cells, call)
        if end is not None and right != answer:
            return False
        if any(later[4] is not None and later[4] < start for later in order[place + 1 :]):
            return False
    return True


def test_a_write_without_an_end_that_a_read_saw_stays_in_the_story() -> None:
    history = [
        (0, ("put", "a", 1), None, 0, None),
        (1, ("get", "a"), 1, 1, 2),
        (2, ("get", "a"), KeyError, 3, 4),
    ]
    assert shortened(history, {}) == history


def test_a_write_without_an_end_that_the_other_answers_need_stays_in_the_story() -> None:
    created = [(0, ("swap", "a", MISSING, 1), None, 0, 1), (2, ("swap", "a", MISSING, 2), None, 4, 5)]
    history = [*created, (1, ("delete", "a"), None, 2, 8), (0, ("get", "a"), ConnectionError, 6, 7)]
    short = shortened(history, {})  # not two creations one after the other, which would be another story
    assert [(call[0], answer, end) for _, call, answer, _, end in short] == [
        ("swap", None, 1),
        ("delete", None, None),
        ("swap", None, 5),
        ("get", ConnectionError, 7),
    ]


@given(histories())
def test_it_agrees_with_brute_force(events: list[Event]) -> None:
    order = order_of(events, {})
    assert (order is not None) is permitted(events)
    assert order is None or gives(tuple(events[place] for place in order))


@given(histories())
def test_what_is_shortened_still_has_no_order_and_needs_each_of_its_reads(events: list[Event]) -> None:
    if order_of(events, {}) is not None:
        return
    short = shortened(events, {})
    assert len(short) <= len(events)
    assert order_of(short, {}) is None
    for event in short:
        if event[1][0] in ("get", "in"):
            assert order_of([each for each in short if each is not event], {}) is not None


@given(histories())
def test_orders_are_all_that_can_be_answered(events: list[Event]) -> None:
    ended = [event for event in events if event[4] is not None]
    answers = [event[2] for event in ended]
    assert any(answers == found for found, _ in orders(ended, {})) is permitted(ended)


def test_each_ref_is_judged_by_itself() -> None:
    events = [put(0, 1, 0, 1), got(1, 1, 2, 3), put(0, 2, 4, 5, "q"), got(1, KeyError, 6, 7, "q")]
    assert [event[1][1] for event in unordered(events, {})] == ["q", "q"]


def test_a_long_history_of_many_at_once_is_judged_soon() -> None:
    events = [put(thread, thread, 0, 1000) for thread in range(12)]
    events += [got(thread, thread, 1001 + thread, 1001 + thread) for thread in (3, 3)]
    assert order_of(events, {}) is not None
    assert order_of([*events, got(0, 4, 2000, 2001)], {}) is None


def test_orders_of_two_swaps_at_once() -> None:
    events = [swapped(0, 0, 1, None, 0, 9), swapped(1, 0, 2, None, 0, 9)]
    found = orders(events, ZERO)
    assert len(found) == 2
    assert ([None, Conflict], {"r": 1}) in found
    assert ([Conflict, None], {"r": 2}) in found


def test_a_history_is_drawn_as_bars() -> None:
    lines = drawn([(1, "put(1)", "None", 0, 3), (2, "get()", "1", 1, 2), (1, "get()", "?", 2, None)], width=16)
    assert lines == [
        "thread 1 ├───────────┤      put(1) -> None",
        "thread 2     ├───┤          get() -> 1",
        "thread 1         ├───────┄  get() -> ?",
    ]
