"""Mount: stores at points of a store's tree (paper 3.1.5, in its prose)."""

from __future__ import annotations

from functools import partial

from storage_combinators.ref import Ref
from storage_combinators.store import Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import given, settled, write

FAMILY = Family(
    "mount",
    (
        "source, point, inner = Source(), Source(), Source()",
        "store = make(source, {Ref('a'): point, Ref('a', 'm'): inner})",
    ),
)
mount = partial(law, kind="mount", source="paper 3.1.5")
REFS = {"source": Ref("b"), "point": Ref("a", "b"), "inner": Ref("a", "m", "b")}
BELOW = {"source": Ref("b"), "point": Ref("b"), "inner": Ref("b")}


@mount(calls=1)
def a_mount_is_one_tree(t: Trial) -> None:
    """Any history answers as on one dictionary, listings too; at first it holds what is visible of each store"""
    if t.choose((False, True)):
        for name, ref in REFS.items():
            given(t, name, BELOW[name], t.scope.values[0])
            t.model.put(ref, t.scope.values[0])
    t.history(judged=True)
    settled(t)


@mount()
def a_mounted_store_sees_refs_from_its_point(t: Trial) -> None:
    """put(p / r, v): points[p].get(r) = v for the longest point p that leads to the ref; so for every write"""
    name, v, w = t.choose(tuple(REFS)), *t.scope.values[:2]
    given(t, name, BELOW[name], v)
    verb, *args = write(t, REFS[name], v, w)
    t.expect(None, verb, *args)
    t.expect(Missing if verb == "delete" else w, "get", BELOW[name], on=name)
    for other in REFS:
        if other != name:
            t.expect([], "asked", on=other, because="the longest point leads elsewhere")


@mount()
def what_a_mount_hides_is_neither_seen_nor_lost(t: Trial) -> None:
    """source has p / r below the point p: it is not listed, get does not find it, no write changes it"""
    hidden, v = t.choose((Ref("a"), Ref("a", "b"), Ref("a", "m", "b"))), t.value()
    given(t, "source", hidden, v)
    t.expect(Missing, "get", hidden)
    t.expect([], "refs", Ref())
    t.expect(None, t.choose(("put", "merge")), hidden, b"new")
    t.expect(None, "delete", hidden)
    t.expect(v, "get", hidden, on="source")


@mount(source="ours")
def a_mount_does_not_list_everything_for_one_level(t: Trial) -> None:
    """refs(b, 1) asks no store for refs(c, None), except of children that hold a point"""
    given(t, "source", Ref("b", "c"), t.value())
    t.line("source.notes.clear()")
    t.expect([Ref("b")], "refs", Ref(), 1)
    t.expect([("refs", Ref(), 1)], "listed", on="source", because="one level was asked for")
