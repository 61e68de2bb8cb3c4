"""without_sync: a trace with each of its syncs dropped in turn, as if the program had not made that call."""

from __future__ import annotations

from collections.abc import Iterator

from .trace import Call, Msync, Sync, SyncAll, Trace

__all__ = ["NEEDLESS", "without_sync"]

NEEDLESS = "{} is not needed under {} (or what it protects was not tested): without it nothing breaks"
"""What to say of a sync without which no state is bad."""


def without_sync(trace: Trace) -> Iterator[tuple[Call, Trace]]:
    """Each call that syncs, and the trace without its sync; what else the call did (a write with O_DSYNC) stays."""
    syncs = dict.fromkeys(step.call for step in trace.steps if isinstance(step.op, Sync | SyncAll | Msync))
    for call in syncs:
        kept = [step for step in trace.steps if step.call != call or not isinstance(step.op, Sync | SyncAll | Msync)]
        yield call, Trace(trace.initial, kept)
