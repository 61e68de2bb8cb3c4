"""A program under experiment: started on 127.0.0.1, stopped by its own id, killed if the lab is."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from .step import Lab, NotRun

__all__ = ["Program", "free_port", "last_line", "said", "start", "tried", "until"]

PATIENCE = 60.0  # seconds until a started program must answer, or a killed one be gone
GRACE = 10.0  # seconds for a program to end by itself


@dataclass
class Program:
    """A process that was started here, and its log."""

    process: subprocess.Popen[bytes]
    log: Path

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it and what it started, by their ids; what does not end is killed. Again: nothing happens."""
        family = self.family()
        for each in family:
            with suppress(psutil.NoSuchProcess):
                each.send_signal(how)
        _, left = psutil.wait_procs(family, timeout=GRACE)
        for stubborn in left:
            with suppress(psutil.NoSuchProcess):
                stubborn.kill()
        self.process.wait(PATIENCE)

    def family(self) -> list[psutil.Process]:
        """The process that runs the program, and its children: strace between us and it is the first."""
        with suppress(psutil.NoSuchProcess):
            if self.process.poll() is None:
                first = psutil.Process(self.process.pid)
                return [*first.children(recursive=True), first]
        return []

    def listens(self) -> list[str]:
        """The addresses on which it listens, without the port."""
        found = [each.net_connections("tcp") for each in self.family()]
        return sorted({c.laddr.ip for several in found for c in several if c.status == psutil.CONN_LISTEN})

    def cpu(self) -> float:
        """Seconds of processor time so far, of user and system."""
        return sum(sum(each.cpu_times()[:2]) for each in self.family())


def start(
    lab: Lab, name: str, command: Sequence[str], env: Mapping[str, str], answers: Callable[[], object]
) -> Program:
    """Run `command` in the lab's folder until `answers` raises no OSError; ended with the step, on every path."""
    log = lab.folder / f"{name}.log"
    guard = shutil.which("setpriv")  # of util-linux: the kernel ends the program if the lab itself is killed
    guarded = [guard, "--pdeathsig", "KILL", "--", *command] if guard else list(command)
    with log.open("ab") as out:
        process = subprocess.Popen(
            guarded, cwd=lab.folder, env={**os.environ, **env}, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    program = Program(process, log)
    lab.ends.callback(program.stop)
    if not until(lambda: tried(answers) or process.poll() is not None, PATIENCE) or process.poll() is not None:
        raise NotRun(f"{name} does not answer: {last_line(log)}")
    return program


def tried(answers: Callable[[], object]) -> bool:
    """Does `answers` come back?"""
    try:
        answers()
    except OSError:
        return False
    return True


def until(holds: Callable[[], bool], seconds: float) -> bool:
    """Wait until `holds`, at most so long; whether it did."""
    end = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < end:
        time.sleep(0.1)
    return held


def last_line(log: Path) -> str:
    """The last words of a program, without colours; that there are none."""
    lines = log.read_text(errors="replace").strip().splitlines()
    return re.sub(r"\x1b\[[0-9;]*m", "", lines[-1])[:200] if lines else "it wrote nothing"


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def said(*command: str) -> str:
    """What a command that ends prints to either stream, stripped."""
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE)
    return done.stdout.decode(errors="replace").strip()
