"""Relative: a subtree as a store of its own (paper 3.1.3)."""

from __future__ import annotations

from functools import partial

from storage_combinators.ref import Ref
from storage_combinators.store import Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import behaves_like, given, settled, write

FAMILY = Family("relative", ("source = Source()", "store = make(source, Ref('p'))"))
relative = partial(law, kind="relative", source="paper 3.1.3", chapter="chapters/02-mapping.md")
BASE = Ref("p")
OUTSIDE = (Ref(), Ref("a"), Ref("pa"), Ref("q", "a"))  # the root, a namesake, a neighbour by prefix, another subtree


@relative(calls=1)
def a_relative_is_the_subtree(t: Trial) -> None:
    """Relative(s, p) ≈ s as seen from p: any history answers as on a dictionary that holds what s does below p"""
    behaves_like(t, "source", lambda ref: BASE / ref)


@relative()
def a_relative_keeps_everything_under_its_base(t: Trial) -> None:
    """put(r, v): source.get(p / r) = v; every other verb likewise means p / r, for an r that begins with p as well"""
    r, v, w = t.ref(), *t.scope.values[:2]
    r = t.choose((r, BASE / r))
    given(t, "source", BASE / r, v)
    verb, *args = write(t, r, v, w)
    t.expect(None, verb, *args)
    t.expect(Missing if verb == "delete" else w, "get", BASE / r, on="source")


@relative(calls=1)
def a_relative_never_touches_what_is_outside(t: Trial) -> None:
    """q outside p: source.get(q) is the same before and after any history"""
    outside, v = t.choose(OUTSIDE), t.value()
    given(t, "source", outside, v)
    t.history()
    t.expect(v, "get", outside, on="source")


@relative(calls=1)
def a_relative_lists_nothing_from_outside(t: Trial) -> None:
    """q outside p is in no listing, and what is below p is listed without p"""
    given(t, "source", t.choose(OUTSIDE), t.value())
    t.history(judged=True)
    settled(t)


@relative()
def a_relative_at_the_root_is_its_source(t: Trial) -> None:
    """Relative(s, Ref()) ≈ s"""
    t.line("unit = make(source, Ref())")
    r, v = t.ref(), t.value()
    t.expect(None, "put", r, v, on="unit")
    t.expect(v, "get", r, on="source")
    t.expect([r], "refs", Ref(), on="unit")
    t.expect(v, "get", r, on="unit")


@relative()
def relatives_in_each_other_are_one(t: Trial) -> None:
    """Relative(Relative(s, p), q) ≈ Relative(s, p / q)"""
    t.line("nested = make(make(source, Ref('p')), Ref('q', 'q2'))")
    t.line("flat = make(source, Ref('p', 'q', 'q2'))")
    r, v = t.ref(), t.value()
    t.expect(None, "put", r, v, on="nested")
    t.expect(v, "get", r, on="flat")
    t.expect([r], "refs", Ref(), on="flat")
    t.expect([r], "refs", Ref(), on="nested")


@relative()
def a_relative_takes_no_two_refs_for_one(t: Trial) -> None:
    """q ≠ r: put(r, v); put(q, w); get(r) = v"""
    family = t.family()
    r, q = t.choose(family), t.choose(family)
    if r != q:
        t.put(r, b"1")
        t.put(q, b"2")
        t.get(r)
