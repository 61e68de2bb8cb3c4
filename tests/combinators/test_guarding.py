"""Guards: what no law of their families says."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from storage_combinators import Default, Failing, Memory, Missing, Ref, Refused, Retry, Small, Timeout

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
