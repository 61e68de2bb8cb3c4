"""Many sources, each failing at any call: what was acknowledged is there, and nothing is that was never written."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.days import KINDS, A, Day, Reader, at_last, replica
from storage_combinators import Ref

B = Ref("b")
PROGRAM: list[tuple[Any, ...]] = [
    ("put", A, "new 1"), ("swap", A, "new 2"), ("get", A), ("delete", A), ("refs", A),
    ("put", A, "new 4"), ("swap", A, "new 5"), ("put", A, "new 3"), ("delete", A), ("get", A),
]  # fmt: skip  # one step each
WAYS = ("before", "after")
SETTLES = {"Replica of a majority": "older", "Replica of all": "nothing"}


def lived(kind: str, day: Day, program: list[tuple[Any, ...]] = PROGRAM) -> int:
    """Do the program on such a day and judge; how many of its steps failed."""
    make, held = KINDS[kind]
    reader = Reader(make(day), {ref: [held[ref]] for ref in held}, SETTLES.get(kind, "all"))
    failed = sum([reader.do(*step) for step in program])
    at_last(day, reader)
    return failed


def calls(kind: str) -> int:
    day = Day()
    assert lived(kind, day) == 0
    return day.calls


@pytest.mark.parametrize("kind", KINDS)
def test_any_one_call_that_fails_loses_nothing(kind: str) -> None:
    number = calls(kind)
    assert number > 10
    failed = [lived(kind, Day({call: way})) for call in range(1, number + 1) for way in WAYS]
    assert max(failed) == (0 if kind == "Replica of a majority" else 1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_source_that_goes_for_good_loses_nothing(kind: str) -> None:
    day = Day()
    lived(kind, day)
    for source, own in day.own.items():
        for first in range(1, own + 1):
            failed = lived(kind, Day(away={source: first}))
            assert not failed or kind != "Replica of a majority"


steps = st.one_of(
    st.tuples(st.just("put"), st.sampled_from((A, B)), st.sampled_from([f"new {n}" for n in range(9)])),
    st.tuples(st.just("swap"), st.sampled_from((A, B)), st.sampled_from([f"new {n}" for n in range(9)])),
    st.tuples(st.sampled_from(("get", "delete", "refs")), st.sampled_from((A, B))),
)


@pytest.mark.parametrize("kind", KINDS)
@given(
    program=st.lists(steps, min_size=2, max_size=10),
    fails=st.dictionaries(st.integers(1, 60), st.sampled_from(WAYS), max_size=4),
    away=st.dictionaries(st.integers(0, 2), st.integers(1, 20), max_size=1),
)
@settings(deadline=None, max_examples=60)
def test_any_calls_that_fail_lose_nothing(kind: str, program: Any, fails: Any, away: Any) -> None:
    distinct = [(*step[:2], f"{step[2]} {n}") if len(step) == 3 else step for n, step in enumerate(program)]
    lived(kind, Day(fails, away), distinct)


@pytest.mark.parametrize("writes", [1, 2, 3])
def test_a_replica_reads_and_writes_with_as_many_sources_as_it_says(writes: int) -> None:
    for gone in range(4):
        day = Day()
        store = replica(day, writes)
        store.put(A, "kept")
        day.away = dict.fromkeys(range(gone), 1)
        reader = Reader(store, {A: ["kept"]}, "nothing")
        assert reader.do("get", A) == (gone >= writes)
        assert reader.do("put", A, "new") == (gone > min(3 - writes, writes - 1))
