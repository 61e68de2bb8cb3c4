"""A store as a mapping, a mapping as a store, and that the two undo each other."""

from collections import UserDict, defaultdict
from dataclasses import dataclass, field
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_combinators import MISSING, Bytes, Conflict, Json, Memory, Missing, PassThrough, Ref, Refused, look
from storage_combinators.edges.mapping import MappingView, as_mapping, from_mapping

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=4)
KEYS = st.lists(NAMES.filter(lambda name: name not in (".", "..")), min_size=1, max_size=3).map("/".join)
ITEMS = st.dictionaries(KEYS, st.binary(max_size=4), max_size=6)
NO_REFS = ["/a", "a/", "a//b", "..", "a/./b", "a\0", "\ud800", "//"]


@given(ITEMS)
def test_a_view_is_the_dictionary(items):
    view = as_mapping(Bytes(Memory()))
    view.update(items)
    assert view == items
    assert dict(view) == items
    assert sorted(view) == sorted(items)
    assert (len(view), bool(view)) == (len(items), bool(items))
    assert dict(zip(view.keys(), view.values(), strict=True)) == items
    assert all(key in view for key in items)
    while view:
        key, value = view.popitem()
        assert items.pop(key) == value
    assert items == {}


@given(ITEMS)
def test_a_store_of_a_view_of_a_store_of_a_dictionary(items):
    under = dict(items)
    view = as_mapping(from_mapping(as_mapping(from_mapping(under))))
    assert view == items
    view["new/one"] = b"1"
    assert under == {**items, "new/one": b"1"}
    view.clear()
    assert under == {}


@pytest.mark.parametrize("key", NO_REFS)
def test_a_text_that_spells_no_ref(key):
    view = as_mapping(Memory({Ref("a"): 1, Ref("a", "b"): 2}))
    with pytest.raises(KeyError):
        view[key]
    with pytest.raises(KeyError):
        del view[key]
    with pytest.raises(Refused):
        view[key] = 3
    assert key not in view
    assert view.get(key) is None
    assert len(view) == 2


@pytest.mark.parametrize("key", [1, None, b"a", ("a",), Ref("a")])
def test_a_key_that_is_no_text(key):
    view = as_mapping(Memory({Ref("a"): 1}))
    with pytest.raises(KeyError):
        view[key]
    with pytest.raises(KeyError):
        del view[key]
    with pytest.raises(TypeError):
        view[key] = 3
    assert key not in view


def test_the_empty_key_is_the_root():
    view = as_mapping(Memory())
    view[""] = 1
    assert list(view) == [""]
    assert view.pop("") == 1


def test_a_missing_key_is_named_as_it_was_asked():
    view = as_mapping(Memory())
    for ask in (view.__getitem__, view.__delitem__, view.pop):
        with pytest.raises(KeyError) as raised:
            ask("a/b")
        assert raised.value.args == ("a/b",)
        assert not isinstance(raised.value, Missing)


@dataclass(frozen=True)
class Counting(PassThrough[object]):
    """Counts the refs that were listed and the values that were read."""

    listed: list[Ref] = field(default_factory=list)
    read: list[Ref] = field(default_factory=list)

    def get(self, ref, /):
        self.read.append(ref)
        return self.source.get(ref)

    def refs(self, base, depth=None, /):
        for ref in self.source.refs(base, depth):
            self.listed.append(ref)
            yield ref


def test_truth_asks_for_one_entry_and_in_and_len_for_no_value():
    store = Counting(Memory({Ref(str(n)): n for n in range(1000)}))
    view = as_mapping(store)
    assert view
    assert len(store.listed) == 1
    assert "7" in view
    assert "x" not in view
    assert len(store.listed) == 2
    assert len(view) == 1000
    assert store.read == []


@dataclass(frozen=True)
class NoSwap(PassThrough[object]):
    def swap(self, ref, old, new, /):
        raise Refused("no swap here")


@dataclass(frozen=True)
class ReadOnly(NoSwap):
    def delete(self, ref, /):
        raise Refused("read only")


def test_del_without_swap_looks_then_deletes():
    view = as_mapping(NoSwap(Memory({Ref("a"): 1})))
    del view["a"]
    with pytest.raises(KeyError):
        del view["a"]
    with pytest.raises(Refused):
        del as_mapping(ReadOnly(Memory({Ref("a"): 1})))["a"]


@dataclass(frozen=True)
class WriteOnly(PassThrough[object]):
    def get(self, ref, /):
        raise Refused("write only")


def test_del_of_what_may_not_be_read_deletes_nothing():
    store = Memory({Ref("a"): 1})
    with pytest.raises(Refused):
        del as_mapping(WriteOnly(store))["a"]
    assert store.get(Ref("a")) == 1


@dataclass(frozen=True)
class Meddling(PassThrough[int]):
    """Somebody else writes before the first two swaps."""

    turns: list[int] = field(default_factory=lambda: [7, 8])

    def swap(self, ref, old, new, /):
        if self.turns:
            self.source.put(ref, self.turns.pop())
        self.source.swap(ref, old, new)


def test_del_tries_again_after_a_conflict():
    store = Meddling(Memory({Ref("a"): 1}))
    del as_mapping(store)["a"]
    assert store.turns == []
    assert look(store, Ref("a")) is MISSING


def test_of_two_who_delete_one_gets_the_key_error():
    view, together, won = as_mapping(Memory()), Barrier(4), []

    def race(key):
        together.wait(60)
        try:
            del view[key]
            won.append(key)
        except KeyError:
            pass

    for turn in range(50):
        view[str(turn)] = 1
        threads = [Thread(target=race, args=(str(turn),)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(map(int, won)) == list(range(50))


def test_values_and_failures_are_the_stores():
    view = as_mapping(Json(Bytes(Memory())))
    view["a"] = None
    assert view["a"] is None
    assert view.setdefault("a", 5) is None
    with pytest.raises(TypeError):
        view["b"] = {1, 2}
    with pytest.raises(TypeError):
        view["b"] = MISSING
    assert "b" not in view


def test_views_of_one_store_are_equal_and_unhashable_as_mappings_are():
    store = Memory({Ref("a"): 1})
    assert as_mapping(store) == as_mapping(store) == {"a": 1}
    with pytest.raises(TypeError):
        hash(as_mapping(store))
    assert repr(as_mapping(store)) == "MappingView(store=Memory())"
    assert MappingView.claims == {"keys": "path"}


def test_reading_a_store_over_a_defaultdict_creates_nothing():
    under = defaultdict(list)
    store = from_mapping(under)
    with pytest.raises(Missing):
        store.get(Ref("a"))
    with pytest.raises(Conflict):
        store.swap(Ref("a"), [], [1])
    assert under == {}


@pytest.mark.parametrize("key", ["/a", "a//b", "..", 5, None, ("a",)])
def test_listing_meets_a_key_that_is_no_ref(key):
    store = from_mapping(UserDict({"a": 1, key: 2}))
    assert list(store.refs(Ref("a"), 0)) == [Ref("a")]
    for depth in (1, None):
        with pytest.raises(Refused, match="spells no ref"):
            list(store.refs(Ref(), depth))


def test_a_store_over_a_mapping_lists_by_names_and_not_by_text():
    store = from_mapping({"a": 1, "a/b": 2, "ab": 3, "a/b/c": 4, "": 5})
    assert set(store.refs(Ref("a"))) == {Ref("a"), Ref("a", "b"), Ref("a", "b", "c")}
    assert set(store.refs(Ref("a"), 1)) == {Ref("a", "b")}
    assert set(store.refs(Ref(), 1)) == {Ref("a"), Ref("ab")}
    assert list(store.refs(Ref(), 0)) == [Ref()]


def test_swap_of_a_store_over_a_mapping():
    store = from_mapping({})
    store.swap(Ref("a"), MISSING, 1)
    for old in (MISSING, 2):
        with pytest.raises(Conflict):
            store.swap(Ref("a"), old, 3)
    store.swap(Ref("a"), 1, 1)
    store.swap(Ref("b"), MISSING, MISSING)
    assert store.mapping == {"a": 1}
    store.swap(Ref("a"), 1, MISSING)
    assert store.mapping == {}
    with pytest.raises(TypeError):
        store.put(Ref("a"), MISSING)
    store.delete(Ref("a"))


def test_stores_over_a_mapping_are_equal_where_the_mapping_is_one():
    held, alike = {"a": 1}, {"a": 1}
    assert from_mapping(held) == from_mapping(held)
    assert from_mapping(held) != from_mapping(alike)
    assert len({from_mapping(held), from_mapping(held), from_mapping(alike)}) == 2
    assert Json(from_mapping(held)) != Json(from_mapping(alike))
