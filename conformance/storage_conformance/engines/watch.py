"""The watchdog: work in a thread, ended from outside when a call makes no progress or the time is up."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from os import sysconf
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Generic, TypeVar

from ..trial import Pulse, Stopped

__all__ = ["Hung", "OutOfTime", "watched"]

T = TypeVar("T")
LOOK = 0.02  # seconds between two looks at the pulse, at most
WEIGH = 10  # looks between two at the memory, which cost more
GREED = 2**30  # bytes that work may take: more is an iteration that never ends, kept in a list
END = 1.0  # seconds for work to end that is to end


class Hung(Exception):
    """A call did not come back: the text says within what."""


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
    most = _memory() + GREED
    thread.start()
    try:
        for look in count():
            thread.join(LOOK)
            if not thread.is_alive():
                break
            _check(thread, pulse, patience, late, most if look % WEIGH == 0 else None)
    finally:
        pulse.stop = True
    if box.failure is not None:
        raise box.failure
    return box.result  # type: ignore[return-value]  # without a failure there is a result


def _check(thread: Thread, pulse: Pulse, patience: float, late: Callable[[], bool], most: int | None) -> None:
    if thread.is_alive() and late():
        pulse.stop = True
        thread.join(END)  # so that the call at work may end before its place is removed
        _stop(thread)
        raise OutOfTime
    seconds = patience * pulse.patience
    if thread.is_alive() and monotonic() - pulse.since > seconds:
        _stop(thread)
        raise Hung(f"did not come back within {seconds:g} s")
    if thread.is_alive() and most is not None and _memory() > most:
        _stop(thread)
        raise Hung(f"took {GREED // 2**20} MiB of memory, and was not done")


def _stop(thread: Thread) -> None:
    """Raise Stopped in it, which ends a loop in Python; what waits in C for ever is left behind."""
    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(Stopped))
        thread.join(END)


def _memory() -> int:
    """The bytes of memory that this process has; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
