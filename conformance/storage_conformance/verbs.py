"""How each verb is called, and how the call is written down: the one table that trials, scripts and models share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import Absent

from .content import noise

__all__ = [
    "MAX_LISTED",
    "VERBS",
    "WITHOUT_ANSWER",
    "Code",
    "alike",
    "answer_of",
    "call_text",
    "failure_of",
    "is_failure",
    "show",
]

LINE, MANY = 80, 12  # characters and names that are still shown in full
SHOWN = 400  # characters of what cannot be written shorter
BLOCK = bytes(range(256))  # a unit of long values
RUNS = 3  # runs of one character that are still written one by one
MAX_LISTED = 100_000  # a listing that goes on for longer never ends


@dataclass(frozen=True)
class Code:
    """An argument that is written down as `text`, since its repr would not show what matters (a shared buffer)."""

    text: str
    value: Any

    def __repr__(self) -> str:
        return self.text


def _set(store: Any, key: Any, value: Any) -> None:
    store[key] = value


def _del(store: Any, key: Any) -> None:
    del store[key]


def _refs(store: Any, *args: Any) -> list[Any]:
    return sorted(islice(store.refs(*args), MAX_LISTED))


VERBS: dict[str, tuple[Callable[..., Any], str]] = {  # verb: (the call, as Python)
    "get": (lambda store, *args: store.get(*args), "{s}.get({all})"),
    "put": (lambda store, ref, value: store.put(ref, value), "{s}.put({all})"),
    "merge": (lambda store, ref, value: store.merge(ref, value), "{s}.merge({all})"),
    "delete": (lambda store, ref: store.delete(ref), "{s}.delete({all})"),
    "swap": (lambda store, ref, old, new: store.swap(ref, old, new), "{s}.swap({all})"),
    "refs": (_refs, "sorted({s}.refs({all}))"),
    "[]": (lambda store, key: store[key], "{s}[{0}]"),
    "[]=": (_set, "{s}[{0}] = {1}"),
    "del": (_del, "del {s}[{0}]"),
    "in": (lambda store, key: key in store, "{0} in {s}"),
    "len": (len, "len({s})"),
    "iter": (lambda store: sorted(islice(store, MAX_LISTED)), "sorted({s})"),
    "keys": (lambda store: sorted(islice(store.keys(), MAX_LISTED)), "sorted({s}.keys())"),
    "values": (lambda store: sorted(islice(store.values(), MAX_LISTED)), "sorted({s}.values())"),
    "items": (lambda store: sorted(islice(store.items(), MAX_LISTED)), "sorted({s}.items())"),
    "pop": (lambda store, *args: store.pop(*args), "{s}.pop({all})"),
    "popitem": (lambda store: store.popitem(), "{s}.popitem()"),
    "setdefault": (lambda store, *args: store.setdefault(*args), "{s}.setdefault({all})"),
    "update": (lambda store, more: store.update(more), "{s}.update({all})"),
    "clear": (lambda store: store.clear(), "{s}.clear()"),
    "==": (lambda store, other: store == other, "{s} == {0}"),
    "()": (lambda each, *args: each(*args), "{s}({all})"),  # of a filter or function
}
SILENT = ("[]=", "del")  # statements, which have no answer
WITHOUT_ANSWER = (*SILENT, "put", "merge", "delete", "swap", "update", "clear")


def answer_of(store: Any, verb: str, args: tuple[Any, ...]) -> Any:
    """What `store` answers: the value, or the exception that it raised."""
    try:
        return VERBS[verb][0](store, *args) if verb in VERBS else getattr(store, verb)(*args)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a subject raises is its answer: to be judged
        return error


def call_text(handle: str, verb: str, args: tuple[Any, ...], names: Callable[[Any], str] | None = None) -> str:
    """The call as a line of Python."""
    texts = [(names or show)(arg) for arg in args]
    form = VERBS[verb][1] if verb in VERBS else "{s}." + verb + "({all})"
    return form.format(*texts, s=handle, all=", ".join(texts))


def show(value: Any) -> str:
    """`value` as short Python: long runs are written as a product."""
    if isinstance(value, bytes | bytearray | str) and len(value) > LINE:
        return _product(value)
    if isinstance(value, Ref):
        return f"Ref({_names(value)})"
    if isinstance(value, Absent):
        return value.name
    if isinstance(value, list | tuple):
        inside = ", ".join(map(show, value)) + ("," if isinstance(value, tuple) and len(value) == 1 else "")
        return f"[{inside}]" if isinstance(value, list) else f"({inside})"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{show(key)}: {show(each)}' for key, each in value.items())}}}"
    return value.__name__ if isinstance(value, type) else repr(value)


def _names(ref: Ref) -> str:
    same = len(ref) > MANY and len(set(ref)) == 1
    return f"*[{ref[0]!r}] * {len(ref)}" if same else ", ".join(map(show, ref))


def _product(value: Any) -> str:
    """A long value as noise, as a few runs, or as a block many times and a rest. What is none of these is cut short."""
    held = bytes(value) if isinstance(value, bytearray) else value
    if held == noise(len(held)):
        return f"random.Random({len(held)}).randbytes({len(held)})"
    text = _runs(held) or _blocks(held)
    if not text:
        return repr(value) if len(held) < SHOWN else f"{held[:20]!r} ... {held[-20:]!r} ({len(held)} in all)"
    return f"bytearray({text})" if isinstance(value, bytearray) else f"({text})" if "+" in text else text


def _runs(held: Any) -> str:
    """Such as ``b'x' * 4999 + b'y'``; "" where there are many runs."""
    runs: list[tuple[Any, int]] = []
    while held and len(runs) <= RUNS:
        rest = held.lstrip(held[:1])
        runs.append((held[:1], len(held) - len(rest)))
        held = rest
    return " + ".join(f"{one!r} * {many}" if many > 1 else repr(one) for one, many in runs) if len(runs) <= RUNS else ""


def _blocks(held: Any) -> str:
    """Such as ``bytes(range(256)) * 16 + b'b'``; "" where no block comes back."""
    block, times = held[:256], len(held) // 256
    times -= block * times != held[: 256 * times]
    if block * times != held[: 256 * times] or (times < 2 and block != BLOCK):
        return ""
    rest = f" + {held[256 * times :]!r}" if held[256 * times :] else ""
    return f"{'bytes(range(256))' if block == BLOCK else repr(block)}{f' * {times}' * (times > 1)}{rest}"


def is_failure(expected: Any) -> bool:
    """Is what is expected an exception, or a class of them?"""
    return isinstance(expected, BaseException) or (isinstance(expected, type) and issubclass(expected, BaseException))


def failure_of(expected: Any) -> type[BaseException]:
    """The class of the exception that is expected."""
    return expected if isinstance(expected, type) else type(expected)


def alike(answer: Any, expected: Any) -> bool:
    """Is the answer the one expected? An exception of the expected type; else equal, with the types that JSON has."""
    if answer is expected or (type(expected) is Ref and type(answer) is Ref and answer == expected):  # most are
        return True
    if is_failure(expected):
        return isinstance(answer, failure_of(expected))
    if isinstance(expected, bytes):
        return isinstance(answer, bytes) and answer == expected
    if isinstance(expected, list | tuple) and isinstance(answer, list | tuple) and not isinstance(expected, Ref):
        return len(answer) == len(expected) and all(map(alike, answer, expected))
    if isinstance(expected, dict) and isinstance(answer, dict):
        return answer.keys() == expected.keys() and all(alike(answer[key], expected[key]) for key in expected)
    return type(answer) is type(expected) and bool(answer == expected)
