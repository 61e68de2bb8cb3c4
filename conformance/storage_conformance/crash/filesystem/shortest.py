"""shorter: a workload with a violation, made as short as it gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..words import BadCall
from .workload import Calls, Workload

__all__ = ["shortest"]


def shortest(workload: Workload, wrong: Callable[[Workload], bool]) -> Workload:
    """Without each call that it needs not to be wrong; a program's runs are left as they are."""
    for fewer in _fewer(workload) if isinstance(workload, Calls) else ():
        if wrong(fewer):
            return shortest(fewer, wrong)
    return workload


def _fewer(workload: Calls) -> Iterator[Calls]:
    """With one call less, where the others still make sense; the last ones first."""
    for number in reversed(range(len(workload.lines))):
        lines = workload.lines[:number] + workload.lines[number + 1 :]
        try:
            if lines:
                yield Calls(lines, workload.before, workload.promises)
        except BadCall:  # a later call needs this one
            continue
