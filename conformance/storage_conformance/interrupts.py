"""Interrupts: what a person (SIGINT) or a CI that cancels (SIGTERM) sends, so that a command cleans up. Ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from signal import SIG_DFL, SIGINT, SIGTERM, default_int_handler, getsignal, signal
from threading import current_thread, main_thread
from types import FrameType
from typing import Any

__all__ = ["heeding", "sigterm_as_interrupt"]


@contextmanager
def heeding(handler: Callable[..., Any], number: int = SIGINT) -> Iterator[None]:
    """Meanwhile this signal calls `handler`. Only the main thread hears it; elsewhere nothing changes."""
    if current_thread() is not main_thread():
        yield
        return
    before = signal(number, handler)
    try:
        yield
    finally:
        signal(number, SIG_DFL if before is None else before)  # None: it was not set from Python


def sigterm_as_interrupt() -> Any:
    """A context in which SIGTERM does what SIGINT does: for a command, whose process is its own."""
    return heeding(_as_interrupt, SIGTERM)


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    handler = getsignal(SIGINT)
    (handler if callable(handler) else default_int_handler)(number, frame)  # a job in the background ignores SIGINT
