"""Cascading delete: what depends on a thing goes with it (paper 5.3, one sentence; our reading)."""

from __future__ import annotations

from functools import partial

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import given

FAMILY = Family("cascading", ("source = Source()", "store = make(source)"))
cascading = partial(law, kind="cascading", source="paper 5.3")
HEAD, ITEM, DEEPER = Ref("a"), Ref("a", "b"), Ref("a", "b", "c")
NEIGHBOURS = (Ref("ab"), Ref("b", "a"), Ref())


def family_of(t: Trial) -> None:
    """A head with two dependents, one below the other, and neighbours."""
    for ref in (HEAD, ITEM, DEEPER, *NEIGHBOURS):
        given(t, "source", ref, b"x")


@cascading()
def a_delete_takes_what_depends_on_it_along(t: Trial) -> None:
    """delete(r): get(r) and get(r / q) raise Missing, for every q; also if there was nothing at r"""
    family_of(t)
    if t.choose((False, True)):
        t.call("source", "delete", (HEAD,))
    t.expect(None, "delete", HEAD)
    for ref in (HEAD, ITEM, DEEPER):
        t.expect(Missing, "get", ref)


@cascading()
def a_cascade_touches_nothing_else(t: Trial) -> None:
    """delete(r): get(q) is as before for every q that is not below r"""
    family_of(t)
    r = t.choose((HEAD, ITEM))
    t.expect(None, "delete", r)
    for ref in (*NEIGHBOURS, *([HEAD] if r == ITEM else [])):
        t.expect(b"x", "get", ref)


@cascading(source="ours")
def a_cascade_that_failed_can_be_completed(t: Trial) -> None:
    """source.delete(r / q) fails: delete(r) raises it, r is still there, and the same delete again completes it"""
    family_of(t)
    t.line(f"source.fail('delete', only={t.choose((ITEM, DEEPER))!r})")
    t.expect(OSError, "delete", HEAD, because="the source failed, and who deletes must know")
    t.expect(b"x", "get", HEAD, because="a dependent is left, so its head must be there to be deleted again")
    t.line("source.fail()")
    t.expect(None, "delete", HEAD)
    t.expect([], "refs", HEAD)


@cascading(source="ours")
def a_swap_that_removes_cascades(t: Trial) -> None:
    """swap(r, v, MISSING): what is below r goes too; if it raises Conflict, nothing goes"""
    family_of(t)
    if t.choose((False, True)):
        t.expect(Conflict, "swap", HEAD, b"other", MISSING)
        t.expect(b"x", "get", ITEM)
    t.expect(None, "swap", HEAD, b"x", MISSING)
    t.expect([], "refs", HEAD)


@cascading(calls=1)
def a_cascading_changes_delete_alone(t: Trial) -> None:
    """put, merge, get, refs, and a swap that does not remove, are the source's: nothing goes by them"""
    family_of(t)
    verb = t.choose(("put", "merge", "swap", "get"))
    args = {"get": (), "swap": (b"x", b"y")}.get(verb, (b"y",))
    t.expect(b"x" if verb == "get" else None, verb, HEAD, *args)
    t.expect(sorted((HEAD, ITEM, DEEPER, *NEIGHBOURS)), "refs", Ref())
