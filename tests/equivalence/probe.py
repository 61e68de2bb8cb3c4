"""A probe: one question to a server, the right answer, and which servers are known to answer otherwise, and why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Probe", "probe"]


@dataclass(frozen=True)
class Probe:
    """`ask` gets an empty place on a server, opened, and answers in few words. `differs` has reasons by column."""

    question: str
    right: str
    ask: Callable[[Any], str]
    differs: Mapping[str, str]


def probe(question: str, right: str, **differs: str) -> Callable[[Callable[[Any], str]], Probe]:
    """Make a probe of a function. In the name of a column a blank is written as an underscore."""
    reasons = {column.replace("_", " "): why for column, why in differs.items()}
    return lambda ask: Probe(question, right, ask, reasons)
