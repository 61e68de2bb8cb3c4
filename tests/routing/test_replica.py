"""Replica: stamps as bytes, objects that equal nothing, the fastest answer, sources that are repaired."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import rmtree
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

import storage_combinators
from routing.days import A, Day, replica
from storage_combinators import (
    MISSING,
    Checked,
    Conflict,
    Damaged,
    Disk,
    DryRun,
    Failing,
    Json,
    JsonCodec,
    Memory,
    PickleCodec,
    Ref,
    Replica,
    Serialized,
    SizeSplit,
    Stamped,
    StampedCodec,
    at_once,
    in_turn,
    look,
    update,
)
from storage_combinators.routing.stamped import raise_to


class Thing:
    """Equal to nothing but itself, and encoded alike each time."""

    def __init__(self, number: int) -> None:
        self.number = number


def test_objects_that_equal_nothing_are_swapped_by_their_encoding() -> None:
    store = Replica(tuple(Serialized(Memory(), StampedCodec(PickleCodec())) for _ in range(3)), 2)
    store.put(A, Thing(0))
    assert store.get(A) is not store.get(A)
    for _ in range(3):
        update(store, A, lambda old: Thing(old.number + 1), attempts=1)
    assert store.get(A).number == 3
    with pytest.raises(Conflict):
        store.swap(A, Thing(0), Thing(9))


@given(st.integers(0, 2**70), st.text(max_size=5), st.one_of(st.just(MISSING), st.binary(max_size=9)))
def test_a_stamp_as_bytes_comes_back(count: int, ticket: str, value: object) -> None:
    codec = StampedCodec[object]()
    assert codec.decode(codec.encode(Stamped(count, ticket, value))) == Stamped(count, ticket, value)


def test_a_value_that_looks_like_a_delete_is_none() -> None:
    raw = Memory[bytes]()
    store = Replica((Serialized(raw, StampedCodec()),), 1)
    store.delete(A)
    store.put(Ref("b"), raw.get(A))
    assert store.get(Ref("b")) == raw.get(A)
    assert eval(repr(store), {**vars(storage_combinators)}) == store
    json = Replica((Serialized(Memory(), StampedCodec(JsonCodec())),), 1)
    json.put(A, None)
    assert json.get(A) is None


@given(st.permutations([Stamped(n, str(n), n) for n in range(4)] * 2))
def test_the_order_in_which_writes_arrive_makes_no_difference(writes: list[Stamped[int]]) -> None:
    source = Memory[Stamped[int]]()
    for write in writes:
        raise_to(source, A, write)
    assert source.get(A).value == 3


def test_the_fastest_sources_are_not_kept_by_one_that_hangs() -> None:
    released = Event()
    stuck = Failing(Memory(), before=lambda verb, ref: released.wait(60))
    with ThreadPoolExecutor(8) as threads:
        store = Replica((stuck, Memory(), Memory()), 2, ask=at_once(threads))
        store.put(A, "x")
        assert store.get(A) == "x"
        assert list(store.refs(Ref())) == [A]
        released.set()
    assert stuck.source.get(A).value == "x"


def test_a_first_source_that_answers_is_the_only_one_that_is_read() -> None:
    day = Day()
    store = replica(day, 3)
    store.put(A, "x")
    day.own.clear()
    assert store.get(A) == "x"
    assert day.own == {0: 1}


def test_in_turn_raises_the_first_failure_when_there_are_too_few() -> None:
    with pytest.raises(ZeroDivisionError):
        in_turn([0, 1, "x"], lambda n: 1 / n, 2, 2)


@pytest.mark.parametrize("writes", [0, 4])
def test_a_quorum_that_cannot_be_is_said_at_once(writes: int) -> None:
    with pytest.raises(ValueError, match="1 to 3"):
        Replica((Memory(), Memory(), Memory()), writes)
    with pytest.raises(ValueError, match="at least one source"):
        Replica((), writes)


def test_one_level_of_a_replica_does_not_list_what_is_below() -> None:
    asked: list[tuple[str, Ref]] = []
    source = Failing(Memory(), before=lambda verb, ref: asked.append((verb, ref)))
    store = Replica((source,), 1)
    for name in ("a", "b"):
        for number in range(50):
            store.put(Ref(name, "c", str(number)), number)
    asked.clear()
    assert set(store.refs(Ref(), 1)) == {Ref("a"), Ref("b")}
    assert len(asked) < 20
    store.delete(Ref("lone", "one"))
    assert set(store.refs(Ref(), 1)) == {Ref("a"), Ref("b")}


def test_json_over_a_replica_is_a_store_of_objects() -> None:
    store = Json(Replica(tuple(Serialized(Memory(), StampedCodec()) for _ in range(3)), 2))
    store.put(A, {"x": [1, None]})
    assert store.get(A) == {"x": [1, None]}


def test_over_folders_one_of_which_is_lost_and_repaired(tmp_path: Path) -> None:
    def opened() -> Replica[bytes]:
        return Replica(tuple(Serialized(Disk(tmp_path / name), StampedCodec()) for name in "xyz"), 2)

    store = opened()
    store.put(A, b"1")
    store.put(Ref("b"), b"2")
    store.delete(Ref("b"))
    rmtree(tmp_path / "y")
    (tmp_path / "y").mkdir()
    again = opened()
    assert again.get(A) == b"1"
    again.repair()
    rmtree(tmp_path / "x")
    last = opened()
    assert (last.get(A), list(last.refs(Ref()))) == (b"1", [A])


def test_a_clock_that_lags_or_stands_still_loses_nothing() -> None:
    sources = (Memory[Stamped[int]](), Memory[Stamped[int]](), Memory[Stamped[int]]())
    for number, (clock, ticket) in enumerate([(9, "z"), (0, "a"), (0, "a")]):
        store = Replica(sources, 2, clock=lambda clock=clock: clock, ticket=lambda ticket=ticket: ticket)
        store.put(A, number)
        assert store.get(A) == number


@pytest.mark.parametrize("value", [b"1", MISSING])
def test_a_swap_of_a_value_for_itself_writes_nothing(value: object) -> None:
    sources = tuple(Serialized(Memory(), StampedCodec()) for _ in range(3))
    store = Replica(sources, 2)
    store.put(A, b"1")
    if value is MISSING:
        store.delete(A)
    held = [source.source.get(A) for source in sources]
    store.swap(A, value, value)
    DryRun(store).swap(A, value, b"2")
    assert [source.source.get(A) for source in sources] == held
    with pytest.raises(Conflict):
        store.swap(A, b"other", b"other")


GARBAGE = [b"garbage" * 10, b"", b"3", b"[1]"]


def checked(raw: list[Memory[bytes]], check: bool) -> Replica[bytes]:
    return Replica(tuple(Serialized(Checked(each) if check else each, StampedCodec()) for each in raw), 2)


@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("bad", range(3))
@pytest.mark.parametrize("how", ["put", "delete", "swap", "repair"])
def test_a_damaged_copy_is_no_answer_and_is_replaced(how: str, bad: int, check: bool, garbage: bytes) -> None:
    raw = [Memory[bytes](), Memory[bytes](), Memory[bytes]()]
    store = checked(raw, check)
    store.put(A, b"1")
    raw[bad].put(A, garbage)
    assert store.get(A) == b"1"
    if how == "repair":
        store.repair()
    else:
        getattr(store, how)(A, *{"put": (b"2",), "delete": (), "swap": (b"1", b"2")}[how])
    assert raw[0].get(A) == raw[1].get(A) == raw[2].get(A)
    raw[bad - 1].put(A, garbage)
    assert look(store, A) == {"repair": b"1", "delete": MISSING}.get(how, b"2")


def test_too_many_damaged_copies_are_not_overwritten_by_a_repair() -> None:
    raw = [Memory[bytes](), Memory[bytes](), Memory[bytes]()]
    store = checked(raw, True)
    store.put(A, b"1")
    for each in raw[1:]:
        each.put(A, GARBAGE[0])
    for call in (store.repair, lambda: store.get(A), lambda: store.put(A, b"2")):
        with pytest.raises(Damaged):
            call()
    assert [each.get(A) for each in raw[1:]] == [GARBAGE[0]] * 2


def test_a_write_that_a_source_cannot_take_does_not_delete_what_it_has() -> None:
    def before(verb: str, ref: Ref) -> None:
        if verb == "swap":
            raise ValueError("too big for this one")

    source = Memory({A: Stamped(1, "t", "old")})
    with pytest.raises(ValueError, match="too big"):
        raise_to(Failing(source, before=before), A, Stamped(2, "t", "new"))
    assert source.get(A).value == "old"


def test_a_listing_asks_nobody_before_it_is_read() -> None:
    asked: list[str] = []
    source = Failing(Memory(), before=lambda verb, ref: asked.append(verb))
    for store in (Replica((source,), 1), SizeSplit(source, Memory(), 3)):
        listing = store.refs(Ref())
        assert not asked
        assert list(listing) == []
        assert "refs" in asked
        asked.clear()
