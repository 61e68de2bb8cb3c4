"""Switch: the first name chooses the store (paper 3.1.5)."""

from __future__ import annotations

from functools import partial

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Missing, Refused

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import given, settled, write


def _routed(ref: Ref) -> Ref:
    return ref if ref[:1] in (("a",), ("b",)) else Ref("a") / ref


FAMILY = Family("switch", ("x, y = Source(), Source()", "store = make({'a': x, 'b': y})"), refs=_routed)
switch = partial(law, kind="switch", source="paper 3.1.5")
ROUTES = {"a": ("x", "y"), "b": ("y", "x")}


@switch(calls=1)
def a_switch_is_one_store_of_all_its_routes(t: Trial) -> None:
    """Below its routes, Switch ≈ the union of them: any history answers as on one dictionary, listings too"""
    if t.choose((False, True)):
        for name, source in (("a", "x"), ("b", "y")):
            given(t, source, Ref(name, "old"), t.scope.values[0])
            t.model.put(Ref(name, "old"), t.scope.values[0])
    t.history(judged=True)
    settled(t)


@switch()
def a_switch_hands_the_whole_ref_to_its_route(t: Trial) -> None:
    """put(k / r, v): routes[k].get(k / r) = v, and so for every write"""
    r, v, w = t.ref(), *t.scope.values[:2]
    route, _ = ROUTES[r[0]]
    given(t, route, r, v)
    verb, *args = write(t, r, v, w)
    t.expect(None, verb, *args)
    t.expect(Missing if verb == "delete" else w, "get", r, on=route)


@switch()
def a_switch_asks_nothing_of_another_route(t: Trial) -> None:
    """verb(k / r): no other route is asked or changed"""
    r, v, w = t.ref(), *t.scope.values[:2]
    route, other = ROUTES[r[0]]
    given(t, route, r, v)
    t.expect(v, "get", r)
    verb, *args = write(t, r, v, w)
    t.expect(None, verb, *args)
    t.expect([], "asked", on=other, because="the ref is not on that route")


@switch(source="ours")
def a_switch_refuses_to_write_where_no_route_leads(t: Trial) -> None:
    """k without a route: every write raises Refused, and is not lost in silence"""
    r, v = t.choose((Ref("c"), Ref("c", "a"), Ref())), t.value()
    verb, *args = write(t, r, MISSING, v)
    t.expect(Refused, verb, *args, because="no route leads there, so the write would be lost: Refused was due")
    t.expect([], "wrote", on="x")
    t.expect([], "wrote", on="y")


@switch(source="ours")
def a_switch_has_nothing_where_no_route_leads(t: Trial) -> None:
    """k without a route: get raises Missing, and refs lists nothing"""
    r = t.choose((Ref("c"), Ref("c", "a")))
    t.expect(Missing, "get", r)
    t.expect([], "refs", r, t.depth())
