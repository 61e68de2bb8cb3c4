"""Two calls at once, each interrupted at a chosen place, the same in every run (claim threads; ours)."""

from __future__ import annotations

import sys
from collections.abc import Iterator, MutableMapping, Sequence
from functools import partial
from inspect import getsource
from itertools import combinations_with_replacement, product
from linecache import getline
from pathlib import Path
from time import monotonic
from typing import Any

from storage_combinators.store import MISSING, Conflict

from ..engines import turns as turns_module
from ..engines.turns import Turns
from ..law import law
from ..linearizable import Event, orders
from ..subjects import is_store
from ..trial import Broken, Recorded, Trial
from ..verbs import answer_of, call_text
from .durability import MAKE_VALUE

CHAPTER = "chapters/03-caching.md"
METHODS = {"[]": "__getitem__", "[]=": "__setitem__", "del": "__delitem__", "in": "__contains__"}
Call = tuple[Any, ...]  # verb, key, further arguments


@law("threads", chapter=CHAPTER, bound="schedules")
def two_calls_at_once_come_in_some_order(t: Trial) -> None:
    """c ∥ d, each interrupted anywhere: c then d, or d then c, answers the same and leaves the same"""
    in_turns(t, "put", "get", ("refs", t.root))


@law("threads", kind="mapping", chapter=CHAPTER, bound="schedules")
def two_calls_of_a_mapping_at_once_come_in_some_order(t: Trial) -> None:
    """c ∥ d of [], []=, del and in, each interrupted anywhere: one order answers the same and leaves the same"""
    in_turns(t, "[]=", "[]", ("iter",))


def in_turns(t: Trial, write: str, read: str, listing: Call) -> None:
    """One pair of calls, one way to interrupt them, and what they answered and left."""
    most = t.choose((1, 2))
    cells, calls = t.choose(list(pairs(t)))
    for key, value in cells.items():
        t.expect(None, write, key, value)
    first, switch = t.choose((0, 1)), t.chooser.interruptions(most)
    turns, store, t.aside = Turns(packages(t), switch), t.handle("store"), True
    t.pulse.since, t.pulse.patience = monotonic(), 2.0
    try:
        turns.run([partial(answer, store, call) for call in calls], first)
    except AssertionError as error:
        tell(t, turns, calls, first)
        raise Broken(f"{both(t, calls)} at once: {error}.") from None
    finally:
        t.pulse.since, t.pulse.patience = monotonic(), 1.0
    keys = sorted({call[1] for call in calls})
    reads: list[Event] = [(2, (read, key), answer(store, (read, key)), turns.steps, turns.steps) for key in keys]
    events = [*((number, call, *turns.answers[number]) for number, call in enumerate(calls)), *reads]
    judge_answers(t, turns, events, cells, first)
    if t.claims.lists:
        judge_listing(t, turns, events, first, listing)


def pairs(t: Trial) -> Iterator[tuple[dict[Any, Any], tuple[Call, Call]]]:
    """What is there at first, and two calls: of two refs, then any two of one ref, the most telling ones first."""
    a, b = t.scope.refs[0], t.scope.refs[-1]
    old, one, two = map(eval(MAKE_VALUE[t.claims.values]), (1, 2, 3))  # noqa: S307  # our own text
    mine, others, rivals = (list(ways(t, *each)) for each in ((a, old, one), (b, old, two), (a, old, two)))
    yield {}, tuple(next(call for call in calls if call[0] in ("put", "[]=")) for calls in (mine, others))  # type: ignore[misc]  # two
    for left, right in sorted(combinations_with_replacement(range(len(mine)), 2), key=sum):
        pair = mine[left], rivals[right]
        if not {call[0] for call in pair} <= {"get", "[]", "in"}:
            yield {a: old}, pair
            if not any(call[2:3] == (old,) for call in pair):  # which would be a Conflict
                yield {}, pair
    for left, right in product(range(len(mine)), range(3)):
        yield {a: old, b: old}, (mine[left], others[right])


def ways(t: Trial, ref: Any, old: Any, new: Any) -> Iterator[Call]:
    """The calls that are atomic."""
    if t.place.subject.kind == "mapping":
        yield from (("[]=", ref, new), ("del", ref), ("[]", ref), ("in", ref))
        return
    forms = (("create", MISSING, new), ("write", old, new), ("all", old, MISSING))
    swaps = [("swap", ref, *args) for level, *args in forms if t.claims.keeps_to("swaps", level)]
    yield from (*swaps[1:2], ("put", ref, new), ("delete", ref), ("get", ref), *swaps[:1], *swaps[2:])


def packages(t: Trial) -> tuple[str, ...]:
    """Whose code is the subject's: the packages of its classes, of the stores inside, and of its factory."""
    found, todo, seen = {t.place.subject.make.__module__ or ""}, [t.handle("store")], set[int]()
    while todo:
        store = todo.pop()
        seen.add(id(store))
        inside = getattr(store, "__dict__", {}).values()
        todo += [each for each in inside if is_store(each) or isinstance(each, MutableMapping) if id(each) not in seen]
        found |= {each.__module__ for each in type(store).__mro__}
    ours = ("storage_combinators", "storage_conformance")  # of which the words and the laws are not the subject's
    names = {".".join(name.split(".")[: 1 + name.startswith(ours)]) for name in found}
    return tuple(sorted(name for name in names if name.split(".")[0] not in ("", *sys.stdlib_module_names)))


def answer(store: Any, call: Call) -> Any:
    """What the store answers; an exception is its class, or the class of ours that it is."""
    found = answer_of(store, call[0], call[1:])
    if not isinstance(found, BaseException):
        return found
    return next((kind for kind in (KeyError, Conflict) if isinstance(found, kind)), type(found))


def judge_answers(t: Trial, turns: Turns, events: list[Event], cells: dict[Any, Any], first: int) -> None:
    """The answers of the calls, and what is read afterwards, are those of some order."""
    answers, right = [event[2] for event in events], [answers for answers, _ in orders(events, cells)]
    if answers in right:
        return
    calls, reads = [event[1] for event in events[:2]], [event[1] for event in events[2:]]
    said = [text(t, each) for each in answers]
    after = " and ".join(f"{shown(t, call)} answered {each}" for call, each in zip(reads, said[2:], strict=True))
    sentence = (
        f"{both(t, calls)} at once answered {said[0]} and {said[1]}, then {after}: no order of the two does that."
    )
    tell(t, turns, calls, first)
    asked = ", ".join(asking(t, call) for call in reads)
    allowed = ", ".join(f"[{', '.join(text(t, each) for each in way)}]" for way in right)
    t.steps += [Recorded("", f"answers += [{asked}]", ()), Recorded("", f"right = [{allowed}]", ())]
    t.steps.append(Recorded("", f"assert answers in right, {sentence!r}", ()))
    raise Broken(sentence, history=history(t, events))


def judge_listing(t: Trial, turns: Turns, events: list[Event], first: int, listing: Call) -> None:
    """What is listed afterwards is what can be read."""
    read = {call[1]: found for _, call, found, *_ in events[2:]}
    there = sorted([*({*t.initial} - {*read}), *(key for key, found in read.items() if found is not KeyError)])
    checks: list[tuple[Any, Call]] = [(there, listing), *[(len(there), ("len",))] * (listing[0] == "iter")]
    for expected, call in checks:
        if answer(t.handle("store"), call) != expected:
            tell(t, turns, [event[1] for event in events[:2]], first)
            t.expect(expected, *call, because=f"after two calls at once {t.text(there)} can be read")


# Telling


def tell(t: Trial, turns: Turns, calls: Sequence[Call], first: int) -> None:
    """The steps of the counterexample, which are the lines of the script."""
    works = ", ".join(f"lambda: {asking(t, call)}" for call in calls)
    steps = sorted(step for _, step, *_ in turns.log)
    t.steps += [
        Recorded("def", getsource(turns_module).partition("annotations\n")[2].replace(f"{ALL}\n", ""), ()),
        Recorded("", f"turns = Turns({turns.packages}, lambda step: step in {steps})", ()),
        Recorded("", f"answers = turns.run([{works}], first={first})", ()),
    ]
    t.steps += [Recorded("", f"# {line}", ()) for line in happened(t, turns, calls)]


ALL = '__all__ = ["Turns"]'


def happened(t: Trial, turns: Turns, calls: Sequence[Call]) -> list[str]:
    """What the threads did, in its order."""
    lines = [(at, f"{who(t, me, calls)} is interrupted in {where(code, line)}") for me, at, code, line in turns.log]
    ends = [(end, f"{who(t, me, calls)} -> {text(t, found)}") for me, (found, _, end) in turns.answers.items()]
    return [line for _, line in sorted([*lines, *ends])]


def who(t: Trial, me: int, calls: Sequence[Call]) -> str:
    return f"thread {me + 1}: {shown(t, calls[me])}"


def where(code: Any, line: int) -> str:
    """A place in the subject's code."""
    return f"{code.co_name}, {Path(code.co_filename).name} line {line}: {getline(code.co_filename, line).strip()}"


def both(t: Trial, calls: Sequence[Call]) -> str:
    return " and ".join(shown(t, call) for call in calls)


def shown(t: Trial, call: Call) -> str:
    """The call as Python."""
    return call_text("store", call[0], call[1:], t.text)


def text(t: Trial, found: Any) -> str:
    """An answer as Python, as the helper ``answer`` of scripts gives it."""
    return "Missing" if found is KeyError and t.place.subject.kind != "mapping" else t.text(found)


def asking(t: Trial, call: Call) -> str:
    """The call as Python that answers a class where it raises."""
    return f"answer(store.{METHODS.get(call[0], call[0])}, {', '.join(map(t.text, call[1:]))})"


def history(t: Trial, events: list[Event]) -> list[tuple[int, str, str, float, float]]:
    """The events for the report."""
    return [(me + 1, shown(t, call), text(t, found), start, end or 0) for me, call, found, start, end in events]
