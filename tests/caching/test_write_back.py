"""WriteBack: what happens near while a flush is under way, what a flush asks, and what slow never takes."""

from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_combinators import (
    MISSING,
    Failing,
    Memory,
    Operation,
    Queue,
    ReadOnly,
    Ref,
    Refused,
    Small,
    WriteBack,
    look,
)
from storage_combinators.functions import exists, listed
from storage_combinators.store import Depth

A, B, C = Ref("a"), Ref("b"), Ref("a", "c")
DEPTHS: tuple[Depth, ...] = (None, 0, 1)


@pytest.mark.parametrize("done", ["newer", MISSING])
@pytest.mark.parametrize("near", ["before", "after"])
@pytest.mark.parametrize("far", ["before", "after"])
@pytest.mark.parametrize("waits", ["new", MISSING])
def test_what_fails_near_while_a_flush_is_at_its_ref_is_not_lost(done: Any, near: str, far: str, waits: Any) -> None:
    """A put whose reply was lost was thought to wait already: by then the flush had read an older value, or none."""
    down: list[bool] = []
    lost: list[ConnectionError] = []

    def write(value: Any) -> None:
        store.delete(A) if value is MISSING else store.put(A, value)

    def fail(verb: str, ref: Ref) -> None:
        if down:
            raise ConnectionError("the reply was lost")

    def write_and_lose() -> None:
        try:
            write(done)
        except ConnectionError as failure:
            lost.append(failure)

    def meanwhile(verb: str, ref: Ref) -> None:
        if not lost:
            down.append(True)
            writer = Thread(target=write_and_lose)
            writer.start()
            writer.join()
            down.clear()

    fast: Any = {near: fail}
    slow: Any = {far: meanwhile}
    store = WriteBack(Failing(Memory(), **fast), Failing(Memory({A: "old"}), **slow))
    write(waits)
    store.flush()
    assert lost
    left = waits if near == "before" else done
    assert look(store, A) == left
    store.flush()
    assert look(store, A) == left == look(store.slow, A)


def test_a_flush_reads_each_value_once() -> None:
    asked: list[str] = []
    store = WriteBack(Failing(Memory(), before=lambda verb, ref: asked.append(verb)), Memory())
    store.put(A, 1)
    store.flush()
    assert asked == ["put", "get"]


@pytest.mark.parametrize("refused", [A, B])
def test_what_slow_refuses_is_told_waits_and_holds_up_no_other(refused: Ref) -> None:
    """One write that slow never takes came first, and nothing behind it was ever written; every listing failed."""
    slow = Memory({C: b"1"})
    store = WriteBack(Memory(), Small(slow, 3))
    for ref in (A, B):
        store.put(ref, b"too big" if ref == refused else b"2")
    for _ in range(2):
        with pytest.raises(Refused):
            store.flush()
        assert slow.cells == {C: b"1", B if refused == A else A: b"2"}
        assert store.get(refused) == b"too big"
        assert set(store.refs(Ref())) == {A, B, C}
        assert set(store.refs(Ref(), 1)) == {A, B}
    store.put(refused, b"3")
    store.flush()
    assert {ref: store.slow.get(ref) for ref in (A, B)} == {A: b"2", B: b"2"} | {refused: b"3"}


def test_a_failure_holds_up_no_other_and_is_raised_when_all_were_tried() -> None:
    taken: list[Ref] = []

    def target(operation: Operation) -> None:
        if operation.ref == A:
            raise OSError("down")
        taken.append(operation.ref)

    queue = Queue(target)
    for ref in (A, B, C):
        queue(Operation("PUT", ref))
    with pytest.raises(OSError, match="down"):
        queue.drain()
    assert taken == [B, C]
    assert list(queue.waiting) == [A]


@pytest.mark.parametrize("silence", [ConnectionError, TimeoutError])
def test_where_nobody_answers_the_others_are_not_tried(silence: type[OSError]) -> None:
    asked: list[Ref] = []

    def target(operation: Operation) -> None:
        asked.append(operation.ref)
        raise silence("down")

    queue = Queue(target)
    for ref in (A, B, C):
        queue(Operation("PUT", ref))
    with pytest.raises(silence, match="down"):
        queue.drain()
    assert asked == [A]
    assert list(queue.waiting) == [A, B, C]


def test_whether_one_is_there_asks_for_no_other() -> None:
    asked: list[tuple[str, Ref]] = []
    store = WriteBack(Failing(Memory(), before=lambda verb, ref: asked.append((verb, ref))), Memory())
    store.put(A, 1)
    store.put(B, 2)
    asked.clear()
    assert exists(store, A)
    assert {ref for _, ref in asked} <= {A}
    assert not exists(store, C)


verbs = st.lists(st.tuples(st.sampled_from(["put", "delete", "flush", "flush one"]), st.sampled_from([Ref(), A, B, C])))


@given(st.sets(st.sampled_from([Ref(), A, B, C])), verbs)
def test_what_waits_is_listed_with_what_slow_has_and_nothing_is_written_for_it(
    there: set[Ref], steps: list[tuple[str, Ref]]
) -> None:
    slow = Memory(dict.fromkeys(there, 0))
    store, model = WriteBack(Memory[int](), slow), set(there)
    for verb, ref in steps:
        if verb.startswith("flush"):
            store.flush(*[ref] * (verb == "flush one"))
        elif verb == "put":
            store.put(ref, 1)
            model.add(ref)
        else:
            store.delete(ref)
            model.discard(ref)
    before = dict(slow.cells)
    for base in (Ref(), A, B, C):
        for depth in DEPTHS:
            assert sorted(store.refs(base, depth)) == sorted(listed(model, base, depth))
    assert slow.cells == before


def test_a_delete_that_slow_refuses_stays_so_near() -> None:
    store = WriteBack(Memory(), ReadOnly(Memory({C: 1})))
    store.delete(C)
    with pytest.raises(Refused):
        store.flush()
    assert look(store, C) is MISSING
    assert [list(store.refs(Ref(), depth)) for depth in (None, 1)] == [[], []]
