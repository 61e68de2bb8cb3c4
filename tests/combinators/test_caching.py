"""Cache and WriteBack: what they ask of whom, and what a failure leaves."""

from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import pytest

from storage_combinators import (
    MISSING,
    Cache,
    Condition,
    Conflict,
    Failing,
    Levels,
    Locked,
    Memory,
    Migrate,
    Missing,
    Negative,
    PassThrough,
    ReadOnly,
    Ref,
    Refused,
    SizeSplit,
    Small,
    Union,
    WriteBack,
    look,
    update,
)

A, B = Ref("a"), Ref("b")


@dataclass(frozen=True)
class Watched(PassThrough[Any]):
    """Notes every verb, and fails or answers as told: verb -> exception."""

    calls: list[str] = field(default_factory=list)
    answers: dict[str, Exception] = field(default_factory=dict)

    def __getattribute__(self, name: str) -> Any:
        if name in ("get", "put", "merge", "delete", "swap", "refs"):
            self.calls.append(name)
            if name in self.answers:
                raise self.answers[name]
        return super().__getattribute__(name)


def test_a_hit_asks_nothing_of_slow() -> None:
    store = Cache(Memory(), slow := Watched(Memory({A: 1})))
    assert [store.get(A), store.get(A)] == [1, 1]
    assert slow.calls == ["get"]


def test_absence_is_asked_again() -> None:
    store = Cache(Memory(), slow := Watched(Memory()))
    for _ in range(2):
        with pytest.raises(Missing):
            store.get(A)
    assert slow.calls == ["get", "get"]


def test_none_is_cached_like_any_value() -> None:
    store = Cache(Memory(), slow := Watched(Memory({A: None})))
    assert [store.get(A), store.get(A)] == [None, None]
    assert slow.calls == ["get"]


def test_invalidate_forgets_here_and_changes_nothing_there() -> None:
    store = Cache(Memory(), slow := Memory({A: 1}))
    store.get(A)
    slow.put(A, 2)
    assert store.get(A) == 1
    store.invalidate(A)
    assert store.get(A) == 2


@pytest.mark.parametrize("verb", ["put", "merge", "delete", "swap"])
def test_a_write_that_slow_fails_leaves_nothing_cached(verb: str) -> None:
    slow = Watched(Memory({A: 1}))
    store = Cache(Memory({A: 1}), slow)
    slow.answers[verb] = OSError("down")
    arguments = {"put": (2,), "merge": (2,), "delete": (), "swap": (1, 2)}[verb]
    with pytest.raises(OSError, match="down"):
        getattr(store, verb)(A, *arguments)
    assert store.fast.cells == {}  # type: ignore[attr-defined]  # a Memory
    assert store.get(A) == 1


def test_a_source_that_fails_is_not_missing() -> None:
    slow = Watched(Memory(), answers={"get": OSError("down")})
    with pytest.raises(OSError, match="down"):
        Cache(Memory(), slow).get(A)


def test_merge_is_what_slow_makes_of_it_whatever_fast_would() -> None:
    class Appending(Memory[bytes]):
        def merge(self, ref: Ref, value: bytes, /) -> None:
            self.put(ref, self.cells.get(ref, b"") + value)

    for store in (Cache(Memory(), Appending({A: b"1"})), WriteBack(Memory(), Appending({A: b"1"}))):
        store.get(A)
        store.merge(A, b"2")
        assert store.get(A) == b"12"


def test_after_a_conflict_the_next_read_is_fresh() -> None:
    for store in (Cache(Memory({A: 1}), Memory({A: 5})), WriteBack(Memory({A: 1}), Memory({A: 5}))):
        assert store.get(A) == 1  # stale: somebody wrote behind it
        with pytest.raises(Conflict):
            store.swap(A, 1, 2)
        assert store.get(A) == 5
        assert update(store, A, lambda old: 0 if old is MISSING else old + 1) == 6


def test_what_fast_refuses_is_answered_and_not_kept() -> None:
    store = Cache(Watched(Memory(), answers={"put": Refused("too big")}), Memory({A: 1}))
    assert store.get(A) == 1


def test_write_back_reads_its_own_writes_and_writes_each_ref_once() -> None:
    store = WriteBack(Memory(), slow := Watched(Memory()))
    for value in range(5):
        store.put(A, value)
        assert store.get(A) == value
    assert slow.calls == []
    store.flush()
    store.flush()
    assert slow.calls == ["put"]
    assert slow.source.get(A) == 4


def test_write_back_hides_what_is_deleted_but_not_yet_in_slow() -> None:
    store = WriteBack(Memory(), slow := Memory({A: 1}))
    assert store.get(A) == 1
    store.delete(A)
    assert A in slow.cells
    with pytest.raises(Missing):
        store.get(A)
    store.flush()
    assert slow.cells == {}


def test_write_back_lists_what_waits() -> None:
    store = WriteBack(Memory(), Memory())
    store.put(A, 1)
    assert list(store.refs(Ref())) == [A]


def test_write_back_keeps_what_slow_fails_and_says_so() -> None:
    store = WriteBack(Memory(), slow := Watched(Memory()))
    store.put(A, 1)
    slow.answers["put"] = OSError("down")
    with pytest.raises(OSError, match="down"):
        store.flush()
    assert store.get(A) == 1
    slow.answers.clear()
    store.flush()
    assert slow.source.get(A) == 1


def test_swap_through_write_back_meets_what_waits() -> None:
    store = WriteBack(Memory(), slow := Memory({A: 1}))
    store.put(A, 2)
    with pytest.raises(Conflict):
        store.swap(A, 1, 9)
    store.swap(A, 2, 3)
    assert slow.get(A) == 3 == store.get(A)


def test_what_is_deleted_stays_so_for_a_reader_in_the_middle_of_a_flush() -> None:
    """A delete that left the queue before slow knew let a reader fill fast with the old value, for ever."""

    class ReadMeanwhile(Memory[str]):
        def delete(self, ref: Ref, /) -> None:
            reader = Thread(target=look, args=(top, A))
            reader.start()
            reader.join()
            super().delete(ref)

    back = WriteBack(Memory[str](), ReadMeanwhile({A: "old"}))
    top = Locked(back)
    top.delete(A)
    back.flush()
    assert look(top, A) is MISSING is look(back.slow, A)


def lost(verb: str, ref: Ref) -> None:
    if verb == "put":
        raise ConnectionError("the reply was lost")


@pytest.mark.parametrize("before", [MISSING, 0])
@pytest.mark.parametrize("deleted", [False, True])
def test_a_put_that_was_done_near_and_failed_all_the_same_is_written_back(before: Any, deleted: bool) -> None:
    """The line went down: nothing could be asked of near afterwards either."""
    slow = Memory({A: before} if before is not MISSING else {})
    down: list[bool] = []

    def lost(verb: str, ref: Ref) -> None:
        if down:
            raise ConnectionError("the reply was lost")

    store = WriteBack(Failing(Memory(), after=lost), slow)
    if deleted:
        store.delete(A)
    down.append(True)
    with pytest.raises(ConnectionError):
        store.put(A, 1)
    down.clear()
    assert store.get(A) == 1
    assert list(store.refs(Ref())) == [A]
    store.flush()
    assert slow.get(A) == 1


def test_a_put_that_was_not_done_near_leaves_what_was_there() -> None:
    store = WriteBack(Failing(Memory(), before=lost), Memory({A: 0, B: 0}))
    store.delete(B)
    for ref in A, B:
        with pytest.raises(ConnectionError):
            store.put(ref, 1)
    assert look(store, B) is MISSING
    store.flush()
    assert (look(store.slow, A), look(store.slow, B)) == (0, MISSING)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_delete_that_failed_near_leaves_what_near_has(when: str) -> None:
    """The reply of a delete was lost: the value of slow, older than the last put, came back until the flush."""

    def lost_delete(verb: str, ref: Ref) -> None:
        if verb == "delete":
            raise ConnectionError("the reply was lost")

    told: Any = {when: lost_delete}
    slow = Memory({A: "old", B: "old"})
    store = WriteBack(Failing(Memory(), **told), slow)
    store.put(A, "new")
    for ref in A, B:
        with pytest.raises(ConnectionError):
            store.delete(ref)
    left = "new" if when == "before" else MISSING
    assert look(store, A) == left
    assert list(store.refs(Ref())) == [A] * (when == "before")
    store.flush()
    assert look(store, A) == left == look(slow, A)


def test_a_delete_that_is_refused_near_is_not_queued() -> None:
    store = WriteBack(ReadOnly(Memory()), Memory({A: 1}))
    with pytest.raises(Refused):
        store.delete(A)
    store.flush()
    assert store.slow.get(A) == 1


def test_a_put_that_is_refused_near_is_not_queued() -> None:
    store = WriteBack(Small(Memory({A: b"old"}), 3), Memory({A: b"new"}))
    with pytest.raises(Refused):
        store.put(A, b"too big")
    store.flush()
    assert store.slow.get(A) == b"new"


IN_TWO_PLACES: dict[str, Any] = {
    "Cache": lambda m: Cache(m, m),
    "WriteBack": lambda m: WriteBack(m, m),
    "Levels": lambda m: Levels((Memory(), m, m)),
    "Negative": lambda m: Negative(m, m),
    "SizeSplit": lambda m: SizeSplit(m, m, 1),
    "Union": lambda m: Union((m, Memory(), m)),
    "Condition": lambda m: Condition(bool, m, m),
    "Migrate": lambda m: Migrate(m, m),
}


@pytest.mark.parametrize("name", IN_TWO_PLACES)
def test_one_store_in_two_places_is_told(name: str) -> None:
    """What was put was dropped where it was kept: the next get was Missing."""
    with pytest.raises(ValueError, match="one store in two places"):
        IN_TWO_PLACES[name](Memory())
    assert Levels((Memory(), Memory()))  # equal ones are two
