"""oracle: whether what is found after a power cut is what the file system promised to keep."""

from __future__ import annotations

from dataclasses import dataclass

from ..trace import Trace
from ..tree import Tree

__all__ = ["POSIX", "PROMISES", "Promises", "complaints"]


@dataclass(frozen=True)
class Promises:
    """What a file system documents beyond POSIX; each flag is a promise, so False asks for less."""

    name: str
    sources: tuple[str, ...]
    ordered_names: bool = False
    """Names are found as they were at one moment: the journal is a prefix."""
    fsync_names: bool = False
    """fsync of a file makes its present names durable, and the folders above it."""


POSIX = Promises("posix", ("POSIX.1-2017, fsync, fdatasync and rename",))

PROMISES: dict[str, Promises] = {
    each.name: each
    for each in (
        POSIX,
        Promises("ext4", (), ordered_names=True, fsync_names=True),
        Promises("xfs", (), ordered_names=True, fsync_names=True),
        Promises("btrfs", (), fsync_names=True),
        Promises("ext2", ()),
    )
}


def complaints(trace: Trace, found: Tree, begun: int, done: int, promises: Promises) -> list[str]:
    """What is wrong with a tree, a sentence each; so many calls of the trace had begun, so many had returned."""
    raise NotImplementedError
