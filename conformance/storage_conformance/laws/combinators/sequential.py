"""Sequential: the first store that has it (paper figure 13, by name only)."""

from __future__ import annotations

from functools import partial

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import given, settled

FAMILY = Family("sequential", ("first, second = Source(), Source()", "store = make((first, second))"))
sequential = partial(law, kind="sequential", source="paper figure 13")


@sequential(calls=1)
def a_sequential_of_one_is_that_one(t: Trial) -> None:
    """Sequential((a,)) ≈ a; nor does an empty store behind it make a difference"""
    if t.choose((False, True)):
        t.line("store = make((first,))")
    t.history(judged=True)
    settled(t)


@sequential()
def the_first_that_has_it_answers(t: Trial) -> None:
    """get(r) = the first of sources[0].get(r), sources[1].get(r), ... that is not Missing"""
    r, v, w = t.ref(), *t.scope.values[:2]
    have = t.choose((("first",), ("second",), ("first", "second")))
    for name, value in (("second", w), ("first", v)):
        if name in have:
            given(t, name, r, value)
    t.expect(v if "first" in have else w, "get", r)


@sequential(source="ours")
def a_sequential_lists_each_ref_of_any_source_once(t: Trial) -> None:
    """refs(b, d) = the union of sources[i].refs(b, d), at every depth"""
    r, q, v = t.ref(), t.ref(), t.value()
    for name, ref in (("first", r), ("second", r), ("second", q)):
        given(t, name, ref, v)
        t.model.put(ref, v)
    for depth in (None, 0, 1):
        t.refs(t.base(), depth)


@sequential(calls=1)
def only_the_first_of_a_sequential_is_written(t: Trial) -> None:
    """Any history leaves every source but the first as it was"""
    r, v = t.scope.refs[0], t.value()
    given(t, "second", r, v)
    t.expect([("put", r)], "wrote", on="second")
    t.history()
    t.expect([], "wrote", on="second", because="only the first may be written")
    t.expect(v, "get", r, on="second")


@sequential()
def a_sequential_moves_on_from_absence_alone(t: Trial) -> None:
    """sources[0].get(r) fails: so does get(r), and what a lower source has is not answered instead"""
    r = t.ref()
    given(t, "second", r, t.value())
    t.line("first.fail('get')")
    t.expect(OSError, "get", r, because="the first source failed, which says nothing about what it holds")


@sequential(source="ours")
def sequentials_in_each_other_are_one(t: Trial) -> None:
    """Sequential((a, Sequential((b, c)))) ≈ Sequential((a, b, c)), in get, refs and what a write leaves"""
    t.line("third = Source()")
    t.line("nested, flat = make((first, make((second, third)))), make((first, second, third))")
    r, v = t.ref(), t.value()
    given(t, t.choose(("first", "second", "third")), r, v)
    for name in ("nested", "flat"):
        t.expect(v, "get", r, on=name)
        t.expect([r], "refs", Ref(), on=name)
    t.expect(None, "put", r, b"new", on=t.choose(("nested", "flat")))
    t.expect(b"new", "get", r, on="first")


@sequential(source="ours")
def a_sequential_swaps_what_is_visible(t: Trial) -> None:
    """swap(r, v, w) succeeds exactly if get(r) = v, wherever v is, and leaves w in the first source"""
    r, v, w = t.ref(), *t.scope.values[:2]
    given(t, t.choose(("first", "second")), r, v)
    t.expect(Conflict, "swap", r, MISSING, w, because=f"get would answer {v!r} there, so it holds something else")
    t.expect(None, "swap", r, v, w)
    t.expect(w, "get", r, on="first")


@sequential(source="ours")
def a_sequential_merges_into_what_is_visible(t: Trial) -> None:
    """merge(r, w) where a lower source has v: get(r) = what the first source makes of v and w"""
    r, v, w = t.ref(), b"1", b"2"
    t.line("first.appends = True")
    given(t, "second", r, v)
    t.expect(None, "merge", r, w)
    t.expect(v + w, "get", r, because="merged into what was visible it is b'12'")
    t.expect(v, "get", r, on="second")


@sequential()
def a_delete_bares_what_a_lower_source_has(t: Trial) -> None:
    """delete(r): get(r) = Sequential(sources[1:]).get(r), as in the paper's code; there are no tombstones"""
    r, v, w = t.ref(), *t.scope.values[:2]
    below = t.choose((False, True))
    if below:
        given(t, "second", r, w)
    t.put(r, v)
    t.expect(None, "delete", r)
    t.expect(w if below else Missing, "get", r)
