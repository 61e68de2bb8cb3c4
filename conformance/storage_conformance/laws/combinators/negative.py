"""Negative: it is remembered that nothing was there (ours)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import behaves_like, given

FAMILY = Family("negative", ("source, absent = Source(), Source()", "store = make(source, absent)"))
negative = partial(law, kind="negative")


def creates(t: Trial, ref: Ref, value: Any) -> tuple[Any, ...]:
    """A write where nothing is."""
    verb = t.choose(("put", "merge", "swap"))
    return (verb, ref, *([MISSING] if verb == "swap" else []), value)


@negative(calls=1)
def a_negative_is_its_source(t: Trial) -> None:
    """Negative(s, n) ≈ s for an n that starts empty, as long as nobody writes behind it, whatever s holds already"""
    behaves_like(t, "source")


@negative()
def an_absence_is_asked_once(t: Trial) -> None:
    """get(r) raises Missing; get(r) again, and s is not asked"""
    r = t.ref()
    t.expect(Missing, "get", r)
    t.line("source.notes.clear()")
    t.expect(Missing, "get", r)
    t.expect([], "asked", on="source", because="that nothing is there is known")


@negative()
def an_absence_is_noted_in_absent(t: Trial) -> None:
    """get(r) raises Missing: n has a note at r, so that n decides for how long, and how many"""
    r = t.ref()
    t.expect(Missing, "get", r)
    t.expect([r], "refs", Ref(), on="absent")


@negative()
def what_is_created_is_seen(t: Trial) -> None:
    """get(r) raises Missing; put(r, v), merge or swap, also if s fails after it was done: get(r) = v"""
    r, v = t.ref(), t.value()
    t.expect(Missing, "get", r)
    verb, *args = creates(t, r, v)
    if t.choose((False, True)):
        t.line(f"source.fail({verb!r}, when='after')")
        t.expect(OSError, verb, *args)
        t.line("source.fail()")
    else:
        t.expect(None, verb, *args)
    t.expect(v, "get", r, because="by now it is there")


@negative()
def an_absence_that_is_noted_meanwhile_is_forgotten(t: Trial) -> None:
    """Somebody asks for r just before s has v: put(r, v); get(r) = v"""
    r, v = t.ref(), t.value()
    verb, *args = creates(t, r, v)
    t.line("from storage_combinators.functions import look")
    t.line(f"source.meanwhile[{verb!r}] = lambda: look(store, {r!r})")
    t.expect(None, verb, *args)
    t.expect(v, "get", r, because="what was absent a moment ago is there")


@negative()
def a_failure_is_noted_as_no_absence(t: Trial) -> None:
    """s.get(r) fails: so does get(r); when s has recovered, get(r) = v"""
    r, v = t.ref(), t.value()
    given(t, "source", r, v)
    t.line("source.fail('get')")
    t.expect(OSError, "get", r)
    t.line("source.fail()")
    t.expect(v, "get", r)


@negative()
def after_a_conflict_an_absence_is_forgotten(t: Trial) -> None:
    """get(r) raises Missing; s.put(r, v) behind it; swap(r, MISSING, w) raises Conflict; get(r) = v"""
    r, v = t.scope.refs[0], t.value()
    t.expect(Missing, "get", r)
    given(t, "source", r, v)
    t.expect(Conflict, "swap", r, MISSING, b"new")
    t.expect(v, "get", r, because="the next get after a Conflict is as new as its cause")


@negative()
def what_absent_refuses_is_asked_again(t: Trial) -> None:
    """n.put raises Refused (no room, say): get(r) raises Missing all the same"""
    r = t.ref()
    t.line("absent.refusing = True")
    t.expect(Missing, "get", r)
    t.expect(Missing, "get", r)
