"""Closure: which laws of a leaf a combinator keeps, over leaves that keep all of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from ..judging import judge
from ..outlaws.right import Plain
from ..report.result import Report, Result
from .catalogue import ROOMY, WAYS, WHOLES, Clock, maker

__all__ = ["Kept", "kept"]

STEP = 4  # of the quick profile: some fifty combinators are judged


@dataclass(frozen=True)
class Kept:
    """Of the laws that the leaves keep: for each group how many hold, are given up, are broken; which, and why."""

    groups: dict[str, tuple[int, ...]]
    broken: tuple[str, ...]
    reasons: dict[str, str]


def kept(name: str) -> Kept:
    """What the combinator `name` of the catalogue keeps of the laws that hold for its leaves."""
    text = ROOMY.get(name) or {**WAYS, **WHOLES}[name]
    holds = {each.law for each in _leaf().laws if each.verdict == "holds"}
    laws = [
        each
        for each in _judged(text.replace("Memory()", "Plain()")).laws
        if each.law in holds and each.group != "claims"
    ]
    groups = {
        group: _counted([each for each in laws if each.group == group])
        for group in dict.fromkeys(each.group for each in laws)
    }
    broken = tuple(each.law for each in laws if each.verdict == "broken")
    return Kept(groups, broken, {each.claim or "writes": each.why for each in laws if each.verdict == "exempt"})


def _counted(laws: list[Result]) -> tuple[int, ...]:
    return tuple(
        sum(each.verdict in some for each in laws) for some in (("holds",), ("exempt",), ("broken", "not run"))
    )


@cache
def _leaf() -> Report:
    return _judged("s")


def _judged(text: str) -> Report:
    """The report of what `text` makes over leaves of the suite's own."""
    make = maker(text)

    def over_leaves() -> Any:
        return make(Plain(), Plain(), Plain(), Clock())

    return judge(over_leaves, step=STEP)
