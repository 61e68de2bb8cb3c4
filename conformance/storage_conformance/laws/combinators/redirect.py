"""Redirect: a local name until the server gives its own (paper 5.3: id-redirector; our reading)."""

from __future__ import annotations

from functools import partial

from storage_combinators.ref import Ref
from storage_combinators.store import Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import behaves_like, given, write

FAMILY = Family("redirect", ("source, table = Source(), Source()", "store = make(source, table)"))
redirect = partial(law, kind="redirect", source="paper 5.3")
LOCAL, FINAL = Ref("new"), Ref("n", "7")


@redirect(calls=1)
def a_redirect_without_bindings_is_its_source(t: Trial) -> None:
    """Nothing bound: Redirected(s, t) ≈ s, whatever s holds already"""
    behaves_like(t, "source")


@redirect()
def a_bound_ref_means_the_final_one(t: Trial) -> None:
    """bind(l, f): verb(l / r) = source.verb(f / r), for every verb"""
    r, v, w = Ref(*t.choose(((), ("a",)))), *t.scope.values[:2]
    t.expect(None, "bind", LOCAL, FINAL)
    given(t, "source", FINAL / r, v)
    t.expect(v, "get", LOCAL / r)
    verb, *args = write(t, LOCAL / r, v, w)
    t.expect(None, verb, *args)
    t.expect(Missing if verb == "delete" else w, "get", FINAL / r, on="source")


@redirect()
def what_was_put_by_the_local_ref_moves(t: Trial) -> None:
    """put(l / r, v); bind(l, f): get(l / r) = v = get(f / r), and source has nothing at l / r any more"""
    r, v = Ref(*t.choose(((), ("a",)))), t.value()
    t.expect(None, "put", LOCAL / r, v)
    t.expect(None, "bind", LOCAL, FINAL)
    t.expect(v, "get", LOCAL / r)
    t.expect(v, "get", FINAL / r)
    t.expect([FINAL / r], "refs", Ref(), on="source")


@redirect()
def to_bind_twice_is_to_bind_once(t: Trial) -> None:
    """put(l, v); bind(l, f); bind(l, f): get(l) = v"""
    v = t.value()
    t.expect(None, "put", LOCAL, v)
    t.expect(None, "bind", LOCAL, FINAL)
    t.expect(None, "bind", LOCAL, FINAL)
    t.expect(v, "get", LOCAL)
    t.expect(v, "get", FINAL)


@redirect(source="ours")
def a_redirect_lists_each_value_once(t: Trial) -> None:
    """put(l, v); bind(l, f): refs(Ref()) has f and not l; refs(l) is as refs(f), seen from l"""
    t.expect(None, "put", LOCAL / "a", t.value())
    t.expect(None, "bind", LOCAL, FINAL)
    t.expect([FINAL / "a"], "refs", Ref())
    t.expect([LOCAL / "a"], "refs", LOCAL)


@redirect(source="ours")
def a_bind_that_failed_loses_nothing(t: Trial) -> None:
    """source or table fails while bind moves r: get(l) = v all the same, and so after the same bind again"""
    v = t.value()
    t.expect(None, "put", LOCAL, v)
    where, *verbs = t.choose((("source", "put"), ("source", "delete", "swap"), ("table", "put", "swap")))
    t.line(f"{where}.fail({', '.join(map(repr, verbs))})")
    t.expect(OSError, "bind", LOCAL, FINAL)
    t.line(f"{where}.fail()")
    t.expect(v, "get", LOCAL)
    t.expect(None, "bind", LOCAL, FINAL)
    t.expect(v, "get", LOCAL)


@redirect(source="ours")
def bindings_live_in_the_table(t: Trial) -> None:
    """Another Redirected(s, t) over the same two stores knows what was bound"""
    v = t.value()
    t.expect(None, "put", LOCAL, v)
    t.expect(None, "bind", LOCAL, FINAL)
    t.line("again = make(source, table)")
    t.expect(v, "get", LOCAL, on="again")
