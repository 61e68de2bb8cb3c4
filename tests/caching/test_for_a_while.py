"""Write-through, negative and time to live, stacked as they are meant to be; and the races that Locked repairs."""

from dataclasses import dataclass
from threading import Thread
from typing import Any

import pytest

from storage_combinators import (
    MISSING,
    Bounded,
    Cache,
    Conflict,
    Default,
    Json,
    JsonCodec,
    Locked,
    Memory,
    Missing,
    Negative,
    PassThrough,
    PickleCodec,
    Ref,
    Serialized,
    TimeToLive,
    TupleCodec,
    WriteThrough,
    look,
)

A, B = Ref("a"), Ref("b")


def test_a_negative_asks_again_when_its_note_has_expired() -> None:
    now = [0.0]
    source: Memory[int] = Memory()
    store = Negative(source, TimeToLive(Memory(), 60, lambda: now[0]))
    assert look(store, A) is MISSING
    source.put(A, 1)
    assert look(store, A) is MISSING
    now[0] = 60
    assert store.get(A) == 1


def test_a_negative_forgets_by_size() -> None:
    store = Negative(Memory(), Bounded(Memory(), 0))  # notes have no bytes: all of them fit
    for ref in (A, B):
        assert look(store, ref) is MISSING
    assert sorted(store.absent.refs(Ref())) == [A, B]


def test_a_cache_over_a_time_to_live_asks_again() -> None:
    now = [0.0]
    slow: Memory[int] = Memory({A: 1})
    store = Cache(TimeToLive(Memory(), 10, lambda: now[0]), slow)
    assert store.get(A) == 1
    slow.put(A, 2)
    assert store.get(A) == 1
    now[0] = 10
    assert store.get(A) == 2


def test_a_time_to_live_outlives_its_process_through_a_codec() -> None:
    now = [0.0]
    raw: Memory[bytes] = Memory()
    TimeToLive(Serialized(raw, PickleCodec()), 10, lambda: now[0]).put(A, "x")
    again = TimeToLive(Serialized(raw, PickleCodec()), 10, lambda: now[0])
    now[0] = 9
    assert again.get(A) == "x"
    now[0] = 10
    assert look(again, A) is MISSING


def test_sweep_removes_what_has_ended_and_nothing_else() -> None:
    now = [0.0]
    store = TimeToLive(Memory(), 10, lambda: now[0])
    store.put(A, 1)
    now[0] = 5
    store.put(B, 2)
    now[0] = 10
    assert list(store.source.refs(Ref())) == [A, B]
    store.sweep()
    assert list(store.source.refs(Ref())) == [B]


def test_a_sweep_leaves_what_is_written_anew_meanwhile() -> None:
    now = [0.0]

    @dataclass(frozen=True)
    class Racing(PassThrough[Any]):
        def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
            self.source.put(ref, (99.0, "new"))
            self.source.swap(ref, old, new)

    store = TimeToLive(Racing(Memory()), 10, lambda: now[0])
    store.put(A, "old")
    now[0] = 10
    store.sweep()
    assert store.get(A) == "new"


def test_a_swap_goes_on_when_the_same_value_was_put_meanwhile() -> None:
    now = [0.0]

    @dataclass(frozen=True)
    class Racing(PassThrough[Any]):
        times: list[float]

        def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
            if self.times:
                self.source.put(ref, (self.times.pop(), "same"))
            self.source.swap(ref, old, new)

    store = TimeToLive(Racing(Memory(), [50.0, 60.0]), 10, lambda: now[0])
    store.put(A, "same")
    store.swap(A, "same", "next")
    assert store.get(A) == "next"
    with pytest.raises(Conflict):
        store.swap(A, "same", "other")


@dataclass(frozen=True)
class Meanwhile(PassThrough[Any]):
    """A source in which somebody writes after it was found that nothing is there, and before the reader knows."""

    happens: Any

    def get(self, ref: Ref, /) -> Any:
        value = look(self.source, ref)
        self.happens()
        if value is MISSING:
            raise Missing(ref)
        return value


@pytest.mark.parametrize(("guard", "found"), [(PassThrough, MISSING), (Locked, "new")])
def test_a_race_hides_what_was_put_unless_it_is_locked(guard: Any, found: object) -> None:
    writers: list[Thread] = []

    def another() -> None:
        if not writers:
            writers.append(Thread(target=store.put, args=(A, "new")))
            writers[0].start()
            writers[0].join(None if guard is PassThrough else 0.2)  # it is done by then, or it waits for the lock

    store = guard(Negative(Meanwhile(Memory(), another), Memory()))
    assert look(store, A) is MISSING
    writers[0].join()
    assert look(store, A) == found


def test_write_through_gives_up_copies_and_a_codec_above_gives_them_back() -> None:
    value = [1]
    plain = WriteThrough(Memory(), Memory())
    plain.put(A, value)
    over = Json(WriteThrough(Memory(), Memory()))
    over.put(A, [1])
    value.append(2)
    assert plain.get(A) == [1, 2]
    taken = over.get(A)
    taken.append(2)  # type: ignore[union-attr]  # a list of JSON
    assert over.get(A) == [1]


def test_a_default_stands_in_for_what_has_ended() -> None:
    now = [0.0]
    store = Default(TimeToLive(Memory(), 10, lambda: now[0]), 0)
    store.put(A, 1)
    now[0] = 10
    assert store.get(A) == 0


def test_a_swap_of_a_value_for_itself_gives_it_no_more_time() -> None:
    now = [0.0]
    store = TimeToLive(Memory(), 10, lambda: now[0])
    store.put(A, 1)
    now[0] = 9
    store.swap(A, 1, 1)
    with pytest.raises(Conflict):
        store.swap(A, 2, 2)
    now[0] = 10
    assert look(store, A) is MISSING
    store.swap(A, MISSING, MISSING)
    assert store.source.get(A) == (10, 1)


def test_a_time_to_live_over_bytes_needs_no_pickle() -> None:
    now, raw = [0.0], Memory[bytes]()
    store = TimeToLive(Serialized(raw, TupleCodec(JsonCodec())), 10, lambda: now[0])
    store.put(A, {"n": [1]})
    assert raw.get(A) == b'[10.0]\n{"n":[1]}'
    store.swap(A, {"n": [1]}, [2])
    assert store.get(A) == [2]
    now[0] = 10
    assert look(store, A) is MISSING
