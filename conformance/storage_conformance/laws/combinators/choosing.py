"""Where a value goes: size split, template router; and what is seen of it: inventory (ours)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing, Refused

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import given, settled, write

SIZE_SPLIT = Family("size_split", ("small, big = Source(), Source()", "store = make(small, big, 0)"))
ROUTED = ("x, y = Source(), Source()", "said = lambda who: f'hello {who}'.encode()")
ROUTES = "{'a': x, 'a/{n}': y, 'b/{who}/said': said, 'b/{rest...}': x, '{n}': y}"
TEMPLATES = Family("template_router", (*ROUTED, f"store = make({ROUTES})"))
INVENTORY = Family("inventory", ("source, written = Source(), Source()", "store = make(source, written)"))

size_split = partial(law, kind="size_split", group="size split")
templates = partial(law, kind="template_router", group="template router")
inventory = partial(law, kind="inventory", group="inventory")
R = Ref("a")


@size_split(calls=1)
def a_size_split_is_one_store(t: Trial) -> None:
    """No history tells SizeSplit(s, b, n) from a dictionary, whatever changes sides, whatever b held before"""
    if t.choose((False, True)):
        given(t, "big", R, b"x")
        t.model.put(R, b"x")
    t.history(judged=True)
    settled(t)


@size_split()
def a_size_split_keeps_each_value_on_its_side(t: Trial) -> None:
    """put(r, v): small has v and big nothing at r if len(v) <= n, else the other way round, whatever was there"""
    old, new = t.choose((None, b"", b"xyz")), t.choose((b"", b"xyz"))
    if old is not None:
        t.put(R, old)
    verb = t.choose(("put", "merge", "swap"))
    t.expect(None, verb, R, *([MISSING if old is None else old] if verb == "swap" else []), new)
    sides = ("small", "big") if not new else ("big", "small")
    t.expect(new, "get", R, on=sides[0])
    t.expect(Missing, "get", R, on=sides[1])


@size_split()
def a_size_split_that_is_stopped_shows_before_or_after(t: Trial) -> None:
    """small or big fails in a write, before or after it is done: get(r) is what it was or what it was to be, and so
    after it is done again
    """
    old, new = t.choose((b"", b"old")), t.choose((b"", b"new"))
    t.line(f"store.put({R!r}, {b'oldest' if not old else b''!r})")
    t.line(f"store.put({R!r}, {old!r})")
    where, when = t.choose(("small", "big")), t.choose(("before", "after"))
    t.line(f"{where}.fail({t.choose(('put', 'delete', 'swap', 'get'))!r}, when={when!r})")
    written = t.choose((f"put({R!r}, {new!r})", f"delete({R!r})", f"swap({R!r}, {old!r}, {new!r})"))
    after = "MISSING" if written[0] == "d" else repr(new)
    t.program(before_or_after, "store", "small", "big", f"lambda: store.{written}", repr(old), after)


def before_or_after(store: Any, small: Any, big: Any, write: Any, old: Any, new: Any) -> None:
    def held() -> Any:
        try:
            return store.get(Ref("a"))
        except Missing:
            return MISSING

    for fails in (True, False):
        try:
            write()
        except (OSError, Conflict):  # a swap that is done already conflicts
            pass
        if fails:
            small.fail()
            big.fail()
        found = held()
        assert found in (old, new), f"get answers {found!r}, which was neither there before nor to be there after"
    assert held() == new, f"it was done again, without a failure, and get answers {held()!r}"


@size_split()
def a_size_split_compares_what_get_answers(t: Trial) -> None:
    """get(r) = v: swap(r, u, w) is a Conflict for u ≠ v, whichever side v, u and w are for, and get(r) = v"""
    v, u, w = (t.choose((MISSING, b"", b"xyz")) for _ in range(3))
    if v is not MISSING:
        t.put(R, v)
    if u != v:
        t.expect(Conflict, "swap", R, u, w)
    t.get(R)


@size_split()
def a_size_split_takes_a_failure_for_no_absence(t: Trial) -> None:
    """small.get(r) fails: get(r) raises that, and does not answer what big has"""
    given(t, "big", R, b"older")
    t.line("small.fail('get')")
    t.expect(OSError, "get", R, because="small failed, which says nothing about what it holds")


@templates()
def the_first_template_that_matches_is_the_route(t: Trial) -> None:
    """verb(r) = routes[t].verb(r) for the first t that r matches, r handed on whole; no other route is asked"""
    r, route, other = t.choose(
        (
            (R, "x", "y"),
            (Ref("a", "c"), "y", "x"),
            (Ref("b", "c"), "x", "y"),
            (Ref("b", "c", "said", "d"), "x", "y"),
            (Ref("c\nd"), "y", "x"),
            (Ref("b", "c\nd", "e"), "x", "y"),
        )
    )
    v, w = t.scope.values[:2]
    given(t, route, r, v)
    t.expect(v, "get", r)
    verb, *args = write(t, r, v, w)
    t.expect(None, verb, *args)
    t.expect(Missing if verb == "delete" else w, "get", r, on=route)
    t.expect([], "asked", on=other, because="that route is not taken")


@templates()
def a_function_answers_with_the_parts_by_name(t: Trial) -> None:
    """routes[t] is a function: get(r) = routes[t](**parts); what is written there is Refused, and lost to nobody"""
    r = Ref("b", t.choose(("ann", "ann.", "{who}")), "said")
    t.expect(f"hello {r[1]}".encode(), "get", r)
    t.expect(Refused, *write(t, r, b"x", b"y"), because="nobody can write what a function answers")
    t.expect([], "wrote", on="x")


@templates()
def what_matches_no_template_is_not_there(t: Trial) -> None:
    """r matches none: get(r) raises Missing, and every write is Refused: nothing is lost silently"""
    r = t.choose((Ref(), Ref("a", "b", "c"), Ref("c", "d"), Ref("a", "b", "said")))
    t.expect(Missing, "get", r)
    t.expect(Refused, *write(t, r, b"x", b"y"))
    t.expect([], "wrote", on="x")
    t.expect([], "wrote", on="y")


@templates(calls=1)
def a_router_lists_what_can_be_reached(t: Trial) -> None:
    """refs(b, d): what the routes hold at refs that lead to them, each once; what they hold elsewhere is not listed"""
    refs = (R, Ref("a", "c"), Ref("a", "c", "d"), Ref("b", "c"), Ref("b", "ann", "said"), Ref("c"), Ref("d", "e"))
    seen = {"x": (R, Ref("b", "c")), "y": (Ref("a", "c"), Ref("c"))}
    for source in ("x", "y"):
        for ref in (t.choose(refs), t.choose(refs)):
            given(t, source, ref, b"x")
            if ref in seen[source]:
                t.model.put(ref, b"x")
    for base in (Ref(), R, Ref("b"), Ref("d"), t.choose(refs)):
        for depth in (None, 0, 1):
            t.refs(base, depth)


@templates()
def what_is_no_template_is_refused_when_made(t: Trial) -> None:
    """a template with an empty name, or the same part twice: ValueError, before anything is asked"""
    bad = t.choose(("a//b", "{n}/{n}", "a/../b", "{1}"))
    t.expect(ValueError, "()", t.code(f"{{{bad!r}: x}}"), on="make", because="that is no template")


@inventory(calls=1)
def an_inventory_is_a_store_of_what_it_wrote(t: Trial) -> None:
    """No history tells Inventory(s, w) from an empty dictionary, whatever s holds"""
    given(t, "source", t.ref(), b"theirs")
    t.history(judged=True)
    settled(t)


@inventory()
def an_inventory_leaves_what_is_not_its_own(t: Trial) -> None:
    """source has v at r, written elsewhere: delete(r) does nothing, swap(r, v, w) is a Conflict, and v stays"""
    given(t, "source", R, b"theirs")
    if t.choose((False, True)):
        t.expect(None, "delete", R)
    else:
        t.expect(Conflict, "swap", R, b"theirs", t.choose((b"x", MISSING)))
    t.expect(b"theirs", "get", R, on="source")


@inventory()
def an_inventory_lists_what_cannot_be_listed(t: Trial) -> None:
    """source.refs fails: refs(b, d) is as ever, for written has it"""
    t.line("source.fail('refs')")
    t.put(R, b"x")
    t.put(Ref("b", "c"), b"x")
    t.refs(t.choose((Ref(), R, Ref("b"))), t.depth())


@inventory()
def an_inventory_that_is_stopped_shows_before_or_after(t: Trial) -> None:
    """source or written fails in a write, before or after it is done: get(r) is what it was, or was to be; r is listed
    if get finds it; never what source has of others
    """
    given(t, "source", R, b"theirs")
    old = t.choose((MISSING, b"old"))
    if old is not MISSING:
        t.line(f"store.put({R!r}, b'old')")
    where, when = t.choose(("source", "written")), t.choose(("before", "after"))
    t.line(f"{where}.fail({t.choose(('put', 'delete', 'swap'))!r}, when={when!r})")
    after = t.choose(("MISSING", "b'new'"))
    put = f"put({R!r}, {after})" if after != "MISSING" else f"delete({R!r})"
    written = t.choose((put, f"swap({R!r}, {old!r}, {after})"))
    t.program(seen_before_or_after, "store", "source", "written", f"lambda: store.{written}", repr(old), after)


def seen_before_or_after(store: Any, source: Any, written: Any, write: Any, old: Any, new: Any) -> None:
    try:
        write()
    except OSError:
        pass
    source.fail()
    written.fail()
    try:
        found = store.get(Ref("a"))
    except Missing:
        found = MISSING
    assert found in (old, new), f"get answers {found!r}, which was neither there before nor to be there after"
    listed = list(store.refs(Ref()))
    assert listed == [Ref("a")] * (found is not MISSING), f"get answers {found!r}, and the listing is {listed!r}"
