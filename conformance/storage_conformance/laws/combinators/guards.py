"""Guards that allow and refuse: read-only, create-only, required, default, small, dry run (ours)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing, Refused

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import behaves_like, given, settled, write

READ_ONLY = Family("read_only", ("source = Source()", "store = make(source)"))
CREATE_ONLY = Family("create_only", ("source = Source()", "store = make(source)"))
REQUIRED = Family("required", ("source = Source()", "store = make(source)"))
DEFAULT = Family("default", ("source = Source()", "store = make(source, b'default')"))
SMALL = Family("small", ("source = Source()", "store = make(source, 3)"))
DRY_RUN = Family("dry_run", ("source = Source()", "store = make(source)"))

read_only = partial(law, kind="read_only", group="read only")
create_only = partial(law, kind="create_only", group="create only")
required = partial(law, kind="required", group="required")
default = partial(law, kind="default", group="default")
small = partial(law, kind="small", group="small")
dry_run = partial(law, kind="dry_run", group="dry run")


def held(t: Trial, ref: Ref, value: Any) -> None:
    """`source` holds `value` at `ref`, and the model knows."""
    given(t, "source", ref, value)
    t.model.put(ref, value)


@read_only()
def a_read_only_reads_its_source(t: Trial) -> None:
    """get(r) = source.get(r), and refs alike"""
    for ref in t.scope.refs[: t.choose((0, 1, 2))]:
        held(t, ref, t.value())
    settled(t)


@read_only()
def a_read_only_refuses_every_write_and_asks_nothing(t: Trial) -> None:
    """verb(r, ...) is Refused for every write, whatever is there; source is not asked"""
    r, v = t.ref(), t.value()
    if t.choose((False, True)):
        given(t, "source", r, v)
    t.line("source.asked()")
    t.expect(Refused, *write(t, r, v, t.value()))
    t.expect([], "asked", on="source", because="a write that is refused asks the source nothing")


@create_only()
def a_create_only_takes_a_first_value(t: Trial) -> None:
    """get(r) raises Missing: put(r, v); get(r) = v = source.get(r), by merge and swap too"""
    r, v = t.ref(), t.value()
    t.expect(None, *write_of(t, r, v))
    t.expect(v, "get", r)
    t.expect(v, "get", r, on="source")


def write_of(t: Trial, ref: Ref, value: Any) -> tuple[Any, ...]:
    verb = t.choose(("put", "merge", "swap"))
    return (verb, ref, *([MISSING, value] if verb == "swap" else [value]))


@create_only()
def what_a_create_only_holds_stays(t: Trial) -> None:
    """get(r) = v: every write is Refused, a creating swap a Conflict, and get(r) = v"""
    r, v, w = t.ref(), t.value(), t.value()
    given(t, "source", r, v)
    if t.choose((False, True)):
        t.expect(Conflict, "swap", r, MISSING, w)
    else:
        t.expect(Refused, *write(t, r, v, w))
    t.expect(v, "get", r)


@create_only()
def of_two_who_create_one_wins(t: Trial) -> None:
    """source.put(r, u) just before put(r, v) has its turn: put is Refused, get(r) = u"""
    r, v, u = t.scope.refs[0], *t.scope.values[:2]
    t.line(f"racing = lambda: source.cells.update({{{r!r}: {u!r}}})")
    t.line("source.meanwhile.update(put=racing, swap=racing)")
    t.expect(Refused, t.choose(("put", "merge")), r, v)
    t.expect(u, "get", r, because="who came first has created it, and nothing replaces that")


@required()
def absence_is_a_failure_where_presence_is_required(t: Trial) -> None:
    """source has nothing at r: get(r) raises LookupError, and not Missing"""
    t.program(fails_with_lookup_error, "store")


def fails_with_lookup_error(store: Any) -> None:
    try:
        answer = store.get(Ref("a"))
    except Missing:
        answer = "Missing, on which whoever is above moves on"
    except LookupError:
        return
    raise AssertionError(f"nothing is there, and get answered {answer}")


@required(calls=1)
def a_required_changes_get_of_what_is_absent_alone(t: Trial) -> None:
    """Required(s) ≈ s, but for get where nothing is"""
    r, v = t.ref(), t.value()
    verb, *args = t.choose((("put", r, v), ("merge", r, v), ("delete", r), ("swap", r, MISSING, v)))
    t.do(str(verb), *args)
    for ref in t.model.cells:
        t.get(ref)
    for base in t.scope.bases:
        t.refs(base, t.depth())


@default()
def a_default_answers_where_nothing_is(t: Trial) -> None:
    """get(r) = source.get(r), else the default, which is not stored and not listed"""
    r, v = t.ref(), t.value()
    t.expect(b"default", "get", r)
    t.expect([], "refs", Ref())
    given(t, "source", r, v)
    t.expect(v, "get", r)
    t.expect(None, "delete", r)
    t.expect(b"default", "get", r)


@default()
def a_default_does_not_step_in_for_a_failure(t: Trial) -> None:
    """source.get fails: get(r) raises that, and does not answer the default"""
    t.line("source.fail('get')")
    t.expect(OSError, "get", t.ref(), because="what cannot be read is not absent")


@default()
def a_default_swaps_from_what_get_answers(t: Trial) -> None:
    """get(r) = default by absence: swap(r, default, w); get(r) = w; and swap(r, MISSING, w) is always a Conflict"""
    r, w = t.ref(), t.value()
    if t.choose((False, True)):
        given(t, "source", r, b"default")
    t.expect(Conflict, "swap", r, MISSING, w)
    t.expect(Conflict, "swap", r, b"other", w)
    t.expect(None, "swap", r, b"default", w)
    t.expect(w, "get", r)


@default()
def a_default_creates_in_one_step(t: Trial) -> None:
    """source.put(r, u) just before swap(r, default, w) creates: Conflict, get(r) = u"""
    r, u, w = t.scope.refs[0], *t.scope.values[:2]
    t.line(f"racing = lambda: source.cells.update({{{r!r}: {u!r}}})")
    t.line("source.meanwhile.update(put=racing, swap=racing)")
    t.expect(Conflict, "swap", r, b"default", w)
    t.expect(u, "get", r)


@small(calls=1)
def a_small_is_its_source_for_what_is_small(t: Trial) -> None:
    """Small(s, n) ≈ s, as long as len(v) <= n"""
    t.line("store = make(source, 10**9)")
    behaves_like(t, "source")


@small()
def a_small_refuses_what_is_too_big_and_keeps_what_is_there(t: Trial) -> None:
    """len(v) > n: put(r, v), merge and swap are Refused; source is not asked, get(r) is as before; n itself is taken"""
    r, v = t.ref(), t.value()
    given(t, "source", r, v)
    t.line("source.asked()")
    verb = t.choose(("put", "merge", "swap"))
    before = [v] if verb == "swap" else []
    t.expect(Refused, verb, r, *before, b"1234")
    t.expect([], "asked", on="source", because="what is refused is not sent")
    t.expect(None, verb, r, *before, b"123")
    t.expect(b"123", "get", r)


@dry_run()
def a_dry_run_changes_nothing(t: Trial) -> None:
    """Every write answers as if it had happened; source.get(r) and get(r) are as before"""
    r, v, w = t.ref(), t.value(), t.value()
    held(t, r, v)
    t.line("source.asked()")
    t.expect(None, *write(t, r, v, w))
    t.expect(v, "get", r, on="source", because="a dry run changes nothing")
    t.expect(v, "get", r)
    t.expect([r], "refs", Ref())


@dry_run()
def a_dry_run_tells_conflicts(t: Trial) -> None:
    """get(r) = v: swap(r, u, w) is a Conflict, as it would be, and so is swap(r, MISSING, w)"""
    r, v, w = t.ref(), *t.scope.values[:2]
    held(t, r, v)
    t.expect(Conflict, "swap", r, t.choose((w, MISSING)), w)
    t.expect(v, "get", r)


@dry_run()
def a_dry_run_stores_no_missing(t: Trial) -> None:
    """put(r, MISSING) raises TypeError, as it would"""
    t.expect(TypeError, t.choose(("put", "merge")), t.ref(), MISSING)
