"""Overlay and levels: what is above hides, or keeps nearer, what is below (ours)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing

from ...law import law
from ...trial import Trial
from .gathering import is_one_of
from .rig import Family
from .shared import behaves_like, given, settled, write

OVERLAY = Family("overlay", ("upper, lower, marks = Source(), Source(), Source()", "store = make(upper, lower, marks)"))
LEVELS = Family("levels", ("near, far, last = Source(), Source(), Source()", "store = make((near, far, last))"))

overlay = partial(law, kind="overlay", group="overlay")
levels = partial(law, kind="levels", group="levels")


@overlay(calls=1)
def an_overlay_is_one_dictionary(t: Trial) -> None:
    """Overlay(u, l, m) ≈ what l has, whatever is done then: what is deleted is gone though l has it"""
    for ref in (t.scope.refs[0], t.scope.refs[1]):
        if t.choose((False, True)):
            given(t, "lower", ref, b"1")
            t.model.put(ref, b"1")
    t.history(judged=True)
    settled(t)


@overlay(calls=1)
def the_lower_store_is_never_written(t: Trial) -> None:
    """Any history leaves l as it was"""
    r, v = t.scope.refs[0], t.value()
    given(t, "lower", r, v)
    t.expect([("put", r)], "wrote", on="lower")
    t.history()
    t.expect([], "wrote", on="lower", because="changes are kept above")


@overlay()
def no_value_is_taken_for_a_mark(t: Trial) -> None:
    """delete(r); whatever value the stores hold then, put(q, it): get(q) = it, and q is listed"""
    given(t, "lower", t.scope.refs[0], b"1")
    t.program(every_value_is_one, "store", "upper", "marks")


def every_value_is_one(store: Any, upper: Any, marks: Any) -> None:
    store.delete(Ref("a"))
    for value in [*upper.cells.values(), *marks.cells.values()]:
        store.put(Ref("b"), value)
        refs, found = list(store.refs(Ref())), upper.cells.get(Ref("b"), MISSING)
        try:
            answer = store.get(Ref("b"))
        except Missing:
            answer = MISSING
        assert (answer, refs) == (value, [Ref("b")]), (
            f"{value!r}, which marks a deletion, was put at b, where {found!r} is now; get answers {answer!r}"
        )


@overlay()
def an_overlay_moves_on_from_absence_alone(t: Trial) -> None:
    """u or m fails: so does get(r), and what l has, perhaps older, perhaps deleted, is not answered instead"""
    r = t.ref()
    given(t, "lower", r, t.value())
    t.line(f"{t.choose(('upper', 'marks'))}.fail('get', 'refs')")
    t.expect(OSError, "get", r, because="a store failed, which says nothing about what it holds")


@overlay()
def a_delete_in_an_overlay_cut_short_shows_before_or_after(t: Trial) -> None:
    """u.get(r) = v over l.get(r) = w; delete(r) cut short: get(r) = v or Missing, never w; so swap(r, v, MISSING)"""
    r = t.scope.refs[0]
    given(t, "lower", r, b"1")
    above = t.choose((False, True))
    v = b"2" if above else b"1"
    if above:
        given(t, "upper", r, v)
    name, verb, when = t.choose(("upper", "marks")), t.choose(("put", "delete", "swap")), t.choose(("before", "after"))
    call: tuple[Any, ...] = t.choose((("delete", r), ("swap", r, v, MISSING)))
    t.line(f"{name}.fail({verb!r}, when={when!r})")
    t.call("store", call[0], call[1:])
    t.line(f"{name}.fail()")
    t.program(is_one_of, "store", repr(v), "MISSING")


@overlay()
def an_overlay_does_not_list_everything_for_one_level(t: Trial) -> None:
    """refs(b, 1) asks no store for refs(c, None), except of children with a mark below; one with all below deleted is
    not listed
    """
    given(t, "lower", Ref("a", "b"), b"1")
    given(t, "lower", Ref("b", "c"), b"1")
    if t.choose((False, True)):
        t.expect(None, "delete", Ref("a", "b"))
        t.expect([Ref("b")], "refs", Ref(), 1)
        return
    t.line("lower.asked()")
    t.expect([Ref("a"), Ref("b")], "refs", Ref(), 1)
    t.expect([("refs", Ref(), 1)], "listed", on="lower", because="one level was asked for")


@levels(calls=1)
def a_levels_is_its_last_source(t: Trial) -> None:
    """Levels((a, b, s)) ≈ s where a and b start empty, as long as nobody writes behind it, whatever s holds already"""
    behaves_like(t, "last")


@levels()
def a_read_fills_every_nearer_level(t: Trial) -> None:
    """get(r) = v, found at some level: every nearer one has v, and a get again asks the nearest alone"""
    r, v = t.ref(), t.value()
    given(t, t.choose(("far", "last")), r, v)
    t.expect(v, "get", r)
    for name in ("near", "far"):
        t.expect(v, "get", r, on=name)
    t.line("far.asked(), last.asked()")
    t.expect(v, "get", r)
    t.expect([], "asked", on=t.choose(("far", "last")), because="the nearest level has it")


@levels()
def a_levels_moves_on_from_absence_alone(t: Trial) -> None:
    """A level fails: so does get(r), and nothing is made up from a farther one"""
    r, v = t.ref(), t.value()
    given(t, "last", r, v)
    t.line(f"{t.choose(('near', 'far', 'last'))}.fail('get')")
    t.expect(OSError, "get", r, because="a level failed, which says nothing about what it holds")


@levels()
def a_write_that_failed_leaves_no_level_stale(t: Trial) -> None:
    """s.put(r, w) fails, before it was done or after: put raises it, and then get(r) = s.get(r); so for every write"""
    r, v, w = t.scope.refs[0], *t.scope.values[:2]
    given(t, "last", r, v)
    if t.choose((False, True)):
        t.expect(v, "get", r)
    verb, *args = write(t, r, v, w)
    when = t.choose(("before", "after"))
    t.line(f"last.fail({verb!r}, when={when!r})")
    t.expect(OSError, verb, *args, because="the last source failed")
    t.line("last.fail()")
    t.expect(v if when == "before" else Missing if verb == "delete" else w, "get", r, because="the last has that")


@levels()
def no_level_survives_a_write(t: Trial) -> None:
    """a and b have v, read through; put(r, w): get(r) = w, and no level has v; after a Conflict neither"""
    r, v, w = t.scope.refs[0], *t.scope.values[:2]
    given(t, "last", r, v)
    t.expect(v, "get", r)
    given(t, "last", r, w)
    t.expect(Conflict, "swap", r, v, b"new", because="the last source has something else by now")
    t.expect(w, "get", r, because="after a Conflict a get is as new as its cause")
    t.expect(None, "put", r, b"newer")
    t.expect(b"newer", "get", r)
    t.expect(b"newer", "get", r, on=t.choose(("near", "far")), because="what was there is stale")


@levels()
def what_a_level_refuses_is_answered_all_the_same(t: Trial) -> None:
    """a.put raises Refused (too big, say): get(r) = s.get(r)"""
    r, v = t.ref(), t.value()
    t.line(f"{t.choose(('near', 'far'))}.refusing = True")
    given(t, "last", r, v)
    t.expect(v, "get", r)
