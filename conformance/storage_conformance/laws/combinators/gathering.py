"""Union, condition, migrate: several stores as one, each value in one of them (ours)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import given, settled, write

UNION = Family("union", ("first, second = Source(), Source()", "store = make((first, second), 1)"))
CONDITION = Family(
    "condition",
    ("then, otherwise = Source(), Source()", "store = make(lambda value: value > b'1', then, otherwise)"),
)
MIGRATE = Family("migrate", ("new, old = Source(), Source()", "store = make(new, old)"))

union = partial(law, kind="union", group="union")
condition = partial(law, kind="condition", group="condition")
migrate = partial(law, kind="migrate", group="migrate")


def one_dictionary(t: Trial, *sources: str) -> None:
    """Any history answers as on one dictionary, which holds at first what any of `sources` does, the first winning."""
    r, q = t.scope.refs[0], t.scope.refs[-1]
    for source, ref, value in ((sources[1], r, b"1"), (sources[0], r, b"2"), (sources[1], q, b"2")):
        if t.choose((False, True)):
            given(t, source, ref, value)
            t.model.put(ref, value)
    t.history(judged=True)
    settled(t)


def cut_short(t: Trial, names: tuple[str, ...], *call: Any) -> None:
    """The call, while one of the stores `names` fails at one of its verbs, before or after doing it."""
    name, verb, when = t.choose(names), t.choose(("put", "delete", "swap", "refs")), t.choose(("before", "after"))
    t.line(f"{name}.fail({verb!r}, when={when!r})")
    t.call("store", call[0], call[1:])
    t.line(f"{name}.fail()")


def is_one_of(store: Any, *allowed: Any) -> None:
    try:
        answer = store.get(Ref("a"))
    except Missing:
        answer = MISSING
    assert answer in allowed, f"get of a answered {answer!r}, which is neither what was there nor what was written"


@union(calls=1)
def a_union_is_one_dictionary(t: Trial) -> None:
    """Union((a, b)) ≈ what both have, a's where both do, whatever is done then"""
    one_dictionary(t, "first", "second")


@union()
def in_a_union_a_value_stays_where_it_is(t: Trial) -> None:
    """A write of a ref that a source has is made there, and no other source is written"""
    name, other = t.choose((("first", "second"), ("second", "first")))
    r, v, w = t.scope.refs[0], *t.scope.values[:2]
    given(t, name, r, v)
    verb, *args = write(t, r, v, w)
    t.expect(None, verb, *args)
    t.expect(Missing if verb == "delete" else w, "get", r, on=name)
    t.expect([], "wrote", on=other, because="it has nothing to do with this ref")


@union()
def what_is_new_in_a_union_goes_where_it_is_said(t: Trial) -> None:
    """put(r, v) of a ref that no source has: sources[into].get(r) = v; merge and creating by swap alike"""
    r, v = t.ref(), t.value()
    call: tuple[Any, ...] = t.choose((("put", r, v), ("merge", r, v), ("swap", r, MISSING, v)))
    t.expect(None, *call)
    t.expect(v, "get", r, on="second")
    t.expect([], "wrote", on="first", because="new values go into the second")


@union()
def what_is_deleted_in_a_union_is_deleted_everywhere(t: Trial) -> None:
    """delete(r), or swap(r, v, MISSING): no source has r; nothing older comes back"""
    r, v, w = t.ref(), *t.scope.values[:2]
    given(t, "first", r, v)
    given(t, "second", r, w)
    call: tuple[Any, ...] = t.choose((("delete", r), ("swap", r, v, MISSING)))
    t.expect(None, *call)
    t.expect(Missing, "get", r)
    t.expect(Missing, "get", r, on="second")


@union()
def a_source_that_fails_is_not_one_that_has_nothing(t: Trial) -> None:
    """a fails: get(r) fails, though b has r: what a has, is not known; and refs does not leave a out"""
    r = t.ref()
    given(t, "second", r, t.value())
    t.line("first.fail('get', 'refs')")
    verb = t.choose(("get", "refs"))
    t.expect(OSError, verb, r if verb == "get" else Ref(), because="the first source failed")


@union()
def a_delete_cut_short_bares_nothing_older(t: Trial) -> None:
    """a.get(r) = v, b.get(r) = w; delete(r) cut short: get(r) = v or Missing, never w; so swap(r, v, MISSING)"""
    r = t.scope.refs[0]
    given(t, "first", r, b"1")
    given(t, "second", r, b"2")
    cut_short(t, ("first", "second"), *t.choose((("delete", r), ("swap", r, b"1", MISSING))))
    t.program(is_one_of, "store", "b'1'", "MISSING")


@condition(calls=1)
def a_condition_is_one_dictionary(t: Trial) -> None:
    """Condition(test, a, b) ≈ what both have, a's where both do, whatever is done then"""
    one_dictionary(t, "then", "otherwise")


@condition()
def the_value_chooses_the_store(t: Trial) -> None:
    """put(r, v): v is in then if test(v), else in otherwise, and get(r) = v, whatever was in either"""
    r, v = t.ref(), t.choose((b"1", b"2"))
    for name in ("then", "otherwise"):
        if t.choose((False, True)):
            given(t, name, r, b"0")
    t.expect(None, "put", r, v)
    t.expect(v, "get", r, on="then" if v > b"1" else "otherwise")
    t.expect(v, "get", r, because="that was put")


@condition()
def a_condition_deletes_from_both(t: Trial) -> None:
    """delete(r): neither store has r, wherever it was"""
    r = t.ref()
    for name in ("then", "otherwise"):
        given(t, name, r, t.value())
    t.expect(None, "delete", r)
    for name in ("then", "otherwise"):
        t.expect(Missing, "get", r, on=name)


@condition()
def a_move_cut_short_shows_before_or_after(t: Trial) -> None:
    """put(r, w) over v in the other store, cut short: get(r) = v or w; after delete(r) it is Missing all the same"""
    r = t.scope.refs[0]
    v, w = t.choose(((b"1", b"2"), (b"2", b"1")))
    t.put(r, v)
    cut_short(t, ("then", "otherwise"), *t.choose((("put", r, w), ("swap", r, v, w))))
    t.program(is_one_of, "store", repr(v), repr(w))
    t.expect(None, "delete", r)
    t.expect(Missing, "get", r, because="what a put left over must not come back")


@migrate(calls=1)
def a_migrate_is_one_dictionary(t: Trial) -> None:
    """Migrate(n, o) ≈ what both have, n's where both do, whatever is done then"""
    one_dictionary(t, "new", "old")


@migrate()
def what_is_read_moves(t: Trial) -> None:
    """o.get(r) = v; get(r) = v: n.get(r) = v, and o has r no more"""
    r, v = t.ref(), t.value()
    given(t, "old", r, v)
    t.expect(v, "get", r)
    t.expect(v, "get", r, on="new")
    t.expect(Missing, "get", r, on="old")


@migrate()
def what_is_written_is_in_the_new_one(t: Trial) -> None:
    """put(r, v): n.get(r) = v, and o is given nothing"""
    r, v = t.ref(), t.value()
    t.expect(None, "put", r, v)
    t.expect(v, "get", r, on="new")
    t.expect([], "wrote", on="old", because="what is new goes into the new store")


@migrate()
def a_move_cut_short_loses_nothing(t: Trial) -> None:
    """o.get(r) = v; a get(r) that moves is cut short: afterwards get(r) = v"""
    r, v = t.scope.refs[0], t.value()
    given(t, "old", r, v)
    cut_short(t, ("new", "old"), "get", r)
    t.expect(v, "get", r, because="no move may lose it, wherever it was stopped")


@migrate()
def what_the_new_one_refuses_is_answered(t: Trial) -> None:
    """n refuses what o.get(r) is: get(r) = o.get(r) all the same, and o keeps it"""
    r, v = t.ref(), t.value()
    given(t, "old", r, v)
    for verb in ("put", "swap"):
        t.line(f"new.meanwhile[{verb!r}] = lambda: (_ for _ in ()).throw(Refused('full'))")
    t.expect(v, "get", r, because="a value that cannot be moved can be read")
    t.expect(v, "get", r, on="old")


@migrate()
def a_value_written_meanwhile_is_not_overrun(t: Trial) -> None:
    """While get(r) moves v, another hand puts w in n: n keeps w"""
    r = t.scope.refs[0]
    given(t, "old", r, b"1")
    for verb in ("put", "swap"):
        t.line(f"new.meanwhile[{verb!r}] = lambda: new.cells.setdefault(Ref('a'), b'2')")
    t.ask("get", r)
    t.expect(b"2", "get", r, on="new", because="what was written meanwhile is newer than what moves")
