"""The watchdog: what never comes back is ended, what takes all memory is ended, what is slow is left alone."""

from collections.abc import Iterator
from threading import Event, Thread
from threading import enumerate as running
from time import monotonic
from typing import Any

import pytest

from storage_conformance import LAWS, judge
from storage_conformance.engines import watch
from storage_conformance.engines.watch import Hung, OutOfTime, watched
from storage_conformance.outlaws.right_mappings import Entries
from storage_conformance.trial import Pulse


def never() -> bool:
    return False


def for_ever() -> None:
    while True:
        pass


def left(before: set[Thread]) -> list[Thread]:
    """The threads that were started since and do not end."""
    for thread in set(running()) - before:
        thread.join(30)
    return [thread for thread in set(running()) - before if thread.is_alive()]


def test_a_loop_in_python_that_never_ends_is_ended() -> None:
    before = set(running())
    with pytest.raises(Hung, match=r"did not come back within 0\.2 s"):
        watched(for_ever, Pulse(), 0.2, never)
    assert not left(before)


def test_a_program_has_more_patience() -> None:
    pulse = Pulse(patience=3.0)
    with pytest.raises(Hung, match=r"did not come back within 0\.6 s"):
        watched(for_ever, pulse, 0.2, never)


def test_what_makes_progress_is_not_ended_however_long_it_takes() -> None:
    pulse, done = Pulse(), Event()

    def slow() -> str:
        for _ in range(5):
            done.wait(0.05)
            pulse.since = monotonic()
        return "done"

    assert watched(slow, pulse, 30.0, never) == "done"


def test_an_iteration_without_an_end_is_ended_before_it_has_all_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "GREED", 2**26)

    def endless() -> Iterator[int]:
        while True:
            yield 10**6

    with pytest.raises(Hung, match="took 64 MiB of memory, and was not done"):
        watched(lambda: list(endless()), Pulse(), 60.0, never)


def test_when_it_is_late_the_work_is_ended_too() -> None:
    before = set(running())
    with pytest.raises(OutOfTime):
        watched(for_ever, Pulse(), 60.0, lambda: True)
    assert not left(before)


class PopsForEver(Entries):
    """popitem answers a pair and keeps it, so that clear, which asks it until it raises, never ends."""

    def popitem(self) -> Any:
        for key in self:
            return key, self[key]
        raise KeyError("empty")


def test_a_mapping_whose_popitem_never_ends_does_not_hang_the_suite() -> None:
    laws = [
        law for law in LAWS if law.name in ("clear_removes_everything", "popitem_empties", "a_key_holds_what_was_set")
    ]
    found = {result.law: result for result in judge(PopsForEver, laws=laws, patience=6.0, step=4).laws}
    assert found["clear_removes_everything"].why == "store.clear() did not come back within 6 s."
    assert found["popitem_empties"].verdict == "broken"
    assert found["a_key_holds_what_was_set"].verdict == "holds"
