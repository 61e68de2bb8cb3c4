"""Threads that take turns: the same choices, the same interleaving; races are found with certainty, and told."""

import subprocess
import sys
from collections import defaultdict
from functools import partial
from operator import eq
from pathlib import Path
from threading import Lock, current_thread
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage_combinators.edges.mapping import as_mapping
from storage_combinators.leaves.memory import Memory
from storage_combinators.ref import Ref
from storage_combinators.transforming.bytes_only import Bytes
from storage_conformance import LAWS, Law, Report, judge
from storage_conformance.engines.exhaustive import Odometer, every
from storage_conformance.engines.turns import Turns
from storage_conformance.laws import handles
from storage_conformance.laws.interrupted import packages
from storage_conformance.outlaws.right_mappings import FolderEntries

HERE = (__name__,)
SCHEDULED = [law for law in LAWS if law.bound == "schedules"]
OPENING = [law for law in LAWS if law.name == "opening_another_handle_disturbs_no_setting"]
FREE = [law for law in LAWS if law.name.startswith("calls_of_threads")]


class Counter:
    """Adds one in two steps; with a lock, or without."""

    def __init__(self, *, locked: bool = False) -> None:
        self.count, self.lock, self.locked = 0, Lock(), locked

    def read(self) -> int:
        return self.count

    def add(self) -> int:
        if self.locked:
            self.lock.acquire()
        try:
            found = self.read()
            self.count = found + 1
        finally:
            if self.locked:
                self.lock.release()
        return found


def added(switch: set[int], *, locked: bool = False, first: int = 0, threads: int = 2) -> tuple[int, list[Any], Turns]:
    counter = Counter(locked=locked)
    turns = Turns(HERE, lambda step: step in switch)
    answers = turns.run([counter.add] * threads, first)
    return counter.count, answers, turns


def test_without_an_interruption_one_comes_after_the_other() -> None:
    count, answers, turns = added(set())
    assert (count, answers, turns.log) == (2, [0, 1], [])
    assert turns.answers[0][2] < turns.answers[1][1]


def test_the_thread_that_is_named_goes_first() -> None:
    assert added(set(), first=1)[1] == [1, 0]


def test_some_interruption_loses_an_increment_and_always_the_same() -> None:
    lost = [step for step in range(1, 12) if added({step})[0] == 1]
    assert lost
    for _ in range(3):
        assert [step for step in range(1, 12) if added({step})[0] == 1] == lost
    _, answers, turns = added({lost[0]})
    assert answers == [0, 0]
    assert [(me, step) for me, step, *_ in turns.log] == [(0, lost[0])]


class Keys:
    """Looks, and then removes: between the two lines another thread may do so."""

    def __init__(self) -> None:
        self.keys = {"a": 1}

    def remove(self) -> bool:
        if "a" not in self.keys:
            return False
        self.keys.pop("a", None)
        return True


def test_a_thread_is_interrupted_between_lines_too() -> None:
    found = []
    for interrupted in range(1, 6):
        keys, turns = Keys(), Turns(HERE, partial(eq, interrupted))
        found.append(turns.run([keys.remove, keys.remove]))
    assert [True, True] in found
    assert [True, False] in found


@settings(max_examples=25)
@given(st.sets(st.integers(1, 30), max_size=4), st.sampled_from([2, 3]))
def test_a_lock_keeps_every_increment_and_blocks_no_schedule(switch: set[int], threads: int) -> None:
    count, answers, _ = added(switch, locked=True, threads=threads)
    assert count == threads
    assert sorted(answers) == list(range(threads))


@settings(max_examples=25)
@given(st.sets(st.integers(1, 30), max_size=4))
def test_the_same_interruptions_are_the_same_run(switch: set[int]) -> None:
    assert seen(switch) == seen(switch)


def seen(switch: set[int]) -> Any:
    count, answers, turns = added(switch, locked=True)
    return count, answers, turns.answers, [(me, step, line) for me, step, _, line in turns.log]


@pytest.mark.parametrize("at", [2, 3], ids=["for one that ended", "each for the other"])
def test_threads_that_wait_for_one_another_are_told(at: int) -> None:
    one, two = Lock(), Lock()

    def both(first: Any, second: Any) -> None:
        first.acquire()
        second.acquire()

    turns = Turns(HERE, partial(eq, at), patience=0.3)
    with pytest.raises(AssertionError, match="wait for one another for ever"):
        turns.run([lambda: both(one, two), lambda: both(two, one)])
    one.release()  # so that the threads end
    two.release()


def test_the_odometer_interrupts_everywhere_within_its_bound() -> None:
    for most, expected in ((0, {()}), (1, {(), (1,), (2,), (3,)}), (2, {(), (1,), (2,), (3,), (1, 2), (1, 3), (2, 3)})):
        odometer, runs = Odometer(0), set()
        for _ in every(odometer, 100):
            switch = odometer.interruptions(most)
            runs.add(tuple([step for step in (1, 2, 3) if switch(step)]))
        assert runs == expected


RACES = """
from storage_combinators import MISSING, Conflict, Memory

class Swaps(Memory):
    def swap(self, ref, old, new, /):
        if self.cells.get(ref, MISSING) != old:
            raise Conflict(ref)
        self.delete(ref) if new is MISSING else self.put(ref, new)
"""
RIGHT = "from storage_combinators import Memory as Swaps"


def judged(folder: Path, **options: Any) -> Report:
    (folder / "racing.py").write_text(RACES)
    return judge(f"{folder / 'racing.py'}:Swaps", laws=SCHEDULED, step=2, **options)


def test_a_check_and_then_a_write_is_found_with_every_seed(tmp_path: Path) -> None:
    reports = [judged(tmp_path, seed=seed) for seed in range(3)]
    assert {report.verdict for report in reports} == {"breaks"}
    assert len({report.laws[0].script for report in reports}) == 1
    (result,) = reports[0].broken
    assert result.why.endswith("no order of the two does that.")
    assert any("is interrupted in " in line for line in result.counterexample)
    assert {called.thread for called in result.history} == {1, 2, 3}


def test_the_script_of_a_race_fails_each_time_and_passes_once_the_store_is_right(tmp_path: Path) -> None:
    script = judged(tmp_path).laws[0].script
    assert "storage_conformance" not in script
    for _ in range(3):
        assert "AssertionError" in last_line(script)
    (tmp_path / "racing.py").write_text(RIGHT)
    assert not last_line(script)


def last_line(script: str) -> str:
    ran = subprocess.run([sys.executable, "-"], input=script, capture_output=True, text=True, timeout=60)
    return (ran.stderr.strip().splitlines() or [""])[-1]


class Wraps(dict[str, bytes]):
    """A class of this module over one of the library."""

    def __init__(self) -> None:
        self.inner: Memory[Any] = Memory()


def test_the_code_of_the_subject_is_that_of_its_classes_and_of_what_is_inside() -> None:
    trial = SimpleNamespace(place=SimpleNamespace(subject=SimpleNamespace(make=dict)), handle=lambda name: Wraps())
    ours = __name__.partition(".")[0]
    assert packages(trial) == tuple(sorted([ours, "storage_combinators.leaves"]))  # type: ignore[arg-type]  # all it asks


@pytest.mark.parametrize("law", FREE, ids=lambda law: law.name)
def test_free_threads_on_a_right_store_have_an_order(law: Law) -> None:
    make: Any = {"store": Memory, "mapping": right_mapping}[law.kind]
    assert judge(make, laws=[law], step=1).verdict == "conforms"


def right_mapping() -> Any:
    return as_mapping(Bytes(Memory()))


class Renames(FolderEntries):
    """Who opens it removes what another is about to rename: a window of one step, after `before` others."""

    def __init__(self, directory: Path, before: int) -> None:
        super().__init__(directory)
        self.new, self.before = directory / "new", before
        self.new.unlink(missing_ok=True)

    def __setitem__(self, key: str, value: bytes) -> None:
        super().__setitem__(key, value)
        for _ in range(self.before):
            continue
        self.new.touch()
        self.new.unlink()


@pytest.mark.parametrize("before", range(3))
def test_a_window_of_one_step_is_found_wherever_it_is(before: int) -> None:
    def opened(directory: Path) -> Renames:
        return Renames(directory, before)

    assert judge(opened, laws=OPENING, step=2).broken


class OfOneThread(FolderEntries):
    """As a connection of sqlite3: another thread than that which opened it gets an exception."""

    without: ClassVar[dict[str, str]] = {"threads": "a handle is of the thread that opened it"}

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.thread = current_thread()

    def ref(self, key: Any) -> Ref:
        if current_thread() is not self.thread:
            raise RuntimeError("another thread")
        return super().ref(key)


def test_what_gives_up_threads_is_not_opened_in_another() -> None:
    assert judge(OfOneThread, laws=OPENING, step=4).laws[0].verdict == "exempt"


LOCKS: defaultdict[Path, Any] = defaultdict(lambda: (Lock(), Lock()))


class WaitsBothWays(FolderEntries):
    """Who opens it takes its two locks in another order than who writes."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.locks = LOCKS[directory]
        with self.locks[1], self.locks[0]:
            pass

    def __setitem__(self, key: str, value: bytes) -> None:
        with self.locks[0], self.locks[1]:
            super().__setitem__(key, value)


def test_who_writes_and_who_opens_wait_for_one_another_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handles, "Turns", partial(Turns, patience=0.3))
    (result,) = judge(WaitsBothWays, laws=OPENING, step=2).broken
    assert "another handle was opened: the threads wait for one another for ever" in result.why
    for _, second in LOCKS.values():
        if second.locked():
            second.release()  # so that the threads end
