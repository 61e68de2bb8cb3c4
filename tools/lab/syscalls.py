"""What a running server asks of the kernel while something is done, by strace; calls that are about durability."""

from __future__ import annotations

import re
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from .process import Program, until
from .step import Lab

__all__ = ["counted", "recorded"]

CALLS = (
    "openat,rename,renameat,renameat2,linkat,unlink,unlinkat,mkdirat,fsync,fdatasync,sync,syncfs,write,pwrite64,pwritev"
)
SYNCS = ("fsync", "fdatasync", "sync", "syncfs")


def recorded(lab: Lab, program: Program, name: str, work: Callable[[], object]) -> list[str]:
    """The calls of all the program's threads, in the order in which they were finished, paths below the lab only.

    NotRun without strace. Source: strace -f -p, attached for as long as `work` lasts.
    """
    strace, out = lab.program("strace"), lab.folder / f"{name}.strace"
    threads = [part for each in program.family() for part in ("-p", str(each.pid))]
    command = [strace, "-f", "-y", "-qq", "-s", "0", "-e", f"trace={CALLS}", "-o", str(out), *threads]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE)
    lab.ends.callback(tracer.kill)
    try:
        until(lambda: attached(program), 20)
        work()
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=30)
    return [line for line in lines_of(out) if str(lab.folder) in line or line.startswith(("sync(",))]


def attached(program: Program) -> bool:
    """Is every thread of the program being traced?"""
    states = [
        re.search(r"^TracerPid:\s+(\d+)", status.read_text(), re.M)
        for each in program.family()
        for status in Path(f"/proc/{each.pid}/task").glob("*/status")
    ]
    return bool(states) and all(found and found[1] != "0" for found in states)


def lines_of(out: Path) -> list[str]:
    """Each call on one line: one that was interrupted by another thread's is put together again."""
    begun: dict[str, str] = {}
    whole = []
    for line in out.read_text(errors="replace").splitlines():
        thread, _, call = line.partition(" ")
        call = call.strip()
        if call.endswith("<unfinished ...>"):
            begun[thread] = call.removesuffix("<unfinished ...>").strip()
        elif resumed := re.match(r"<\.\.\. \w+ resumed>\s?(.*)", call):
            whole.append(begun.pop(thread, "") + resumed[1])
        else:
            whole.append(call)
    return [line for line in whole if re.match(r"\w+\(", line)]


def counted(calls: list[str]) -> dict[str, int]:
    """How often each sync was called, and how many files were opened so that their writes are durable or direct."""
    names = Counter(call.partition("(")[0] for call in calls)
    found = {name: names[name] for name in SYNCS if names[name]}
    for flag in ("O_DSYNC", "O_SYNC", "O_DIRECT"):
        opened = sum(bool(re.search(rf"^openat\(.*\b{flag}\b.*= \d+", call)) for call in calls)
        found |= {flag: opened} if opened else {}
    return found
