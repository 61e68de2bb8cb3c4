"""Shard: each ref in one of many stores, by hash (ours)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import settled

FAMILY = Family(
    "shard",
    ("one, two, three = Source(), Source(), Source()", "store = make({'one': one, 'two': two, 'three': three})"),
)
shard = partial(law, kind="shard")
NAMES = ("one", "two", "three")


@shard(calls=1)
def a_shard_is_one_dictionary(t: Trial) -> None:
    """Any history answers as on one dictionary, listings too"""
    t.history(judged=True)
    settled(t)


@shard()
def each_ref_is_in_one_shard(t: Trial) -> None:
    """put(r, v): one of the shards has r; every other verb asks that one, and no other is asked"""
    t.program(one_is_asked, "store", "one", "two", "three", repr(t.ref()), repr(t.choose(("get", "merge", "swap"))))


def one_is_asked(store: Any, one: Any, two: Any, three: Any, ref: Any, verb: str) -> None:
    store.put(ref, b"x")
    holders = [bool(each.asked()) for each in (one, two, three)]
    getattr(store, verb)(ref, *{"merge": (b"y",), "swap": (b"x", b"y")}.get(verb, ()))
    asked = [bool(each.asked()) for each in (one, two, three)]
    assert sum(holders) == 1 and asked == holders, f"put asked the shards {holders}, {verb} asked {asked}"


@shard()
def the_order_of_the_shards_makes_no_difference(t: Trial) -> None:
    """The same stores under the same names in another order, in another process: each ref is found where it was"""
    t.program(all_are_found, "make", "store", "one", "two", "three")


def all_are_found(make: Any, store: Any, one: Any, two: Any, three: Any) -> None:
    refs = [Ref("a", str(n)) for n in range(30)]
    for ref in refs:
        store.put(ref, b"x")
    again = make({"three": three, "one": one, "two": two})
    lost = [ref for ref in refs if not any(True for _ in again.refs(ref, 0))]
    for ref in refs:
        try:
            again.get(ref)
        except Missing:
            lost.append(ref)
    assert not lost, f"with the shards in another order {len(set(lost))} of 30 refs are looked for elsewhere"


@shard()
def a_new_shard_moves_only_what_it_takes(t: Trial) -> None:
    """Of n refs in 3 shards, a fourth takes about n / 4, and every other is found where it was"""
    t.program(the_others_stay, "make", "Source", "store", "one", "two", "three")


def the_others_stay(make: Any, source: Any, store: Any, one: Any, two: Any, three: Any) -> None:
    refs = [Ref("a", str(n)) for n in range(60)]
    for ref in refs:
        store.put(ref, b"x")
    four = source()
    more = make({"one": one, "two": two, "three": three, "four": four})
    gone = []
    for ref in refs:
        try:
            more.get(ref)
        except Missing:
            gone.append(ref)
    taken = [note[1] for note in four.asked()]
    assert gone == taken, f"{len(gone)} of 60 refs are not found with a fourth shard, which was asked for {len(taken)}"
    assert 3 <= len(taken) <= 30, f"of 60 refs the fourth shard took {len(taken)}"


@shard()
def a_shard_that_fails_fails_its_own_refs_alone(t: Trial) -> None:
    """One shard is down: what it has fails and is not missing, what others have is there; a listing fails"""
    name, verb = t.choose(NAMES), t.choose(("get", "put", "refs"))
    t.program(the_others_answer, "store", name, repr(verb))


def the_others_answer(store: Any, down: Any, verb: str) -> None:
    refs = [Ref("a", str(n)) for n in range(20)]
    for ref in refs:
        store.put(ref, b"x")
    own = set(down.cells)
    down.fail("get", "put", "refs")
    failed = set()
    for ref in refs:
        try:
            list(store.refs(Ref())) if verb == "refs" else getattr(store, verb)(
                ref, *((b"y",) if verb == "put" else ())
            )
        except OSError:
            failed.add(ref)
    want = set(refs) if verb == "refs" else own
    assert failed == want, f"with a shard of {len(own)} refs down, {verb} failed for {len(failed)} of 20"
