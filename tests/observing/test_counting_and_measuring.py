"""Counting and Measuring: nothing is lost among threads, and what is told is right."""

import sys
from concurrent.futures import ThreadPoolExecutor
from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_combinators import Counting, Measuring, Memory, Ref, exists, look
from storage_combinators.observing.measuring import Measure

A = Ref("a")


@pytest.fixture
def busy() -> object:
    """Threads take turns as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("busy")
def test_no_count_and_no_second_is_lost_among_threads() -> None:
    counting = Counting(Memory())
    measuring = Measuring(counting, clock=lambda: 0.0)

    def work(_: int) -> None:
        for _ in range(250):
            measuring.put(A, b"12")
            look(measuring, Ref("nothing"))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert dict(counting.counts) == {("put", "done"): 2000, ("get", "Missing"): 2000}
    assert [measuring.seconds[verb].count for verb in ("put", "get")] == [2000, 2000]
    assert (measuring.sizes["put"].count, measuring.sizes["put"].sum) == (2000, 4000)


def test_a_question_is_a_listing_that_is_left_early() -> None:
    store = Counting(Memory({A: 1}))
    assert exists(store, A)
    assert dict(store.counts) == {("refs", "done"): 1}


def test_a_listing_that_nobody_reads_is_not_counted() -> None:
    store = Counting(Memory({A: 1}))
    store.refs(Ref())
    assert not store.counts


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_a_measure_is_right_in_little_room(numbers: list[float]) -> None:
    measure = Measure()
    for number in numbers:
        measure.add(number)
    true = sorted(numbers)[(len(numbers) - 1) // 2]
    assert (measure.count, measure.least, measure.most) == (len(numbers), min(numbers), max(numbers))
    assert true <= measure.median <= 2 * true
    assert sum(measure.below.values()) == len(numbers)


def test_of_nothing_there_is_no_median() -> None:
    assert isnan(Measure().median)


def test_the_room_does_not_grow_with_the_number_of_verbs() -> None:
    ticks = iter(range(10**6))
    store = Measuring(Memory({A: b"x"}), clock=lambda: next(ticks))
    for _ in range(1000):
        store.get(A)
    assert len(store.seconds["get"].below) == 1
