"""One step, performed: in a private folder, within its time, and everything that it started ended afterwards."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from botocore.exceptions import BotoCoreError, ClientError

from .machine import machine, today
from .records import Record, keep_numbers
from .step import Lab, NotRun, Step

__all__ = ["TooLong", "performed"]


class TooLong(Exception):
    """The step's time is over."""


def performed(system: str, step: Step, say: Callable[[str], None], keeps: Path | None = None) -> Record:
    """Run a step and tell what came of it; what it started is ended, and its folder removed, on every path."""
    folder, began, why = Path(tempfile.mkdtemp(prefix=f"lab-{step.name}-")), time.monotonic(), ""
    lab = Lab(folder, keeps=keeps, say=say)
    where = machine(folder)
    try:
        with ended(), lab.ends, within(step.limit):
            step.work(lab)
    except NotRun as reason:
        why = f"not run, because {reason}"
    except TooLong:
        why = f"not run to the end, because {step.limit:g} s were over"
    except subprocess.TimeoutExpired as slow:
        why = f"not run to the end, because {Path(slow.cmd[0]).name} had not ended after {slow.timeout:.0f} s"
    except (OSError, ClientError, BotoCoreError) as error:  # the system broke where the step did not expect it
        lab.differs.append(f"{type(error).__name__}: {error}")
        lab.saw(f"NOT AS EXPECTED: {lab.differs[-1]}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if lab.lacks and not why:
        why = f"not run to the end, because {'; '.join(lab.lacks)}"
    verdict = "different" if lab.differs else "not run" if why else "as expected"
    seconds = round(time.monotonic() - began, 1)
    observed = [text.replace(str(folder), "LAB") for text in lab.observed]
    record = Record(system, step.name, step.expects, verdict, why, observed, lab.versions, where, today(), seconds)
    if keeps and lab.numbers:
        keep_numbers(keeps / "numbers.jsonl", lab.numbers, record)
    return record


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """TooLong in the main thread when the time is over, whatever it is waiting for."""

    def over(_number: int, _frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def ended() -> Iterator[None]:
    """SIGTERM ends the lab as Ctrl-C does, so that what it started is stopped."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
