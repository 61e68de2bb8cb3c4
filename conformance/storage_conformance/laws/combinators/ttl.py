"""TimeToLive: what was written goes by itself (ours)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import settled

FAMILY = Family("time_to_live", ("source, now = Source(), [0.0]", "store = make(source, 10, lambda: now[0])"))
ttl = partial(law, kind="time_to_live", group="time to live")


def again(t: Trial, ref: Ref, old: Any, new: Any) -> tuple[Any, ...]:
    """A write of `new`, where `old` is."""
    verb = t.choose(("put", "merge", "swap"))
    return (verb, ref, *([old] if verb == "swap" else []), new)


@ttl(calls=1)
def while_time_stands_still_everything_is_there(t: Trial) -> None:
    """No history tells the store from a dictionary, while clock() stays what it is"""
    t.history(judged=True)
    settled(t)


@ttl()
def what_was_written_ends_after_its_seconds(t: Trial) -> None:
    """put(r, v) at time 0, merge or swap: get(r) = v before time 10, and from then on Missing and not listed"""
    r, v = t.ref(), t.value()
    t.expect(None, *again(t, r, MISSING, v))
    t.line("now[0] = 9.75")
    t.expect(v, "get", r)
    t.expect([r], "refs", Ref())
    t.line("now[0] = 10.0")
    t.expect(Missing, "get", r)
    t.expect([], "refs", *t.choose(((Ref(),), (r, 0), (Ref(), 1))))


@ttl()
def a_write_begins_the_time_anew(t: Trial) -> None:
    """put(r, v) at time 0; put(r, w) at time 9, merge or swap: get(r) = w at time 15, and Missing at 19"""
    r, v, w = t.ref(), *t.scope.values[:2]
    t.expect(None, "put", r, v)
    t.line("now[0] = 9.0")
    t.expect(None, *again(t, r, v, w))
    t.line("now[0] = 15.0")
    t.expect(w, "get", r)
    t.line("now[0] = 19.0")
    t.expect(Missing, "get", r)


@ttl()
def what_has_ended_is_absent_to_swap(t: Trial) -> None:
    """put(r, v) has ended: swap(r, v, w) raises Conflict, swap(r, MISSING, w) creates; get(r) = w"""
    r, v, w = t.ref(), *t.scope.values[:2]
    t.expect(None, "put", r, v)
    t.line("now[0] = 10.0")
    t.expect(Conflict, "swap", r, v, w)
    t.expect(None, "swap", r, MISSING, w)
    t.expect(w, "get", r)


@ttl()
def each_has_a_time_of_its_own(t: Trial) -> None:
    """put(a, v) at 0, put(a / b, w) at 5: at 10 a is Missing, but a child of the root; at 15 the root has none"""
    v, w = t.value(), t.value()
    t.expect(None, "put", Ref("a"), v)
    t.line("now[0] = 5.0")
    t.expect(None, "put", Ref("a", "b"), w)
    t.line("now[0] = 10.0")
    t.expect([Ref("a", "b")], "refs", Ref())
    t.expect([Ref("a")], "refs", Ref(), 1)
    t.expect(w, "get", Ref("a", "b"))
    t.line("now[0] = 15.0")
    t.expect([], "refs", Ref(), 1)


@ttl()
def a_failure_is_not_taken_for_an_end(t: Trial) -> None:
    """source.get fails: get(r), swap and refs raise that, and never answer as if r had ended"""
    r, v = t.ref(), t.value()
    t.expect(None, "put", r, v)
    t.line("source.fail('get')")
    verb, *args = t.choose((("get", r), ("swap", r, MISSING, v), ("refs", Ref())))
    t.expect(OSError, str(verb), *args)
