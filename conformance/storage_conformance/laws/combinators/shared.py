"""What the laws of several families have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from storage_combinators.ref import Ref

from ...trial import Trial

__all__ = ["WRITES", "any_verb", "behaves_like", "done", "given", "settled", "write"]

WRITES = ("put", "merge", "delete", "swap")
_ARGUMENTS = {"put": (b"y",), "merge": (b"y",), "swap": (b"x", b"y")}


def given(t: Trial, source: str, ref: Ref, value: Any) -> None:
    """`source` holds `value` at `ref`, put there behind the back of what is judged."""
    t.call(source, "put", (ref, value))


def write(t: Trial, ref: Ref, old: Any, new: Any) -> tuple[Any, ...]:
    """Any write at `ref`, which holds `old`: the verb and its arguments."""
    verb = t.choose(WRITES)
    return (verb, *{"delete": (ref,), "swap": (ref, old, new)}.get(verb, (ref, new)))


def done(t: Trial, *calls: tuple[Any, ...]) -> None:
    """One of `calls`, each a write and its arguments, is done."""
    verb, *args = t.choose(calls)
    t.expect(None, verb, *args)


def behaves_like(t: Trial, source: str, below: Callable[[Ref], Ref] = lambda ref: ref) -> None:
    """No history tells the store from a dictionary, which holds at first what `source` does."""
    if t.choose((False, True)):
        ref, value = t.scope.refs[0], t.value()
        given(t, source, below(ref), value)
        t.model.put(ref, value)
    t.history(judged=True)
    settled(t)


def settled(t: Trial) -> None:
    """Every get, and every listing at every depth, is as in a dictionary."""
    for ref in t.scope.refs:
        t.get(ref)
    for base in t.scope.bases:
        for depth in (None, 0, 1):
            t.refs(base, depth)


def any_verb(t: Trial, verbs: tuple[str, ...] = ("get", *WRITES, "refs")) -> tuple[Any, ...]:
    """Any verb at a ref where source holds b"x"."""
    ref = t.scope.refs[0]
    given(t, "source", ref, b"x")
    t.line("source.asked()")
    verb = t.choose(verbs)
    return verb, ref, *_ARGUMENTS.get(verb, ())
