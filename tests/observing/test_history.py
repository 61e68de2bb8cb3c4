"""History: any past, over stores that fail at any call; and Provenance, a thread for itself."""

from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage_combinators import (
    MISSING,
    Conflict,
    Counting,
    CreateOnly,
    Disk,
    Failing,
    History,
    Json,
    JsonCodec,
    Memory,
    PickleCodec,
    Provenance,
    Ref,
    Refused,
    Serialized,
    TupleCodec,
    exists,
    look,
    traced,
    twin,
    walk,
)

REFS = [Ref(), Ref("a"), Ref("a", "b"), Ref("@1.0@0"), Ref("-a")]  # names that could be taken for the history's own
writes = st.lists(
    st.tuples(st.sampled_from(REFS), st.sampled_from(["x", "y", None]), st.sampled_from([0.0, 1.0])), max_size=12
)


def contents(store: Any) -> dict[Ref, Any]:
    return {ref: look(store, ref) for ref in walk(store, Ref())}


@given(writes)
@settings(deadline=None)
def test_any_past_is_read_as_it_was(writes: list[tuple[Ref, Any, float]]) -> None:
    now = [0.0]
    store: History[Any] = History(Memory({REFS[1]: "first"}), CreateOnly(Memory()), lambda: now[0])
    past = {now[0]: contents(store)}
    for ref, value, wait in writes:
        now[0] += wait
        store.delete(ref) if value is None else store.put(ref, value)
        past[now[0]] = contents(store)
    for moment, there in past.items():
        then = store.as_of(moment + 0.5)
        assert contents(then) == there
        for base in REFS:
            assert {*then.refs(base, 1)} == {
                ref.cut(len(base) + 1) for ref in there if ref.within(base) and ref != base
            }
            assert [*then.refs(base, 0)] == [ref for ref in there if ref == base]


@given(writes, st.sets(st.integers(0, 30)), st.booleans(), st.booleans())
@settings(deadline=None)
def test_whatever_fails_the_past_is_true(
    writes: list[tuple[Ref, Any, float]], fails: set[int], after: bool, both: bool
) -> None:
    calls = iter(range(10**6))

    def fail(verb: str, ref: Ref) -> None:
        if next(calls) in fails:
            raise OSError(verb)

    def failing(store: Any) -> Any:
        return Failing(store, after=fail) if after else Failing(store, before=fail)

    now, plain, kept = [0.0], Memory[Any](), Memory[Any]()
    store = History(failing(plain), failing(kept) if both else kept, lambda: now[0])
    calm = History(plain, kept, lambda: now[0])
    past = {}
    for ref, value, _ in writes:
        now[0] += 1
        try:
            store.delete(ref) if value is None else store.put(ref, value)
        except OSError:
            pass
        past[now[0]] = dict(plain.cells)
    for moment, there in past.items():
        assert contents(calm.as_of(moment)) == there


def test_undo_walks_back_to_what_was_different() -> None:
    store: History[Any] = History(Memory(), Memory(), iter(range(99)).__next__)
    a = Ref("a")
    for value in ("x", "y", "y", "y"):
        store.put(a, value)
    store.undo(a)
    assert store.get(a) == "x"
    store.undo(a)
    assert store.get(a) == "y"
    with pytest.raises(Refused):
        store.undo(Ref("b"))


def test_a_history_on_disk_is_there_for_the_next_process(tmp_path: Any) -> None:
    def opened(now: float) -> History[bytes]:
        versions = Serialized[Any, bytes](Disk(tmp_path / "versions"), PickleCodec())
        return History(Disk(tmp_path / "now"), versions, lambda: now)

    opened(1).put(Ref("a"), b"one")
    opened(2).put(Ref("a"), b"two")
    assert [look(opened(3).as_of(moment), Ref("a")) for moment in (0, 1, 2)] == [MISSING, b"one", b"two"]


def test_a_twin_of_a_history_has_a_past_of_its_own() -> None:
    store: History[Any] = History(Memory(), Memory(), lambda: 1.0)
    store.put(Ref("a"), "x")
    other: Any = twin(store)
    assert contents(other) == {}
    other.put(Ref("a"), "y")
    assert contents(store.as_of(1)) == {Ref("a"): "x"}


def test_what_another_thread_read_is_no_source() -> None:
    a, b = Ref("a"), Ref("b")
    store = Provenance(Memory({a: 1}), Memory(), "me")
    store.get(a)
    other = Thread(target=store.put, args=(b, 2))
    other.start()
    other.join()
    assert store.notes.get(b) == {"who": "me", "verb": "put", "read": [], "more": 0}
    store.put(b, 3)
    assert store.notes.get(b) == {"who": "me", "verb": "put", "read": ["a"], "more": 0}


def test_notes_are_json_and_outlive_the_process(tmp_path: Any) -> None:
    def opened(who: str) -> Provenance[bytes]:
        return Provenance(Disk(tmp_path / "values"), Json(Disk(tmp_path / "notes")), who)

    first = opened("import")
    first.put(Ref("raw"), b"1")
    second = opened("sum")
    second.put(Ref("sum"), second.get(Ref("raw")))
    assert opened("reader").notes.get(Ref("sum")) == {"who": "sum", "verb": "put", "read": ["raw"], "more": 0}


def test_many_writes_at_one_time_keep_their_order() -> None:
    store: History[int] = History(Memory(), Memory(), lambda: 1.0)
    for number in range(12):
        store.put(Ref("a"), number)
    store.put(Ref("a"), 11)
    store.undo(Ref("a"))
    assert store.get(Ref("a")) == 10
    assert look(store.as_of(0), Ref("a")) is MISSING


def test_a_history_on_disk_needs_no_pickle(tmp_path: Path) -> None:
    def opened() -> History[Any]:
        ticks = iter(range(9))
        return History(
            Json(Disk(tmp_path / "now")), Serialized(Disk(tmp_path / "then"), TupleCodec(JsonCodec())), ticks.__next__
        )

    store = opened()
    store.put(Ref("a"), None)
    store.put(Ref("a"), {"n": [1, "\n"]})
    store.delete(Ref("a"))
    again = opened()
    assert [look(again.as_of(moment), Ref("a")) for moment in (-1, 0, 1, 2)] == [
        MISSING,
        None,
        {"n": [1, "\n"]},
        MISSING,
    ]
    again.undo(Ref("a"))
    assert again.get(Ref("a")) == {"n": [1, "\n"]}


@given(st.one_of(st.just(()), st.tuples(st.binary()), st.tuples(st.floats(allow_nan=False), st.text(), st.binary())))
def test_a_tuple_as_bytes_comes_back(value: tuple[Any, ...]) -> None:
    assert TupleCodec().decode(TupleCodec().encode(value)) == value


def test_the_past_can_be_traced() -> None:
    """Its port was a History; wrapped, that had no versions."""
    store: History[int] = History(Memory({Ref("a"): 1}), Memory(), lambda: 1.0)
    store.put(Ref("a"), 2)
    told: list[Any] = []
    past = traced(store.as_of(0), told.append)
    assert past.get(Ref("a")) == 1
    assert list(past.refs(Ref())) == [Ref("a")]
    assert told


def test_one_level_of_the_past_is_not_a_listing_of_all() -> None:
    """At every depth everything was listed and read, and so it was to ask whether there is anything at one ref."""
    many = {Ref("f", str(number), "x"): number for number in range(100)}
    store = History(now := Counting(Memory(dict(many))), Memory(), lambda: 1.0)
    store.delete(Ref("f", "7", "x"))
    store.put(Ref("g"), 1)
    past = store.as_of(0)
    now.counts.clear()
    assert list(past.refs(Ref(), 1)) == [Ref("f")]
    assert now.counts["get", "done"] + now.counts["get", "Missing"] <= 2 + 1
    assert sorted(past.refs(Ref("f"), 1)) == sorted(ref.cut(2) for ref in many)
    now.counts.clear()
    assert exists(past, Ref("f", "7", "x"))
    assert now.counts == {("get", "Missing"): 1}
    assert sorted(past.refs(Ref())) == sorted(many)


def test_a_swap_that_only_tests_is_no_version_and_no_note() -> None:
    a, versions = Ref("a"), Memory[tuple[int, ...]]()
    store = Provenance(History(Memory({a: 1}), versions), Memory(), "me")
    store.notes.put(a, {"who": "another"})
    store.swap(a, 1, 1)
    store.swap(Ref("b"), MISSING, MISSING)
    with pytest.raises(Conflict):
        store.swap(a, 2, 2)
    assert versions.cells == {}
    assert store.notes.cells == {a: {"who": "another"}}  # type: ignore[attr-defined]  # a Memory


@pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), ([1], [1.0])])
def test_what_is_equal_and_not_the_same_is_a_change(one: object, other: object) -> None:
    store = History(Memory({Ref("a"): one}), Memory(), iter(range(9)).__next__)
    store.swap(Ref("a"), one, other)
    assert repr(store.as_of(-1).get(Ref("a"))) == repr(one)
    store.undo(Ref("a"))
    assert repr(store.get(Ref("a"))) == repr(one)
