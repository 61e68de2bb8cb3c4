"""Judge two functions of this process, a writer and a reader, against power cuts: what the fixture `crash` does."""

from __future__ import annotations

import errno
import inspect
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .explain import explain
from .models import MODELS
from .readers import Ran
from .recorder import Recorder
from .run import by_kind
from .run_judge import Judge, Violation
from .run_places import Places, in_folder
from .run_record import MISSING, Recorded, Unfit
from .run_result import Found
from .run_values import Put, Scenario, scenarios
from .search import State, states
from .shim import Fault, recorded
from .smallest import smallest
from .trace import Call
from .tree import ROOT, Folder, Tree

__all__ = ["Functions", "Unseen", "broken_by_a_power_cut", "judge_functions", "lies"]

BUDGET = 200
"""Choices looked at: a verdict in a part of a second."""
ABSENT = (KeyError, FileNotFoundError)


@dataclass
class Functions:
    """A writer and a reader as functions, asked like commands. A value that is not bytes is known by its number.

    ``write(folder, key, value)`` returns only when the value is durable; ``read(folder, key)`` returns it, or None, or
    raises KeyError or FileNotFoundError where there is none. Without `key` in their parameters there is one key.
    """

    writer: Callable[..., Any]
    reader: Callable[..., Any]
    places: Places
    values: Sequence[Any] = ()
    tail: bytes = b""

    @property
    def keyed(self) -> bool:
        """Whether they take a key."""
        return len(inspect.signature(self.writer).parameters) > 2

    def scenario(self) -> Scenario:
        """What is written: the tester's own values, or those of the test, first to last."""
        made = scenarios(0, keyed=self.keyed)[0]
        if not self.values:
            return made
        key = made.puts[-1].key
        beside = [put for put in made.puts if put.key != key][:1]
        tokens = tuple(Put(key, _token(number)) for number in range(len(self.values)))
        return Scenario("given values", (*(Put(put.key, _token(0)) for put in beside), *tokens), tokens[0])

    def told(self, token: bytes) -> Any:
        """The value that a token of a Put stands for."""
        return self.values[int(token[6:]) % len(self.values)] if self.values else token

    def write(self, put: Put, folder: Path, output: Path) -> Ran:
        """Call the writer."""
        try:
            self.writer(folder, *([put.key] if self.keyed else []), self.told(put.value))
        except Exception as error:  # noqa: BLE001  # a writer of a test may raise anything: it has failed
            return Ran(1, b"", f"{type(error).__name__}: {error}")
        return Ran(0, b"", "")

    def read(self, key: str, folder: Path, output: Path) -> Ran:
        """Call the reader."""
        try:
            value = self.reader(folder, *([key] if self.keyed else []))
        except ABSENT:
            return Ran(MISSING, b"", "")
        except Exception as error:  # noqa: BLE001  # a reader of a test may raise anything: it has found damage
            return Ran(1, b"", f"{type(error).__name__}: {error}")
        return Ran(MISSING, b"", "") if value is None else Ran(0, self._token_of(value), "")

    def _token_of(self, value: Any) -> bytes:
        if not self.values:
            return bytes(value)
        return next((_token(n) for n, one in enumerate(self.values) if one == value), repr(value).encode())


def _token(number: int) -> bytes:
    return b"value %d" % number


def record(asked: Functions) -> Recorded:
    """The trace of all runs of the writer. Raises Unfit if the two are wrong without any crash."""
    scenario, folder = asked.scenario(), asked.places.live / "data"
    before = asked.read(scenario.puts[0].key, folder, folder)
    if before.status != MISSING:
        raise Unfit(f"the reader does not say that nothing is there before anything is written: {before.said}")
    recorder = Recorder(asked.places.live)
    for number, put in enumerate(scenario.puts, 1):
        _tick(recorder)
        recorder.mark("began", number, f"run {number} of the writer starts")
        with recorded(recorder):
            wrote = asked.write(put, folder, folder)
        if wrote.status:
            raise Unfit(f"the writer failed without any crash, run {number}: {wrote.said}")
        _tick(recorder)
        recorder.look()
        _tick(recorder)
        recorder.mark("returned", number, f"run {number} of the writer returned")
        found = asked.read(put.key, folder, folder)
        if (found.status, found.printed) != (0, put.value):
            raise Unfit(f"the reader does not find what run {number} wrote, without any crash: {found.said}")
    return Recorded(scenario, recorder.trace)


def _tick(recorder: Recorder) -> None:
    end = recorder.call.end
    recorder.call = Call("", end + 1, end + 2)


def judge_functions(asked: Functions, model: str, budget: int = BUDGET) -> tuple[list[Found], list[str]]:
    """What was found, and why something cannot be judged; both empty: safe. Raises Unfit."""
    happened = record(asked)
    if happened.trace.unseen():
        return [], happened.trace.unseen()
    judge = Judge(asked, happened)
    first = by_kind(judge.violations(states(happened.trace, MODELS[model], budget)), {})
    return [_small(judge, violation) for violation in first], []


def _small(judge: Judge, violation: Violation) -> Found:
    def bad(state: State) -> bool:
        return judge.breaks(state, violation)

    state = smallest(violation.state, bad)
    return Found(explain(state, violation.kind), state, judge.recorded.scenario.name, violation.said)


def lies(asked: Functions, model: str, budget: int = BUDGET) -> list[Found]:
    """What is found when each sync and each write of a replacing put fails in turn: it may raise, and must not lie."""
    calls: list[str] = []
    _faulty(asked, lambda name, node: calls.append(name))
    found: list[Found] = []
    for number, name in enumerate(calls[:FAULTS]):
        for what in FAILURES.get(name, ()):
            told = f"{name}, call {number + 1}: {'short' if isinstance(what, int) else os.strerror(what.errno or 0)}"
            judge = Judge(asked, _faulty(asked, _nth(number, what), told))
            first = by_kind(judge.violations(states(judge.recorded.trace, MODELS[model], budget // 4)), {})
            found += [_small(judge, violation) for violation in first]
    return found


EIO, FULL = OSError(errno.EIO, os.strerror(errno.EIO)), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
FAILURES: dict[str, tuple[OSError | int, ...]] = {
    "fsync": (EIO,), "fdatasync": (EIO,), "write": (FULL, 1), "pwrite": (FULL, 1),
}  # fmt: skip  # a number: that many bytes are written and no more
FAULTS = 12
"""Calls that fail, each in its turn."""


def _nth(number: int, what: OSError | int) -> Fault:
    left = iter(range(number, -1, -1))
    return lambda name, node: what if next(left, -1) == 0 else None


def _faulty(asked: Functions, fault: Fault, told: str = "") -> Recorded:
    """One put without a fault, unrecorded; then one with it."""
    scenario, folder = asked.scenario(), asked.places.fresh(Tree({ROOT: Folder({"data": 1}), 1: Folder()}))
    first, second = [put for put in scenario.puts if put.key == scenario.puts[-1].key][:2]
    asked.write(first, folder, folder)
    recorder = Recorder(asked.places.live)
    _tick(recorder)
    recorder.mark("began", 2, "run 2 of the writer starts")
    with recorded(recorder, fault):
        wrote = asked.write(second, folder, folder)
    _tick(recorder)
    if not wrote.status:
        recorder.mark("returned", 2, "run 2 of the writer returned")
    return Recorded(Scenario(told, (first, second), scenario.later), recorder.trace, done=1)


class Unseen(Exception):
    """A store changes its files in a way that cannot be recorded in this process; the text says what was noticed."""


def broken_by_a_power_cut(
    opened: Callable[[Path], Any],
    key: Callable[[str], Any],
    read: str,
    write: str,
    values: Sequence[Any],
    missing: type[Exception],
) -> str:
    """What a power cut does to a store in a directory, in one sentence; "" if nothing. Raises Unseen and Unfit.

    `opened` makes a handle on a directory, `key` makes a ref or key of a word, `read` and `write` name the methods.
    """
    held: dict[Path, Any] = {}

    def at(folder: Path) -> Any:
        if not held:
            held[folder] = opened(folder)  # the writer keeps its handle: what closing it would sync is not yet durable
        return held.get(folder) or opened(folder)

    def done(folder: Path, store: Any) -> None:
        if folder not in held:
            getattr(store, "close", int)()

    def put(folder: Path, word: str, value: Any) -> None:
        store = at(folder)
        getattr(store, write)(key(word), value)
        done(folder, store)

    def get(folder: Path, word: str) -> Any:
        store = at(folder)
        try:
            return getattr(store, read)(key(word))
        except missing:
            return None
        finally:
            done(folder, store)

    with TemporaryDirectory(prefix="conform-") as base, in_folder(Path(base) / "power") as places:
        found, why = judge_functions(Functions(put, get, places, values), "posix-worst")
        for store in held.values():
            getattr(store, "close", int)()
    if not found and why:
        raise Unseen("; ".join(why))
    return found[0].counterexample.explanation if found else ""
