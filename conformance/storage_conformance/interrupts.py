"""Interrupts: what a person (SIGINT) or a CI that cancels (SIGTERM) sends, so that a command cleans up. Ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from signal import SIG_DFL, SIGINT, SIGTERM, default_int_handler, signal
from threading import current_thread, main_thread
from typing import Any

__all__ = ["INTERRUPTS", "heeding", "sigterm_as_interrupt"]

INTERRUPTS = (SIGINT, SIGTERM)


@contextmanager
def heeding(handler: Callable[..., Any], numbers: tuple[int, ...] = INTERRUPTS) -> Iterator[None]:
    """Meanwhile these signals call `handler`. Only the main thread hears them; elsewhere nothing changes."""
    if current_thread() is not main_thread():
        yield
        return
    before = {number: signal(number, handler) or SIG_DFL for number in numbers}
    try:
        yield
    finally:
        for number, former in before.items():
            signal(number, former)


def sigterm_as_interrupt() -> Any:
    """A context in which SIGTERM raises KeyboardInterrupt, as SIGINT does, so that what was made is removed."""
    return heeding(default_int_handler, (SIGTERM,))
