"""Error mode: a sync fails once, a disk is full, a write is cut short. A program may fail then; it must not lie.

After a failed fsync the kernel has dropped the data from its cache, and a second one that succeeds proves nothing:
Rebello et al., Can Applications Recover from fsync Failures?, ATC 2020. Faults are injected by strace, see strace(1).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from .run_record import Recorded, Stage, Unfit
from .run_values import KEY, Put, Scenario, value
from .strace import Strace
from .strace_calls import MS_SYNC
from .strace_lines import Call, File
from .tree import Tree

__all__ = ["Fault", "with_errors"]

SYNCS, WRITES = ("fsync", "fdatasync"), ("write", "pwrite64", "writev", "pwritev", "pwritev2")
MOST = 12
"""Faults that are tried."""
SHORT = 6000
"""Bytes after which a file can grow no more: in the middle of the value."""


@dataclass(frozen=True)
class Fault:
    """What fails: the option of strace for it, or words to put before those of the program."""

    what: str
    inject: str = ""
    before: tuple[str, ...] = ()


def faults(heard: list[Call], root: str) -> Iterator[Fault]:
    """Each sync of the program and each of its writes that touches the folder, in turn; then a limit on the size."""
    counts: Counter[tuple[int, str]] = Counter()
    for call in heard:
        counts[call.pid, call.name] += 1
        file = call.args[0] if call.args else None
        if call.name == "msync" and call.args[2] & MS_SYNC:  # of which mapping is not known here
            yield Fault("msync fails with EIO", f"msync:error=EIO:when={counts[call.pid, call.name]}")
        if isinstance(file, File) and os.fsdecode(file.path).startswith(root):
            number = counts[call.pid, call.name]
            path = os.path.relpath(os.fsdecode(file.path), root)
            if call.name in SYNCS:
                yield Fault(f'{call.name}("{path}") fails with EIO', f"{call.name}:error=EIO:when={number}")
            elif call.name in WRITES:
                yield Fault(f'{call.name}("{path}") fails with ENOSPC', f"{call.name}:error=ENOSPC:when={number}")
    yield Fault(f"files grow to {SHORT} bytes and no further", before=("prlimit", f"--fsize={SHORT}"))


def with_errors(stage: Stage, before: Tree, *, keyed: bool) -> Iterator[tuple[Fault, Recorded]]:
    """A replacing write under each fault, recorded. One that fails has not returned: old or new are right after it."""
    key = KEY if keyed else ""
    puts = Put(key, value("A", 5000)), Put(key, value("B", 10000))
    heard = [call for call in _run(stage, before, puts, Fault("")).heard if isinstance(call, Call)]
    for fault in list(faults(heard, str(stage.places.live)))[-MOST:]:
        scenario = Scenario(fault.what, puts, Put(key, value("Z", 5000)))
        yield fault, Recorded(scenario, _run(stage, before, puts, fault).trace, done=1)


def _run(stage: Stage, before: Tree, puts: tuple[Put, Put], fault: Fault) -> Strace:
    """The first write happens before anything is recorded, and is durable; the second one has the fault."""
    folder = stage.places.fresh(before)
    wrote = stage.write(puts[0], folder, stage.places.scratch)
    if wrote.status:
        raise Unfit(f"--write failed with status {wrote.status} before any fault: {wrote.said or 'it said nothing'}")
    strace = Strace(stage.places.live, stage.places.scratch)
    words, file = stage.written(puts[1], folder)
    strace.run([*fault.before, *words], 2, file, fault.inject)
    return strace
