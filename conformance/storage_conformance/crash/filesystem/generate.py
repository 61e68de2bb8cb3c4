"""sequences: workloads in a stated bound, as ACE makes them (Mohan et al., OSDI 2018, section 5.2).

The bound: the files foo and A/foo, which are there and synced, bar and A/bar, which are not, the folders A, which is,
and B, which is not; the calls of OPERATIONS. A call on a file that is not there comes after its creation. After each
call, nothing, or a sync of the whole, of a file that the call was about, or of a folder that holds one; after the
last, one of these always. Another file, written, synced and removed before the recording begins, leaves bytes that
nobody may ever see again.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from random import Random

from ..replay import View, after
from ..trace import Trace
from ..tree import Tree
from ..words import BadCall, Script
from .promises import POSIX, Promises
from .workload import Calls

__all__ = ["BEFORE", "OPERATIONS", "sequences"]

FILES = ("foo", "bar", "A/foo", "A/bar")
NEW = ("bar", "A/bar")
BEFORE = (
    "create old", "write old 0 262144", "sync", "mkdir A", "create foo", "write foo 0 8192",
    "create A/foo", "write A/foo 0 8192", "unlink old", "sync",
)  # fmt: skip
"""Sizes here and below: whole blocks and parts of one, so that both the middle and the end of a block are written."""

OPERATIONS = (
    *(f"create {path}" for path in NEW),
    *(f"{verb} {path} {rest}" for path in FILES for verb, rest in (
        ("append", "5000"), ("overwrite", "1000 4500"), ("write", "12288 4096"),
        ("truncate", "2500"), ("truncate", "9000"),
    )),
    *(f"rename {path} {new}" for path, new in permutations(FILES, 2)),
    *(f"link {path} {new}" for path in FILES for new in NEW if path != new),
    *(f"unlink {path}" for path in FILES),
    "mkdir B", "rename A B",
)  # fmt: skip
"""The calls that are combined."""


def sequences(count: int, *, seed: int = 0, limit: int = 0, promises: Promises = POSIX) -> Iterator[Calls]:
    """Workloads of `count` calls of OPERATIONS with their syncs: all, in order, or by chance `limit` different ones."""
    found = _part(count, seed, limit) if limit else _all((), count)
    return (Calls(lines, BEFORE, promises) for lines in found)


def _all(lines: tuple[str, ...], count: int) -> Iterator[tuple[str, ...]]:
    if not count:
        yield lines
    for operation in OPERATIONS if count else ():
        grown = _grown(lines, operation)
        for point in _points(grown, operation, last=count == 1):
            yield from _all(grown + point, count - 1)


def _part(count: int, seed: int, limit: int) -> list[tuple[str, ...]]:
    dice = Random(seed)  # noqa: S311  # chooses, guards no secret
    if count == 1:
        every = list(_all((), 1))
        return dice.sample(every, min(limit, len(every)))
    found: dict[tuple[str, ...], None] = {}
    while len(found) < limit:
        found |= dict.fromkeys(_drawn(count, dice))
    return list(found)


def _drawn(count: int, dice: Random) -> Iterator[tuple[str, ...]]:
    """One by chance, or none where a call that was drawn cannot be made."""
    lines: tuple[str, ...] = ()
    for left in range(count, 0, -1):
        operation = dice.choice(OPERATIONS)
        grown = _grown(lines, operation)
        points = _points(grown, operation, last=left == 1)
        if not points:
            return
        lines = grown + dice.choice(points)
    yield lines


def _grown(lines: tuple[str, ...], operation: str) -> tuple[str, ...]:
    """The lines with that call, and what it needs before it; () where it cannot be made."""
    verb, path, *_ = operation.split()
    made = (f"create {path}", f"append {path} 6000")
    for needed in ((), made) if path in FILES and verb != "create" else ((),):
        if _possible((*lines, *needed, operation)):
            return (*lines, *needed, operation)
    return ()


def _possible(lines: tuple[str, ...]) -> bool:
    try:
        _after(lines)
    except BadCall:
        return False
    return True


def _after(lines: tuple[str, ...]) -> View:
    """What the program sees. Raises BadCall."""
    script = Script(Trace(START), len(BEFORE))
    for line in lines:
        script.do(line)
    return script.view


def _points(lines: tuple[str, ...], operation: str, *, last: bool) -> list[tuple[str, ...]]:
    """What may be synced after that call: nothing (not at the end), all, what it was about, a folder of it."""
    if not lines:
        return []
    paths = [word for word in operation.split()[1:] if not word.isdecimal()]
    folders = dict.fromkeys(path.rpartition("/")[0] or "." for path in paths)
    calls = [f"{verb} {path}" for path in paths for verb in ("fsync", "fdatasync")] + [
        f"fsync {each}" for each in folders
    ]
    return [*([] if last else [()]), ("sync",), *((call,) for call in calls if _possible((*lines, call)))]


def _start() -> Tree:
    script = Script(Trace())
    for line in BEFORE:
        script.do(line)
    return after(script.trace)


START = _start()
