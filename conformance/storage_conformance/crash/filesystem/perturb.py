"""Perturbation: what others do to the same file system between two calls of a workload.

Without it, what a call changed stays in memory until the next sync of the workload itself, and no power cut between
two calls is seen. Syncs that others make are legal at any moment and promise more, never less: what is found wrong
with them is wrong. They come from another thread, at stated points, while the workload waits: the same seed, the same
points.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

from .loops import libc

__all__ = ["NOBODY", "UNRELATED", "Perturbation", "Perturber", "perturbations", "sync_all"]

UNRELATED = "unrelated"
"""A file beside the workload's folder."""


@dataclass(frozen=True)
class Perturbation:
    """Before which calls (the number of calls: after the last) others do what."""

    how: str
    before: frozenset[int] = frozenset()

    def __str__(self) -> str:
        places = ", ".join(str(number + 1) for number in sorted(self.before))
        return f"{self.how} by another process before call {places}" if self.before else "nobody else syncs"


NOBODY = Perturbation("nothing")


def perturbations(lines: tuple[str, ...], seed: int) -> list[Perturbation]:
    """Those under which a workload of these calls is recorded: none, and one, which the seed and the calls decide."""
    some = Random(f"{seed} {lines}")  # noqa: S311  # choices, not secrets
    gaps = range(1, len(lines) + 1)
    chosen = frozenset(gap for gap in gaps if some.random() < 0.6) or frozenset(gaps)
    return [NOBODY, Perturbation(some.choice(sorted(HOW)), chosen)]


def sync_all(top: Path) -> None:
    """All that was written to the file system at `top` is kept when this returns."""
    folder = os.open(top, os.O_RDONLY)
    try:
        libc("syncfs", folder)
    finally:
        os.close(folder)


def _sync_another_file(top: Path) -> None:
    file = os.open(top / UNRELATED, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(file, b"more")
        os.fsync(file)
    finally:
        os.close(file)


HOW = {"sync of the file system": sync_all, "fsync of an unrelated file": _sync_another_file}


class Perturber:
    """Does it, on the file system that is mounted at `top`, when it hears the mark before one of the points."""

    def __init__(self, what: Perturbation, top: Path) -> None:
        """Its thread ends with the process."""
        self.what, self.top, self.thread = what, top, ThreadPoolExecutor(1)

    def hear(self, mark: str) -> None:
        """After call n has returned comes point n + 1."""
        said, number = mark.split()
        if said == "done" and int(number) + 1 in self.what.before:
            self.thread.submit(HOW[self.what.how], self.top).result()

    def close(self) -> None:
        """Its thread ends."""
        self.thread.shutdown()
