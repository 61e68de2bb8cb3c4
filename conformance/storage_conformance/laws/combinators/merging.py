"""Merging: a meaning for PATCH (ours; the paper's merge has none of its own)."""

from __future__ import annotations

from functools import partial

from storage_combinators.store import MISSING

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import behaves_like, given

FAMILY = Family("merging", ("source = Source()", "store = make(source, lambda old, new: old + new)"))
merging = partial(law, kind="merging", chapter="chapters/02-mapping.md")


@merging()
def a_merge_combines_what_is_there_with_what_is_given(t: Trial) -> None:
    """get(r) = v: merge(r, w); get(r) = combine(v, w), and in that order"""
    r, v, w = t.ref(), b"1", b"2"
    given(t, "source", r, v)
    t.expect(None, "merge", r, w)
    t.expect(v + w, "get", r)


@merging()
def a_merge_onto_absence_is_a_put(t: Trial) -> None:
    """get(r) raises Missing: merge(r, w); get(r) = w, and combine is not called"""
    r, w = t.ref(), t.value()
    t.expect(None, "merge", r, w)
    t.expect(w, "get", r)


@merging(calls=1)
def a_merging_changes_merge_alone(t: Trial) -> None:
    """Merging(s, c) ≈ s, but for merge; with a combine that replaces also for merge"""
    t.line("store = make(source, lambda old, new: new)")
    behaves_like(t, "source")


@merging()
def a_merge_loses_no_write_in_between(t: Trial) -> None:
    """source.put(r, u) after merge(r, w) has read v: get(r) = combine(u, w), for it is one step by swap"""
    r, v, u, w = t.ref(), b"1", b"3", b"2"
    given(t, "source", r, v)
    t.line(f"racing = lambda: source.cells.update({{{r!r}: {u!r}}})")
    t.line("source.meanwhile.update(put=racing, swap=racing, merge=racing)")
    t.expect(None, "merge", r, w)
    t.expect(u + w, "get", r, because=f"{u!r} came in between and must not be lost")


@merging()
def a_merge_that_failed_is_not_resent(t: Trial) -> None:
    """The reply of source is lost: merge raises it; v and w are combined at most once"""
    r, v, w = t.ref(), b"1", b"2"
    given(t, "source", r, v)
    t.line("source.fail('swap', 'put', when='after')")
    t.expect(OSError, "merge", r, w, because="the source failed, which leaves open whether it happened")
    t.line("source.fail()")
    t.expect(v + w, "get", r)


@merging()
def a_merging_lets_failures_of_reading_through(t: Trial) -> None:
    """source.get(r) fails: so does merge(r, w), and what is there stays"""
    r, v, w = t.ref(), b"1", b"2"
    given(t, "source", r, v)
    t.line("source.fail('get')")
    t.expect(OSError, "merge", r, w, because="the source failed, which says nothing about what it holds")
    t.line("source.fail()")
    t.expect(v, "get", r)


@merging()
def a_merging_stores_no_missing(t: Trial) -> None:
    """merge(r, MISSING) raises TypeError and changes nothing, also where nothing is"""
    r, v = t.ref(), t.value()
    if t.choose((False, True)):
        given(t, "source", r, v)
        t.model.put(r, v)
    t.expect(TypeError, "merge", r, MISSING, because="MISSING is no value")
    t.get(r)
