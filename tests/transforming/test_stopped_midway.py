"""What is stopped at any of its calls below, before or after it is done: never a mix, never more than allowed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from storage_combinators import (
    MISSING,
    Chunked,
    Conflict,
    Hashed,
    Inventory,
    JoinCodec,
    Locked,
    Memory,
    Packed,
    PassThrough,
    Quota,
    Ref,
    Refused,
    Serialized,
    SizeSplit,
    look,
)

A, B, C = Ref("t", "a"), Ref("t", "b"), Ref("t", "c")
LONG = "n" * 300


@dataclass
class Clock:
    """Stops the n-th call of all stores that stand on it, before or after it is done."""

    at: int = -1
    after: bool = False
    calls: Iterator[int] = field(default_factory=count)

    def stop(self, at: int, after: bool) -> None:
        self.at, self.after, self.calls = at, after, count()

    def do(self, call: Callable[[], Any]) -> Any:
        now = next(self.calls)
        if now == self.at and not self.after:
            raise OSError("stopped")
        answer = call()
        if now == self.at:
            raise OSError("stopped")
        return answer


@dataclass(frozen=True)
class Stopping(PassThrough[Any]):
    clock: Clock

    def get(self, ref: Ref, /) -> Any:
        return self.clock.do(lambda: self.source.get(ref))

    def put(self, ref: Ref, value: Any, /) -> None:
        self.clock.do(lambda: self.source.put(ref, value))

    def delete(self, ref: Ref, /) -> None:
        self.clock.do(lambda: self.source.delete(ref))

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.clock.do(lambda: self.source.swap(ref, old, new))


def trees(clock: Clock) -> dict[str, Any]:
    def below() -> Any:
        return Stopping(Memory(), clock)

    return {
        "Chunked": Serialized(Chunked(below(), below(), 4), JoinCodec()),
        "Packed": Packed(below()),
        "SizeSplit": SizeSplit(below(), below(), 4),
        "Quota": Quota(below(), below(), 40),
        "Hashed": Hashed(below(), below(), 80),
        "Inventory": Inventory(below(), below()),
    }


WRITES: dict[str, Callable[[Any, Any], None]] = {
    "put": lambda store, new: store.put(A / LONG, new),
    "delete": lambda store, new: store.delete(A / LONG),
    "swap": lambda store, new: store.swap(A / LONG, look(store, A / LONG), new),
    "remove": lambda store, new: store.swap(A / LONG, look(store, A / LONG), MISSING),
}


@pytest.mark.parametrize("name", trees(Clock()))
@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("old", [MISSING, b"old", b"an older value"], ids=["none", "short", "long"])
@pytest.mark.parametrize("new", [b"new", b"a newer value"], ids=["by short", "by long"])
def test_before_or_after_whatever_the_call(name: str, write: str, old: Any, new: bytes) -> None:
    gone = write in ("delete", "remove")
    for at in range(20):
        for after in (False, True):
            clock = Clock()
            store = trees(clock)[name]
            store.put(B, b"neighbour")
            if old is not MISSING:
                store.put(A / LONG, b"the very first")
                store.put(A / LONG, old)
            clock.stop(at, after)
            with suppress(OSError):
                WRITES[write](store, new)
            clock.stop(-1, False)
            found = look(store, A / LONG)
            assert found in (old, MISSING if gone else new), (at, after)
            assert store.get(B) == b"neighbour"
            assert set(store.refs(Ref())) == {B, *[A / LONG] * (found is not MISSING)}
            WRITES[write](store, new)
            assert look(store, A / LONG) == (MISSING if gone else new), (at, after)


class QuotaMachine(RuleBasedStateMachine):
    """Any writes, any of which is stopped at any call: the sum that is kept is never below what is there."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.source, self.used = Memory[Any](), Memory[Any]()
        self.store = Quota(Stopping(self.source, self.clock), Stopping(self.used, self.clock), 20)
        self.exact = True

    @rule(
        ref=st.sampled_from([A, B, C]),
        new=st.one_of(st.just(MISSING), st.binary(max_size=12)),
        verb=st.sampled_from(["put", "swap", "merge"]),
        at=st.integers(-8, 5),
        after=st.booleans(),
    )
    def write(self, ref: Ref, new: Any, verb: str, at: int, after: bool) -> None:
        before = look(self.source, ref)
        self.clock.stop(at, after)
        try:
            if verb == "swap":
                self.store.swap(ref, before, new)
            elif new is MISSING:
                self.store.delete(ref)
            else:
                getattr(self.store, verb)(ref, new)
            assert look(self.source, ref) == new
        except Refused:
            assert look(self.source, ref) == before
        except OSError:
            self.exact = False
        self.clock.stop(-1, False)

    @rule()
    def count_anew(self) -> None:
        self.used.delete(A.cut(1))
        self.exact = True

    @invariant()
    def is_kept(self) -> None:
        there = sum(map(len, self.source.cells.values()))
        kept = self.used.cells.get(A.cut(1), there)
        assert there <= 20
        assert kept == there if self.exact else kept >= there


TestQuota = QuotaMachine.TestCase


def test_who_writes_at_once_shares_what_is_left_to_the_byte() -> None:
    source, used = Memory[bytes](), Memory[int]()
    start = threading.Barrier(4)

    def writer(number: int) -> None:
        store = Quota(source, used, 100)
        start.wait()
        for each in range(60):
            with suppress(Refused):
                store.put(Ref("t", str(each % 7)), bytes((number * each) % 40))
            if each % 5 == number:
                store.delete(Ref("t", str(each % 7)))

    threads = [threading.Thread(target=writer, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    there = sum(map(len, source.cells.values()))
    assert there <= 100
    assert used.get(Ref("t")) == there


@dataclass(frozen=True)
class Meanwhile(PassThrough[Any]):
    """What happens as soon as a put is done, once."""

    then: list[Callable[[], None]]

    def put(self, ref: Ref, value: Any, /) -> None:
        super().put(ref, value)
        if self.then:
            self.then.pop()()


def raced(wrap: Callable[[Any], Any], waits: bool) -> Any:
    """What is there after a short value and a long one are put at once: the long one in between, if it can."""
    then: list[Callable[[], None]] = []
    store = wrap(SizeSplit(Meanwhile(Memory(), then), Memory(), 1))
    other = threading.Thread(target=lambda: store.put(A, b"long"))

    def between() -> None:
        other.start()
        if waits:
            other.join()

    then.append(between)
    store.put(A, b"s")
    other.join()
    return look(store, A)


def test_two_who_write_at_once_lose_both_and_locked_mends_it() -> None:
    """What two steps cannot promise is shown by the schedule that breaks it, and by the combinator that repairs it."""
    assert raced(lambda store: store, waits=True) is MISSING
    assert raced(Locked, waits=False) == b"long"


@pytest.mark.parametrize("new", [b"bigger", b"s", MISSING])
@pytest.mark.parametrize("held", [b"1", b"bigger too", MISSING])
def test_a_swap_that_conflicts_changes_neither_side(held: Any, new: Any) -> None:
    store = SizeSplit(Memory(), Memory(), 3)
    if held is not MISSING:
        store.put(A, held)
    before = dict(store.small.cells), dict(store.big.cells)
    with pytest.raises(Conflict):
        store.swap(A, b"another", new)
    assert (store.small.cells, store.big.cells) == before
