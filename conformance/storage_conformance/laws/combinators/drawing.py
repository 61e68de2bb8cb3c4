"""Drawing and re-wrapping: functions of a tree of stores, by identity (paper 4.3, and ours)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref

from ...law import law
from ...trial import Trial
from .rig import Family
from .sources import Pair, Source

DRAWING = Family(
    "drawing", ("one, other = Source(), Source()", "draw = make  # make(tree) answers a text"), (Source, Pair)
)
REWRAP = Family("rewrap", ("one, other = Source(), Source()", "rewrap = make  # make(tree, wrap)"), (Source, Pair))
drawing = partial(law, kind="drawing", source="paper 4.3", group="drawing")
rewrap = partial(law, kind="rewrap", group="rewrap")


@drawing()
def two_stores_of_one_class_are_two_nodes(t: Trial) -> None:
    """draw(Pair(a, b)) shows two nodes, though a and b are of one class"""
    t.program(both_are_drawn, "draw", "one", "other")


def both_are_drawn(draw: Any, one: Any, other: Any) -> None:
    text = draw(Pair(one, other))
    assert text.count("Source") == 2, f"two stores called Source were drawn as\n{text}"


@drawing(source="ours")
def one_store_in_two_places_is_one_node(t: Trial) -> None:
    """draw(Pair(p, p)) ≠ draw(Pair(p, q)), also where p = q without being one"""
    t.program(sharing_is_drawn, "draw", "one", "other")


def sharing_is_drawn(draw: Any, one: Any, other: Any) -> None:
    inner, twin = Pair(one, other), Pair(one, other)
    shared, apart = draw(Pair(inner, inner)), draw(Pair(inner, twin))
    assert shared != apart, f"one store in two places, and two equal ones, are both drawn as\n{shared}"


@drawing()
def drawing_asks_no_store(t: Trial) -> None:
    """draw(tree) calls no verb, for what is drawn may be far away"""
    t.program(nothing_was_asked, "draw", "one", "other")


def nothing_was_asked(draw: Any, one: Any, other: Any) -> None:
    draw(Pair(one, other))
    assert one.asked() + other.asked() == [], "drawing asked a store"


@rewrap()
def what_is_shared_stays_shared(t: Trial) -> None:
    """rewrap(Pair(p, p), wrap) wraps p once: both places lead to one store, as before"""
    t.program(both_places_lead_to_one, "rewrap", "one", "other")


def both_places_lead_to_one(rewrap: Any, one: Any, other: Any) -> None:
    inner = Pair(one, other)
    again = rewrap(Pair(inner, inner), lambda store, *_: store)
    assert again.first is again.second, "one store in two places became two"


@rewrap()
def what_is_equal_does_not_become_one(t: Trial) -> None:
    """rewrap(Pair(p, q), wrap), p = q without being one: they stay two, each over its own"""
    t.program(both_are_wrapped, "rewrap", "one", "other")


def both_are_wrapped(rewrap: Any, one: Any, other: Any) -> None:
    wrapped: list[Any] = []

    def wrap(store: Any, *_: Any) -> Any:
        wrapped.append(store)
        return store

    rewrap(Pair(Pair(one, other), Pair(one, other)), wrap)
    assert len([each for each in wrapped if type(each) is Pair]) == 3, "two equal stores were taken for one"


@rewrap()
def a_tree_made_again_keeps_its_data(t: Trial) -> None:
    """put(r, v) through the tree; get(r) = v through rewrap of it, and the other way round"""
    t.program(the_data_is_there, "rewrap", "one", "other")


def the_data_is_there(rewrap: Any, one: Any, other: Any) -> None:
    tree = Pair(one, other)
    tree.put(Ref("a"), b"x")
    again = rewrap(tree, lambda store, *_: store)
    assert Ref("a") in list(again.refs(Ref())), "what was put before is not there"
    again.put(Ref("b"), b"y")
    assert tree.get(Ref("b")) == b"y", "what is put now is not there"
