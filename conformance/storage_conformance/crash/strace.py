"""Record any program with strace: it runs, its calls are followed, the trace grows by one run. Linux only."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

from . import trace
from .recorder import Recorder
from .strace_calls import NAMES, follow
from .strace_lines import Call, Exit, Garbled, calls

__all__ = ["Ended", "NoStrace", "Strace"]

LONGEST = 8 << 20  # bytes that one call may write: more is cut by strace, and then the recording is refused
GRACE = 5.0  # seconds that children may outlive the program
OPTIONS = ("-f", "--seccomp-bpf", "-q", "-xx", "-X", "raw", "-y", "-s", str(LONGEST), "-e", "signal=none")


class NoStrace(RuntimeError):
    """strace is not there or may not attach; the text says what to do."""


@dataclass(frozen=True)
class Ended:
    """How a program ended: its exit status, 128 and the signal, or 124 when its time was over; what it said at last."""

    status: int
    said: str


@dataclass
class Strace:
    """Runs of programs over the folder `root`, one after the other, as one trace."""

    root: Path
    scratch: Path
    seconds: float = 60.0
    recorder: Recorder = field(init=False)
    events: int = 2
    heard: list[Call | Exit] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not sys.platform.startswith("linux"):
            raise NoStrace("programs are recorded with strace, which only Linux has: here, use the fixture of pytest")
        if not shutil.which("strace"):
            raise NoStrace("programs are recorded with strace, which is not installed: apt-get install strace")
        self.recorder = Recorder(self.root, hears_all=True)

    @property
    def trace(self) -> trace.Trace:
        """What was recorded so far."""
        return self.recorder.trace

    def run(self, words: Sequence[str], number: int, stdin: Path | None = None, inject: str = "") -> Ended:
        """Record one run of a program; it began and returned as run `number`, if its status is 0.

        Raises NoStrace where strace cannot attach.
        """
        log = self.scratch / "strace.log"
        log.unlink(missing_ok=True)
        ended = self._execute(words, log, stdin, inject)
        lines = log.read_text("ascii", "replace").splitlines() if log.exists() else []
        if not any("execve(" in line[:40] for line in lines[:3]):
            raise NoStrace(f"strace cannot follow a program here: {ended.said or 'it wrote nothing'}")
        self._tell(lines, number, returned=ended.status == 0)
        return ended

    def _execute(self, words: Sequence[str], log: Path, stdin: Path | None, inject: str) -> Ended:
        """Run it to its end or that of its time. Its errors go to a file: a pipe would wait for children."""
        said = self.scratch / "strace.err"
        told = ["-o", str(log), "-e", "trace=" + ",".join(f"?{name}" for name in NAMES)]
        told += ["-e", f"inject={inject}"] if inject else []
        with Path(stdin or os.devnull).open("rb") as source, said.open("wb") as errors:
            command = ["strace", *OPTIONS, *told, "--", *words]
            process = subprocess.Popen(  # noqa: S603  # the user's own program, run as they asked
                command, stdin=source, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True
            )
            try:
                status = self._wait(process, log)
            finally:
                _stop(process, log)
        return Ended(status, said.read_text("utf-8", "replace").strip()[-500:])

    def _wait(self, process: subprocess.Popen[bytes], log: Path) -> int:
        """The exit status of the program; children may go on for a while after it, and count as too late."""
        start = monotonic()
        while (status := process.poll()) is None:
            elapsed = monotonic() - start
            if elapsed > self.seconds:
                return 124
            if elapsed > GRACE and (exited := _exit_status(log)) is not None:
                return exited
            sleep(0.002 if elapsed < 1 else 0.05)
        return 128 - status if status < 0 else status

    def _tell(self, lines: list[str], number: int, *, returned: bool) -> None:
        """The calls of one run become steps, between the marks that it began and returned."""
        self._stamp(self.events)
        self.recorder.mark("began", number, f"run {number} of the writer starts")
        start, self.events = self.events + 2, self.events + 2 * len(lines) + 6
        try:
            self.heard = list(calls(lines, os.fsencode(self.recorder.root)))
        except Garbled as error:
            self._stamp(start)
            self.recorder.unseen(f"a line of strace cannot be read: {error}")
            return
        main, steps, until, exit_ = self.heard[0].pid, self.trace.steps, len(self.trace.steps), self.events - 2
        for pid in follow(self.recorder, self.heard, os.getcwd(), start):
            if pid == main:
                until, exit_ = len(steps), self.recorder.call.start
        self._stamp(self.events - 2)
        late = steps[until:]
        del steps[until:]
        if not late:
            self.recorder.look()
        if returned:
            self._stamp(exit_ if late else self.events - 2)
            self.recorder.mark("returned", number, f"run {number} of the writer returned")
            self._stamp(self.events - 2)
        steps += late
        if late:
            self.recorder.look()

    def _stamp(self, event: int) -> None:
        self.recorder.call = trace.Call("", event, event + 1)


def _pids(log: Path) -> tuple[list[int], dict[int, str]]:
    """The processes that strace has told of so far, the first one first, and how some ended."""
    lines = [line.split(" ", 1) for line in log.read_text("ascii", "replace").splitlines() if line[:1].isdigit()]
    ended = {int(pid): rest for pid, rest in lines if rest.lstrip().startswith("+++")}
    return list(dict.fromkeys(int(pid) for pid, _ in lines)), ended


def _exit_status(log: Path) -> int | None:
    """That of the program, if it has ended while its children have not."""
    pids, ended = _pids(log)
    how = ended.get(pids[0], "") if pids else ""
    return int(how.split()[3]) if "exited with" in how else None


def _stop(process: subprocess.Popen[bytes], log: Path) -> None:
    """Kill what is left of a run: strace, and those that it followed, who may have left its group."""
    if process.poll() is not None:
        return
    pids, ended = _pids(log) if log.exists() else ([], {})
    os.killpg(process.pid, signal.SIGKILL)  # its child too, which waits to be followed and is in no log yet
    process.wait()
    for pid in pids:
        if pid not in ended:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
