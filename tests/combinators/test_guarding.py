"""Guards: what no law of their families says."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest

from storage_combinators import (
    MISSING,
    Bytes,
    Checked,
    Conflict,
    Damaged,
    Default,
    DryRun,
    Failing,
    Limited,
    Memory,
    Missing,
    PassThrough,
    Ref,
    Refused,
    Retry,
    Small,
    Timeout,
    twin,
)

A = Ref("a")


def test_a_default_that_is_put_meanwhile_is_no_conflict() -> None:
    class Puts(Memory[bytes]):
        calls = 0

        def swap(self, ref: Ref, old, new, /) -> None:
            Puts.calls += 1
            if Puts.calls == 2:
                self.put(ref, b"default")  # after the first look, in which nothing was there
            super().swap(ref, old, new)

    store = Default(Puts(), b"default")
    store.swap(A, b"default", b"new")
    assert (store.get(A), Puts.calls) == (b"new", 3)


@pytest.mark.parametrize("answer", [Missing(A), Refused("no"), TypeError(), ValueError()])
def test_no_pause_mends_an_answer_or_misuse(answer: Exception) -> None:
    waited: list[float] = []

    class Answers(Memory[bytes]):
        def get(self, ref: Ref, /) -> bytes:
            raise answer

    with pytest.raises(type(answer)):
        Retry(Answers(), sleep=waited.append).get(A)
    assert waited == []


def test_failures_of_clients_that_are_no_oserrors_are_failures() -> None:
    class ClientError(Exception):
        pass

    waited: list[float] = []

    class Fails(Memory[bytes]):
        def get(self, ref: Ref, /) -> bytes:
            if len(waited) < 2:
                raise ClientError
            return b"1"

    assert Retry(Fails(), sleep=waited.append).get(A) == b"1"
    assert waited == [0.1, 0.4]


def test_a_buffer_is_measured_in_bytes() -> None:
    store = Small(Memory(), 8)
    store.put(A, memoryview(bytearray(8)).cast("d"))
    with pytest.raises(Refused, match="32"):
        store.put(A, memoryview(bytearray(32)).cast("d"))


def test_a_timeout_says_how_long_and_the_failure_of_a_source_in_time_is_its_own():
    ended = Event()

    def hangs(verb: str, ref: Ref) -> None:
        if verb == "get":
            ended.wait(60)
        raise TimeoutError("the network's own")

    with ThreadPoolExecutor(2) as threads:
        store = Timeout(Failing(Memory(), hangs), 0.05, threads)
        with pytest.raises(TimeoutError, match=r"took longer than 0\.05 s"):
            store.get(Ref("a"))
        ended.set()
        with pytest.raises(TimeoutError, match="the network's own"):
            Timeout(Failing(Memory(), hangs), 60, threads).delete(Ref("a"))


def test_damage_may_pass_and_is_asked_for_again() -> None:
    """A copy that was spoilt on its way was raised at once, as a ValueError."""
    whole, waited = Checked(Memory()), list[float]()
    whole.put(A, b"1")

    class SpoilsOne(PassThrough[bytes]):
        def get(self, ref: Ref, /) -> bytes:
            return self.source.get(ref)[: None if waited else -1]

    assert Retry(Checked(SpoilsOne(whole.source)), sleep=waited.append).get(A) == b"1"
    assert waited == [0.1]
    whole.source.put(A, b"spoilt for good")
    with pytest.raises(Damaged):
        Retry(whole, sleep=waited.append).get(A)
    assert len(waited) == 4


def test_a_dry_run_asks_its_source_to_write_nothing() -> None:
    """A swap of what is there for what is there is a write of most leaves, and of what logs, keeps or notes writes."""
    asked: list[str] = []
    source = Memory({A: 1})
    store = DryRun(Failing(source, before=lambda verb, ref: asked.append(verb)))
    store.swap(A, 1, 2)
    store.swap(A, 1, MISSING)
    for old in (5, MISSING):
        with pytest.raises(Conflict):
            store.swap(A, old, 2)
    assert {*asked} == {"get"}
    assert source.cells == {A: 1}


def test_a_twin_of_a_limited_and_one_of_another_number_have_gates_of_their_own() -> None:
    busy: Limited[bytes] = Limited(Bytes(Memory()), 1)
    with busy.around("get", A):  # which is all that it lets in
        twin(busy).put(A, b"1")
        replace(busy, slots=2).put(A, b"2")
    assert replace(busy).gates is busy.gates, "a copy made for a trace shares the gate"
    assert busy.get(A) == b"2"
