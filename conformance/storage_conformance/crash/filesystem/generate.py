"""generate: workloads in a stated bound, as ACE makes them."""

from __future__ import annotations

from collections.abc import Iterator

from .oracle import POSIX, Promises
from .workload import Calls

__all__ = ["sequences"]


def sequences(count: int, *, seed: int = 0, limit: int = 0, promises: Promises = POSIX) -> Iterator[Calls]:
    """Workloads of `count` calls beside their syncs: all, or a fair part of `limit` by the seed."""
    raise NotImplementedError
