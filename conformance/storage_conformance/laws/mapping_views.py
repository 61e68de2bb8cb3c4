"""Iteration and the views of a mapping: point 5 of the mapping contract (ours)."""

from __future__ import annotations

from typing import Any

from ..law import law
from ..trial import Trial
from .mappings import FEW


@law("lists", kind="mapping", needs=())
def iteration_yields_each_key_once(t: Trial) -> None:
    """sorted(d) = the keys that were set and not deleted, each once; len(d) is their number"""
    t.history()
    t.expect(sorted(t.model), "iter")
    t.expect(len(t.model), "len")


@law("lists", kind="mapping", needs=())
def the_views_agree(t: Trial) -> None:
    """zip(d.keys(), d.values()) = d.items() in order; keys, values and items are those of the dictionary"""
    t.history()
    for view in ("keys", "values", "items"):
        t.do(view)
    t.program(views_agree, "store")


def views_agree(store):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    pairs = list(zip(list(store.keys()), list(store.values()), strict=False))
    assert len(pairs) == len(store), f"of {len(store)} keys, keys() and values() together yield {len(pairs)}"
    assert pairs == list(store.items()), "keys() and values() of an unchanged mapping are not in one order"
    assert list(store) == [key for key, _ in pairs], "iter() and keys() of an unchanged mapping are not in one order"
    for key, value in pairs:
        assert (key, value) in store.items(), f"the pair of {key!r} is not in items()"
        assert key in store.keys() and value in store.values(), f"{key!r} or its value is not in its view"  # noqa: SIM118  # the view is meant


@law("lists", kind="mapping")
def the_views_have_nothing_that_is_not_there(t: Trial) -> None:
    """k in d.keys(), v in d.values() and (k, v) in d.items() are False of what is not there, of any type"""
    t.program(views_deny, "store")


def views_deny(store):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    store["a"], store["b"] = b"x", b""
    for view in (store.keys(), store.values(), store.items()):
        name = type(view).__name__
        assert len(view) == 2, f"two keys are there, but the length of {name} is {len(view)}"
        assert len(list(view)) == 2, f"two keys are there, but {name} yields {len(list(view))}"
        assert len(list(view)) == 2, f"a second iteration of one {name} yields {len(list(view))} of two"
    store["a"] = b"zz"
    assert sorted(store.values()) == [b"", b"zz"], "values() does not show that a value was overwritten"
    assert sorted(store.items()) == [("a", b"zz"), ("b", b"")], "items() does not show that a value was overwritten"
    items = store.items()
    assert ("c", b"x") not in items and ("a", b"") not in items, "a pair that is not there is in items()"
    assert b"z" not in store.values() and ("a", b"z") not in items, "the beginning of a value is in values() or items()"
    assert ("a", None) not in store.items() and ("c", None) not in store.items(), "a missing value is in items()"
    assert "c" not in store.keys() and b"c" not in store.values(), "what is not there is in keys() or values()"  # noqa: SIM118  # the view
    assert "a" not in store.values(), "a key is in values()"


@law("lists", kind="mapping")
def the_views_reckon_as_sets_do(t: Trial) -> None:
    """d.keys() and d.items() compare, unite and intersect as sets of what is there, where they can"""
    t.program(views_reckon, "store")


def views_reckon(store):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    store["a"], store["b"] = b"x", b"y"
    cases: list[Any] = [
        (store.keys(), {"a", "b"}, {"b", "c"}),
        (store.items(), {("a", b"x"), ("b", b"y")}, {("b", b"y"), ("a", b"z")}),
    ]
    for view, same, other in cases:
        if not hasattr(view, "isdisjoint"):
            continue  # a list, say: another law tells it
        name = type(view).__name__
        assert set(view & other) == same & other and set(other & view) == same & other, f"{name} & other is wrong"
        assert set(view | other) == same | other and set(other | view) == same | other, f"{name} | other is wrong"
        assert set(view - other) == same - other and set(other - view) == other - same, f"{name} - other is wrong"
        assert set(view ^ other) == same ^ other and set(other ^ view) == same ^ other, f"{name} ^ other is wrong"
        assert view == same and view != other and view <= same and view >= same, f"{name} compared with a set is wrong"
        assert not view < same and view > set() and not view <= other, f"{name} as a part of a set is wrong"
        assert view.isdisjoint(other - same) and not view.isdisjoint(other), f"isdisjoint of {name} is wrong"


@law("lists", kind="mapping")
def the_views_are_sets_that_follow_changes(t: Trial) -> None:
    """keys() and items() are sets, not lists, and a view that was taken before a change shows it, as of a dictionary"""
    t.program(views_follow, "store")


def views_follow(store):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    store["a"] = b"x"
    keys, values, items = store.keys(), store.values(), store.items()
    for view in (keys, items):
        assert hasattr(view, "isdisjoint"), f"{type(view).__name__}, which keys() or items() answers, is no set"
    store["b"] = b"y"
    assert len(keys) == len(values) == len(items) == 2, "a view that was taken before a change has another length"
    del store["a"]
    found = [sorted(keys), sorted(values), sorted(items)]
    assert found == [["b"], [b"y"], [("b", b"y")]], f"views that were taken before two changes show {found}"
    store.clear()
    lengths = [len(view) + len(list(view)) for view in (keys, values, items)]
    assert lengths == [0, 0, 0], "a view that was taken before clear() is not empty after it"
    store.update({"c": b"z"})
    found = [sorted(keys), sorted(values), sorted(items)]
    assert found == [["c"], [b"z"], [("c", b"z")]], f"views that were taken before clear() and update() show {found}"


@law("lists", kind="mapping")
def iterations_are_apart(t: Trial) -> None:
    """Two iterations at once, one within another, one that was given up: each yields every key once"""
    t.program(iterates_twice, "store", str(t.choose((1, 3, 12))))


def iterates_twice(store, many):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    keys = [f"k{number}" for number in range(many)]
    store.update(dict.fromkeys(keys, b"x"))
    one, other = iter(store), iter(store)
    taken = [(next(one, ""), next(other, "")) for _ in keys]
    assert sorted(key for key, _ in taken) == sorted(keys), "an iteration beside another does not yield every key once"
    assert sorted(key for _, key in taken) == sorted(keys), "an iteration beside another does not yield every key once"
    for ended in (one, other):
        assert next(ended, None) is None, "an iteration goes on after every key was yielded"
    next(iter(store))
    assert sorted(store) == sorted(keys), "after an iteration that was given up, the next one misses keys"
    within = [key for _ in store for key in store]
    assert len(within) == many * many, f"an iteration within another yields {len(within)} keys, not {many * many}"


@law("lists", kind="mapping")
def reading_while_iterating_changes_nothing(t: Trial) -> None:
    """for k in d: d[k], d.get(k), k in d, len(d); and for keys(), values() and items(): each key once, no failure"""
    t.program(reads_meanwhile, "store", repr(t.choose(("iter", "keys", "values", "items"))))


def reads_meanwhile(store, view):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    due = {f"k{number}": b"%d" % number for number in range(12)}
    store.update(due)
    found = []
    for each in store if view == "iter" else getattr(store, view)():
        found.append(each)
        assert len(found) <= len(due), "an iteration with reading meanwhile does not end"
        read = list(due)[len(found) % 5 :: 4]
        assert all(store[key] == store.get(key) == due[key] and key in store for key in read), "what is read is wrong"
        assert len(store) == len(due), "len(d) is wrong while it is iterated"
    whole = {"values": sorted(due.values()), "items": sorted(due.items())}.get(view, sorted(due))
    assert sorted(found) == whole, f"{view} with reading meanwhile does not yield each key once"


@law("lists", kind="mapping")
def iteration_bears_changes(t: Trial) -> None:
    """keys come and go meanwhile: RuntimeError, or each key that was there throughout, exactly once"""
    many = t.choose((2, 3, 5, 10, 21, 40, 130, 1030)[: 6 if t.rounds <= FEW else 8])
    change = t.choose(("add", "remove", "replace", "remove another", "overwrite", "remove all"))
    view = t.choose(("iter", "keys", "values", "items") if many <= LITTLE else ("iter",))
    t.program(bears_changes, "store", str(many), repr(change), repr(view))


LITTLE = 10  # keys


def bears_changes(store, many, change, view):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    due = {f"k{number}": b"%d" % number for number in range(many)}
    store.update(due)
    seen: list[Any] = []
    gone: set[str] = set()
    said = "iteration" if view == "iter" else view
    try:
        for each in store if view == "iter" else getattr(store, view)():
            seen.append(each)
            assert len(seen) <= 4 * many, "an iteration with changes meanwhile does not end"
            key = each[0] if view == "items" else "k" + each.decode() if view == "values" and each != b"new" else each
            going = {"remove another": sorted(due)[-1:] if len(seen) == 1 else [], "remove all": [key]}.get(change)
            going = ([] if gone else [key]) if change in ("remove", "replace") else going or []
            for one in [one for one in going if one in due and one not in gone]:
                gone.add(one)
                del store[one]
            if change == "overwrite" and key in due:
                store[key] = due[key]
            elif change in ("add", "replace") and len(seen) == 1:
                store["new"] = b"new"
    except RuntimeError:
        return
    except KeyError:
        assert view in ("values", "items") and gone, "an iteration with changes meanwhile raises KeyError"
        return
    for key in sorted(set(due) - gone):
        times = seen.count({"values": due[key], "items": (key, due[key])}.get(view, key))
        assert times == 1, f"{key!r} was there throughout, but {said} with changes meanwhile yields it {times} times"


@law("lists", kind="mapping")
def reversed_is_refused_or_right(t: Trial) -> None:
    """reversed(d) raises TypeError, or is list(d)[::-1]"""
    t.program(reverses, "store")


def reverses(store):  # type: ignore[no-untyped-def]  # it is printed into scripts, plain
    store.update({"a": b"x", "b": b"y", "c": b"z"})
    try:
        backwards = list(reversed(store))
    except TypeError:  # as collections.abc has it
        return
    assert backwards == list(store)[::-1], "reversed(d) is not list(d)[::-1]"
