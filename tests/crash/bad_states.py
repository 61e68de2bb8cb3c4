"""Ways to replace the file f, and what a reader of it would complain of."""

from collections.abc import Callable

from storage_conformance.crash.litmus import shown, trace_of
from storage_conformance.crash.models import MODELS
from storage_conformance.crash.search import State, states
from storage_conformance.crash.smallest import smallest
from storage_conformance.crash.trace import Mark, Trace

NAIVE = "truncate f 0; write f 0 b1500"
RENAME = "create t; write t 0 b1500; rename t f"
SYNCED = "create t; write t 0 b1500; fsync t; rename t f"
WHOLE = f"{SYNCED}; fsync ."


def returned(calls: str, before: str = "f=a1500") -> Trace:
    trace = trace_of(before, calls)
    trace.add("the writer returned", Mark("returned", 1))
    return trace


def kind_of(state: State) -> str:
    """What a reader of f would complain of."""
    found = dict(word.split("=") for word in shown(state.tree).split() if "=" in word).get("f", "gone")
    if found == "b1500" or (found == "a1500" and not state.marks):
        return ""
    return {"a1500": "lost after return", "": "zero-length", "gone": "unreadable"}.get(found, "torn")


def bad(kind: str) -> Callable[[State], bool]:
    return lambda state: kind_of(state) == kind


def found(trace: Trace, kind: str, model: str = "posix-worst") -> State:
    """The smallest state of that kind."""
    return smallest(next(state for state in states(trace, MODELS[model]) if kind_of(state) == kind), bad(kind))


def kinds(trace: Trace, model: str) -> set[str]:
    return {kind_of(state) for state in states(trace, MODELS[model])} - {""}
