"""served: a file system that the user's own command mounts, whether its process stays in the foreground or not.

It may be wrong in any way. Who dies leaves a mount behind at which every call fails; who gives no answer holds whoever
asked, and no signal reaches them: only the end of its processes, which are known by the device that they hold open.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import ETIMEDOUT
from pathlib import Path
from threading import Event, Timer
from time import sleep

from .kinds import SECONDS, Kind, ran
from .loops import CannotMount, is_mounted, unmount

__all__ = ["NoAnswer", "served"]

WAIT = 0.005
SHOWN = 200  # characters of what a command said


class NoAnswer(OSError):
    """The file system was mounted, and did not answer in time; its processes were ended."""


@contextmanager
def served(kind: Kind, loop: Path, top: Path, said: Path, patience: float) -> Iterator[None]:
    """Mounted at `top`, for at most so many seconds; afterwards nobody has the device open any more.

    `said` is a file for what the command says. Raises CannotMount with its last line, NoAnswer, and OSError.
    """
    assert kind.mount
    with said.open("wb") as out:
        words = kind.mount.filled(device=loop, dir=top)
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out)  # noqa: S603  # the user's own
    try:
        try:
            _wait_until_mounted(process, top)
            with _answering(loop, patience):
                _ask(top)
                yield
        finally:
            with _answering(loop, SECONDS):
                _unserve(kind, top, process)
            _let_go(loop)
    except CannotMount as error:
        raise CannotMount(0, f"{error.strerror}{_last_line(said)}") from None


def _wait_until_mounted(process: subprocess.Popen[bytes], top: Path) -> None:
    """It may end meanwhile with status 0: then it goes on in the background. Raises CannotMount."""
    for _ in range(int(SECONDS / WAIT)):
        if is_mounted(top):
            return
        if process.poll():
            raise CannotMount(0, f"--mount failed with status {process.returncode}")
        sleep(WAIT)
    process.kill()
    raise CannotMount(0, f"--mount did not mount it within {SECONDS} s")


def _ask(top: Path) -> None:
    """Something that it must answer itself: its process may have died since it was mounted. Raises CannotMount."""
    try:
        os.stat(top)
    except OSError as error:
        raise CannotMount(0, f"--mount mounted it, and it does not answer ({error.strerror})") from None


@contextmanager
def _answering(loop: Path, patience: float) -> Iterator[None]:
    """End who serves it when this takes longer: a thread can, while the call that waits cannot. Raises NoAnswer."""
    late = Event()

    def end() -> None:
        late.set()
        _end(loop)

    timer = Timer(patience, end)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if late.is_set():
            raise NoAnswer(ETIMEDOUT, f"it is mounted, and gives no answer within {patience:g} s")


def _unserve(kind: Kind, top: Path, process: subprocess.Popen[bytes]) -> None:
    """Unmount it, and wait for the process that was started."""
    if kind.unmount and is_mounted(top):
        ran(kind.unmount.filled(dir=top))
    if is_mounted(top):
        unmount(top)
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _let_go(loop: Path) -> None:
    """Wait until nobody has the device open: who is in the background writes the last of it after the unmounting."""
    for _ in range(int(SECONDS / WAIT)):
        if not _holders(loop):
            return
        sleep(WAIT)
    _end(loop)


def _end(loop: Path) -> None:
    for process in _holders(loop):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _holders(loop: Path) -> list[int]:
    """The other processes, of those that this one sees, that have it open."""
    seen = {int(process.name): process for process in Path("/proc").glob("[0-9]*")}
    return [number for number, process in seen.items() if number != os.getpid() and loop in _open_in(process)]


def _open_in(process: Path) -> Iterator[Path]:
    with suppress(OSError):  # it ended meanwhile
        for each in (process / "fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                yield each.readlink()


def _last_line(said: Path) -> str:
    lines = [line.strip() for line in said.read_text("utf-8", "replace").splitlines() if line.strip()]
    return f": {lines[-1][:SHOWN]}" if lines else ""
