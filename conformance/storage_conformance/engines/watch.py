"""The watchdog: work in a thread, ended from outside when a call makes no progress or the time is up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from time import monotonic
from typing import Generic, TypeVar

from ..trial import Pulse, Stopped

__all__ = ["Hung", "OutOfTime", "watched"]

T = TypeVar("T")
LOOK = 0.02  # seconds between two looks at the pulse, at most


class Hung(Exception):
    """A call did not come back within the patience; its thread is left behind."""


class OutOfTime(Exception):
    """The time was up before the work was done."""


@dataclass
class _Box(Generic[T]):
    result: T | None = None
    failure: BaseException | None = None

    def run(self, work: Callable[[], T]) -> None:
        try:
            self.result = work()
        except (Exception, SystemExit, Stopped) as failure:  # noqa: BLE001  # handed over to the thread that waits
            self.failure = failure


def watched(work: Callable[[], T], pulse: Pulse, patience: float, late: Callable[[], bool]) -> T:
    """``work()``, unless a call takes longer than `patience` seconds (Hung) or it is `late` (OutOfTime).

    An exception of the work is raised here.
    """
    box: _Box[T] = _Box()
    thread = Thread(target=box.run, args=(work,), daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(LOOK)
            _check(thread, pulse, patience, late)
    finally:
        pulse.stop = True
    if box.failure is not None:
        raise box.failure
    return box.result  # type: ignore[return-value]  # without a failure there is a result


def _check(thread: Thread, pulse: Pulse, patience: float, late: Callable[[], bool]) -> None:
    if thread.is_alive() and late():
        pulse.stop = True
        thread.join(1.0)  # so that the call at work may end before its place is removed
        raise OutOfTime
    if thread.is_alive() and monotonic() - pulse.since > patience * pulse.patience:
        raise Hung
