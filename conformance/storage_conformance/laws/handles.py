"""Two live handles on the same data, in turn: what one writes the other reads, lists and compares with (claim shared).

Ours. The scenarios are those that a memory of one's own gets wrong: of values, absence, listings, what to compare with.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from inspect import getsource
from time import monotonic
from typing import Any

from storage_combinators.store import MISSING

from ..engines import turns as turns_module
from ..engines.turns import Turns
from ..law import law
from ..trial import Broken, Recorded, Trial
from ..verbs import alike, answer_of
from .durability import FEW, MAKE_VALUE
from .interrupted import ALL, answer, asking, packages, shown, text, where

CHAPTER = "chapters/01-protocol.md"
Turn = tuple[str, str, tuple[Any, ...]]  # handle, verb, arguments


@law("shared", chapter=CHAPTER)
def two_handles_in_turn_are_one_store(t: Trial) -> None:
    """s, q on the same data: whatever they do in turn, each answers as one store would"""
    _in_turn(t, list(_of_a_store(t)))


@law("shared", kind="mapping", chapter=CHAPTER)
def two_handles_in_turn_are_one_mapping(t: Trial) -> None:
    """d, e on the same data: whatever they do in turn, each answers as one mapping would"""
    _in_turn(t, list(_of_a_mapping(t)))


def _in_turn(t: Trial, scenarios: list[list[Turn]]) -> None:
    turns = t.choose(scenarios)
    t.reopen("other")
    for on, verb, args in turns:
        right, answer = answer_of(t.model, verb, args), t.call(on, verb, args)
        if not alike(answer, right):
            raise Broken(t.sentence(on, verb, args, answer, right, ""), right)


def _of_a_store(t: Trial) -> Iterator[list[Turn]]:
    r, near = t.scope.refs[0], t.scope.refs[-1]
    one, two, three = map(eval(MAKE_VALUE[t.claims.values]), (1, 2, 3))  # noqa: S307  # our own text
    s, q = "store", "other"
    yield [(s, "get", (r,)), (q, "put", (r, one)), (s, "get", (r,))]
    yield [(s, "put", (r, one)), (q, "get", (r,)), (s, "put", (r, two)), (q, "get", (r,)), (s, "get", (r,))]
    yield [(s, "put", (r, one)), (q, "put", (r, two)), (s, "get", (r,)), (s, "put", (r, three)), (q, "get", (r,))]
    yield [
        (s, "put", (r, one)),
        (q, "get", (r,)),
        (q, "delete", (r,)),
        (s, "get", (r,)),
        (s, "put", (r, one)),
        (q, "get", (r,)),
    ]
    if t.claims.lists:
        for depth in (None, 1):
            lists = [(each, "refs", (t.root, depth)) for each in (s, q)]
            yield [
                *lists,
                (s, "put", (r, one)),
                *lists,
                (q, "put", (near, one)),
                *lists,
                (s, "delete", (near,)),
                *lists,
            ]
    if t.claims.keeps_to("swaps", "create"):
        create = ("swap", (r, MISSING, one))
        yield [(s, "get", (r,)), (q, *create), (s, *create), (s, "delete", (r,)), (q, *create), (s, "get", (r,))]
    if t.claims.keeps_to("swaps", "write"):
        swaps = [
            (q, "swap", (r, one, two)),
            (s, "swap", (r, one, three)),
            (s, "get", (r,)),
            (s, "swap", (r, two, three)),
        ]
        yield [(s, "put", (r, one)), (s, "get", (r,)), *swaps, (q, "get", (r,)), (q, "swap", (r, two, one))]


def _of_a_mapping(t: Trial) -> Iterator[list[Turn]]:
    k, near = t.scope.refs[0], t.scope.refs[-1]
    d, e = "store", "other"
    yield [(d, "in", (k,)), (e, "[]=", (k, b"1")), (d, "in", (k,)), (d, "[]", (k,))]
    yield [(d, "[]=", (k, b"1")), (e, "[]", (k,)), (d, "[]=", (k, b"2")), (e, "[]", (k,)), (d, "[]", (k,))]
    yield [(d, "[]=", (k, b"1")), (e, "[]=", (k, b"2")), (d, "[]", (k,)), (d, "[]=", (k, b"3")), (e, "[]", (k,))]
    yield [
        (d, "[]=", (k, b"1")),
        (e, "[]", (k,)),
        (e, "del", (k,)),
        (d, "in", (k,)),
        (d, "del", (k,)),
        (d, "[]=", (k, b"1")),
        (e, "[]", (k,)),
    ]
    yield [(d, "setdefault", (k, b"1")), (e, "setdefault", (k, b"2")), (e, "pop", (k, None)), (d, "get", (k,))]
    if t.claims.lists:
        lists = [(each, verb, ()) for each in (d, e) for verb in ("iter", "len", "items")]
        yield [*lists, (d, "[]=", (k, b"1")), *lists, (e, "[]=", (near, b"1")), *lists, (d, "del", (near,)), *lists]


@law("shared", needs=("writes", "threads"), chapter=CHAPTER, bound="schedules")
def opening_another_handle_disturbs_no_put(t: Trial) -> None:
    """put(r, v), interrupted anywhere, while another handle is opened: both succeed, and get(r) = v in both"""
    _opened_meanwhile(t, "put", "get")


@law("shared", kind="mapping", needs=("writes", "threads"), chapter=CHAPTER, bound="schedules")
def opening_another_handle_disturbs_no_setting(t: Trial) -> None:
    """d[k] = v, interrupted anywhere, while another handle e is opened: both succeed, and d[k] = e[k] = v"""
    _opened_meanwhile(t, "[]=", "[]")


def _opened_meanwhile(t: Trial, write: str, read: str) -> None:
    key, (old, new) = t.scope.refs[0], map(eval(MAKE_VALUE[t.claims.values]), (1, 2))  # noqa: S307  # our own text
    t.expect(None, write, key, old)
    opening, call = t.place.again_line("other").partition(" = ")[2], (write, key, new)
    stride, often = _stride(t), t.chooser.interruptions(1)
    turns = Turns(packages(t), lambda step: not turns.ended and step % stride == 0 and often(step))
    t.aside, t.pulse.since, t.pulse.patience = True, monotonic(), 2.0
    try:
        written, other = turns.run([partial(answer, t.handle("store"), call), partial(_opened, t, opening)])
    except AssertionError as error:
        raise Broken(f"{_tell_opening(t, turns, opening, call)}: {error}.") from None
    finally:
        t.pulse.since, t.pulse.patience = monotonic(), 1.0
    handles = (t.handle("store"), other)
    said = [written, *(each if isinstance(each, type) else answer(each, (read, key)) for each in handles)]
    if said != [None, new, new]:
        _tell_answers(t, _tell_opening(t, turns, opening, call), call, (read, said))


def _stride(t: Trial) -> int:
    """Of so many steps one is tried: of a server that others use few, and fewer where few fit into the bound."""
    return 40 if t.root else 3 if t.rounds < FEW else 1


def _opened(t: Trial, opening: str) -> Any:
    """The other handle, or the class of what opening it raises."""
    try:
        return eval(opening, t.names)  # noqa: S307  # our own text
    except Exception as error:  # noqa: BLE001  # whatever it is, it is the answer, to be judged
        return type(error)


def _tell_opening(t: Trial, turns: Turns, opening: str, call: Any) -> str:
    """What was done at once, in the script's lines and in words."""
    steps, at = sorted(step for _, step, *_ in turns.log), [where(code, line) for *_, code, line in turns.log]
    t.steps += [
        Recorded("def", getsource(turns_module).partition("annotations\n")[2].replace(f"{ALL}\n", ""), ()),
        Recorded("", f"turns = Turns({turns.packages}, lambda step: step in {steps})", ()),
        Recorded("", f"written, other = turns.run([lambda: {asking(t, call)}, lambda: {opening}])", ()),
    ]
    return f"While {shown(t, call)} was interrupted in {'; '.join(at) or 'nothing'}, another handle was opened"


def _tell_answers(t: Trial, opened: str, call: Any, found: tuple[str, list[Any]]) -> None:
    read, said = found
    new, reading = t.text(call[2]), asking(t, (read, call[1]))
    answers = f"it answered {text(t, said[0])}, then {read} answers {text(t, said[1])}, in the other {text(t, said[2])}"
    sentence = f"{opened}: {answers}."
    t.steps += [
        Recorded("", f"said = [written, {reading}, {reading.replace('store.', 'other.', 1)}]", ()),
        Recorded("", f"assert said == [None, {new}, {new}], {sentence!r}", ()),
    ]
    raise Broken(sentence)
