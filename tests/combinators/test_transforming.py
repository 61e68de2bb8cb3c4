"""Relative, Merging, Locked and the two application combinators."""

import operator
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_combinators import (
    Cache,
    CascadingDelete,
    Failing,
    Json,
    Locked,
    Memory,
    Merging,
    Missing,
    Redirected,
    Ref,
    Refused,
    Relative,
    Renamed,
    look,
    merge_patch,
    update,
)

A, B = Ref("a"), Ref("b")
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda each: st.lists(each) | st.dictionaries(st.text(), each),
)


def test_a_base_is_always_put_before_even_where_it_is_there_already() -> None:
    """The non-injective prefix that a shipped library has: under /a, the keys /x and /a/x were one cell."""
    store = Relative(Memory(), A)
    store.put(Ref("x"), 1)
    store.put(A / "x", 2)
    assert (store.get(Ref("x")), store.get(A / "x")) == (1, 2)


def test_nothing_outside_the_base_is_listed_or_touched() -> None:
    source = Memory({Ref("ab"): 1, A: 2, A / "b": 3, B: 4})
    store = Relative(source, A)
    assert set(store.refs(Ref())) == {Ref(), B}
    assert list(store.refs(Ref(), 0)) == [Ref()]
    for ref in list(store.refs(Ref())):
        store.delete(ref)
    assert source.cells == {Ref("ab"): 1, B: 4}


def test_nesting_adds_up() -> None:
    source: Memory[int] = Memory()
    Relative(Relative(source, A), B).put(Ref("c"), 1)
    assert source.cells == {Ref("a", "b", "c"): 1}


def test_a_renamed_without_its_hooks_cannot_be_made() -> None:
    """A hook overridden under another name would be a pass-through (the paper's figures 14 and 15)."""

    class Misspelt(Renamed[int]):
        def mapReference(self, ref: Ref) -> Ref:  # the paper's spelling
            return ref

    with pytest.raises(TypeError, match="abstract"):
        Misspelt(Memory())  # type: ignore[abstract]  # that is the point


@given(json, json)
def test_merge_patch_replaces_what_is_no_object(old: object, new: object) -> None:
    if not isinstance(new, dict):
        assert merge_patch(old, new) == new  # type: ignore[arg-type]  # both are JSON


@pytest.mark.parametrize(
    ("old", "patch", "result"),
    [  # RFC 7396, appendix A
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch_is_rfc_7396(old: object, patch: object, result: object) -> None:
    assert merge_patch(old, patch) == result  # type: ignore[arg-type]  # all are JSON


def test_merging_stands_outside_the_codec_and_onto_absence_is_put() -> None:
    store = Merging(Json(Memory()), merge_patch)
    store.merge(A, {"x": 1})
    store.merge(A, {"y": 2})
    assert store.get(A) == {"x": 1, "y": 2}


def test_concurrent_merges_are_all_in() -> None:
    store = Merging(Memory[bytes](), operator.add)
    threads = [threading.Thread(target=lambda: [store.merge(A, b".") for _ in range(50)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get(A) == b"." * 400


def test_locked_gives_a_cache_its_atomicity_back() -> None:
    store = Locked(Cache(Memory[int](), Memory[int]()))
    threads = [
        threading.Thread(
            target=lambda: [update(store, A, lambda old: old + 1 if isinstance(old, int) else 1) for _ in range(50)]
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get(A) == 200


def test_locked_releases_after_a_failure_and_lists_under_the_lock() -> None:
    lock = threading.Lock()
    store = Locked(Memory({A: 1}), lock)
    with pytest.raises(Missing):
        store.get(B)
    listing = store.refs(Ref())
    store.put(B, 2)
    assert not lock.locked()
    assert list(listing) == [A]


def test_deleting_takes_the_dependents_and_nothing_else() -> None:
    source = Memory({A: 1, A / "x": 2, A / "x" / "y": 3, Ref("ab"): 4})
    CascadingDelete(source).delete(A)
    assert source.cells == {Ref("ab"): 4}


def test_dependents_can_be_elsewhere() -> None:
    source = Memory({Ref("lists", "1"): 1, Ref("tasks", "1", "7"): 2, Ref("tasks", "2", "8"): 3})

    def tasks(store: object, ref: Ref) -> list[Ref]:
        return [task for task in source.refs(Ref("tasks")) if ref[0] == "lists" and task[1] == ref[1]]

    CascadingDelete(source, tasks).delete(Ref("lists", "1"))
    assert source.cells == {Ref("tasks", "2", "8"): 3}


def test_a_cascade_that_is_stopped_can_be_completed() -> None:
    class Failing(Memory[int]):
        failures = 1

        def delete(self, ref: Ref, /) -> None:
            if Failing.failures:
                Failing.failures -= 1
                raise OSError("down")
            super().delete(ref)

    store = CascadingDelete(Failing({A: 1, A / "x": 2}))
    with pytest.raises(OSError, match="down"):
        store.delete(A)
    assert store.get(A) == 1
    store.delete(A)
    assert list(store.refs(Ref())) == []


def test_a_swap_that_loses_deletes_no_dependents() -> None:
    store = CascadingDelete(Memory({A: 1, A / "x": 2}))
    with pytest.raises(Exception, match="holds something else"):
        store.swap(A, 9, look(Memory(), A))
    assert store.get(A / "x") == 2
    store.swap(A, 1, look(Memory(), A))
    assert list(store.refs(Ref())) == []


def test_a_bound_ref_stays_valid_and_binding_twice_is_binding_once() -> None:
    store = Redirected(Memory[int](), Memory[Ref]())
    store.put(Ref("new"), 1)
    store.put(Ref("new", "part"), 2)
    for _ in range(2):
        store.bind(Ref("new"), Ref("42"))
    assert store.get(Ref("new")) == store.get(Ref("42")) == 1
    assert set(store.refs(Ref())) == {Ref("42"), Ref("42", "part")}
    assert set(store.refs(Ref("new"))) == {Ref("new"), Ref("new", "part")}
    store.put(Ref("new", "part"), 3)
    assert store.get(Ref("42", "part")) == 3


@pytest.mark.parametrize(("local", "final"), [(A, A / "b"), (A / "b", A)])
def test_a_ref_cannot_stand_for_what_it_is_within(local: Ref, final: Ref) -> None:
    store = Redirected(Memory({A: 1, A / "b": 2}), Memory[Ref]())
    with pytest.raises(ValueError, match="one is within the other"):
        store.bind(local, final)
    assert (store.get(A), store.get(A / "b")) == (1, 2)


def test_a_ref_bound_to_itself_or_round_in_a_circle_stays_what_it_is() -> None:
    store = Redirected(Memory({A: 1}), Memory[Ref]())
    store.bind(A, A)
    store.bind(A, B)
    store.bind(B, A)
    assert store.get(A) == store.get(B) == 1


def test_what_is_bound_again_is_found_by_every_name_it_had() -> None:
    store = Redirected(Memory({A: 1}), Memory[Ref]())
    store.bind(A, B)
    store.bind(B, Ref("c"))
    assert store.get(A) == store.get(B) == store.get(Ref("c")) == 1
    store.bind(A, Ref("d"))
    assert store.get(A) == store.get(Ref("d")) == 1
    assert list(store.refs(Ref())) == [Ref("d")]


def test_bindings_that_lead_into_each_other_end() -> None:
    store = Redirected(Memory({A / "p": 1}), Memory[Ref]())
    store.bind(Ref("c", "p"), A / "p")
    store.bind(A, Ref("c"))
    assert store.get(Ref("c", "p")) == store.get(A / "p") == 1


@pytest.mark.parametrize("swaps", [True, False])
def test_a_bind_that_was_stopped_in_its_deletes_is_done_when_it_is_bound_again(swaps: bool) -> None:
    """The second returned at once: the copies stayed in every listing, and nobody could delete them."""
    down: list[str] = ["swap", "delete"]

    def fail(verb: str, ref: Ref) -> None:
        if verb in down:
            raise ConnectionError(verb)
        if verb == "swap" and not swaps:
            raise Refused("not in one step")

    source = Memory({A: 1, A / "b": 2})
    store = Redirected(Failing(source, before=fail), Memory[Ref]())
    with pytest.raises(ConnectionError):
        store.bind(A, Ref("final"))
    down.clear()
    store.bind(A, Ref("final"))
    assert source.cells == {Ref("final"): 1, Ref("final", "b"): 2}
    store.delete(A)
    assert list(store.refs(Ref())) == [Ref("final", "b")]


@pytest.mark.parametrize("swaps", [True, False])
def test_what_another_puts_at_the_local_ref_during_a_bind_is_not_deleted_unread(swaps: bool) -> None:
    source = Memory({A: 1})

    def meanwhile(verb: str, ref: Ref) -> None:
        source.put(A, 2)

    def fail(verb: str, ref: Ref) -> None:
        if verb == "swap" and not swaps:
            raise Refused("not in one step")

    store = Redirected(Failing(source, before=fail), Failing(Memory[Ref](), after=meanwhile))
    store.bind(A, Ref("final"))
    assert source.cells == {A: 2, Ref("final"): 1}
