"""Two stacks are alike when no short sequence of verbs tells them apart: all of them are run, the shortest first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from itertools import product
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing, Refused

from ..model import Model
from ..verbs import alike, answer_of
from .catalogue import Clock, maker

__all__ = ["Difference", "difference", "stacked"]

Step = tuple[str, tuple[Any, ...]]
A, B, AB, P = Ref("a"), Ref("b"), Ref("a", "b"), Ref("p")
X, Y = b"1", b"22"
STARTS: tuple[dict[Ref, bytes], ...] = ({}, {A: X, AB: Y}, {P / A: X, P / AB: Y, B: X})
OTHERS: tuple[dict[Ref, bytes], ...] = ({A: b"f"}, {A: b"g", B: b"g"})  # what f and g hold
WRITES: tuple[Step, ...] = (
    ("put", (A, X)), ("put", (A, Y)), ("put", (AB, X)), ("put", (B, X)), ("merge", (A, X)), ("delete", (A,)),
    ("delete", (AB,)), ("swap", (A, MISSING, X)), ("swap", (A, X, Y)), ("swap", (A, X, MISSING)),
    ("swap", (AB, MISSING, Y)),
)  # fmt: skip  # one table
READS: tuple[Step, ...] = (("get", (A,)), ("get", (AB,)), ("get", (B,)), ("refs", (Ref(),)), ("refs", (Ref(), 1)))
LAST: tuple[Step, ...] = (*READS, ("refs", (A, 0)), ("refs", (A, 1)))
WAIT: Step = ("wait", (10,))
ANSWERS = (Missing, Conflict, Refused, TypeError)


@dataclass(frozen=True)
class Difference:
    """The shortest run that tells two stacks apart: what s held, what was called, and the two last answers, as text."""

    start: str
    calls: tuple[str, ...]
    left: str
    right: str


@dataclass
class Run:
    """One stack over a source of its own; `last` are the answers to what is read at the end."""

    make: Callable[..., Any]
    start: dict[Ref, bytes]

    def __post_init__(self) -> None:
        self.clock, self.source = Clock(), Model(dict(self.start))
        self.others = [Model(dict(cells)) for cells in OTHERS]
        self.store = self.make(self.source, *self.others, self.clock)

    def answer(self, step: Step) -> Any:
        if step == WAIT:
            self.clock.now += 10
            return None
        return answer_of(self.store, *step)

    def answers(self, steps: tuple[Step, ...]) -> list[Any]:
        return [self.answer(step) for step in steps]

    def anew(self, make: Callable[..., Any]) -> Run:
        """The same source, with what waited written out, under a stack that was just made."""
        _flush(self.store)
        other = Run(make, {})
        other.store, other.clock = make(self.source, *self.others, self.clock), self.clock
        return other


def _flush(store: Any) -> None:
    """Write out what waits in it, outermost first; what cannot be written waits on, and is missed below."""
    if callable(getattr(store, "flush", None)):
        answer_of(store, "flush", ())
    for port in fields(store) if is_dataclass(store) else ():
        _flush(getattr(store, port.name))


def stacked(outer: str, inner: str) -> str:
    """The line that makes `outer` over `inner`: what is called s in it."""
    return re.sub(r"\bs\b", lambda _: inner, outer)


def difference(left: str, right: str, length: int) -> Difference | None:
    """The shortest sequence, of `length` verbs at most, that tells `left` and `right` apart; None: there is none.

    Each is run on an empty source, and on every other start that both can read. The answers are compared, then all is
    read, then what waits is written out, and both are made anew and read what either has left: so what is below is the
    same, as far as it matters.
    """
    if "Hashed(" in left + right:
        left, right = _with_long_names(left), _with_long_names(right)
    makers = maker(left), maker(right)
    starts = [start for start in STARTS if not start or all(_readable(make, start) for make in makers)]
    changing = (*WRITES, WAIT) if "TimeToLive(" in left + right else WRITES
    for size in range(length + 1):  # the last one changes something: what follows a reading is read anyway
        every = product(*[(*changing, *READS)] * (size - 1), *[changing] * min(size, 1))
        for steps, start in product(list(every), starts):
            found = _compared(makers, start, steps)
            if found:
                return found
    return None


def _with_long_names(text: str) -> str:
    """The same between two that make names long and short again: so what is asked and held need not be."""
    inner = re.sub(r'"([abp])"', r'LONG["\1"]', text)
    return f"RenameTable({stacked(inner, 'RenameTable(s, SHORT)')}, LONG)"


def _readable(make: Callable[..., Any], start: dict[Ref, bytes]) -> bool:
    """Does this stack find what it lists, and values or nothing in what s holds at the start? A codec does not."""
    run = Run(make, start)
    listed, answers = run.answer(("refs", (Ref(),))), run.answers(READS)
    if isinstance(listed, list) and any(isinstance(run.answer(("get", (ref,))), Missing) for ref in listed):
        return False
    return all(isinstance(answer, bytes | list | Missing) or type(answer) is LookupError for answer in answers)


def _compared(makers: tuple[Any, Any], start: dict[Ref, bytes], steps: tuple[Step, ...]) -> Difference | None:
    one, other = (Run(make, start) for make in makers)
    for at, step in enumerate((*steps, *LAST)):
        answers = one.answer(step), other.answer(step)
        if not _same(*answers):
            return _told(start, (*steps[:at], step) if at < len(steps) else (*steps, step), answers)
    anew = [run.anew(make) for run in (one, other) for make in makers]
    for step in READS:
        first, *rest = (run.answer(step) for run in anew)
        for answer in rest:
            if not _same(first, answer):
                return _told(start, (*steps, ("anew", ()), step), (first, answer))
    return None


def _same(one: Any, other: Any) -> bool:
    """Alike; of exceptions the answer that each is, and all failures are one."""
    if isinstance(one, BaseException) or isinstance(other, BaseException):
        return _named(one) == _named(other)
    return alike(one, other)


def _named(answer: Any) -> str:
    if not isinstance(answer, BaseException):
        return _short(answer)
    return next((each.__name__ for each in ANSWERS if isinstance(answer, each)), "a failure")


def _told(start: dict[Ref, bytes], steps: tuple[Step, ...], answers: tuple[Any, Any]) -> Difference:
    calls = tuple(f"{verb}({', '.join(map(_short, args))})" if verb != "wait" else "wait(10)" for verb, args in steps)
    held = ", ".join(f"{_short(ref)}: {_short(value)}" for ref, value in start.items())
    return Difference(held, calls, *map(_named, answers))


def _short(value: Any) -> str:
    if isinstance(value, Ref):
        return str(value) or "/"
    if isinstance(value, bytes):
        return value.decode() if value.isalnum() else "other bytes"
    if isinstance(value, list):
        return f"[{', '.join(map(_short, value))}]"
    return "done" if value is None else repr(value) if value is MISSING else "something else"
