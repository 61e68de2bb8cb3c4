"""Ref, the answers and the functions."""

import copy as copying
import pickle
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_combinators import (
    MISSING,
    Conflict,
    Memory,
    Missing,
    Ref,
    Relative,
    Store,
    children,
    copy,
    exists,
    look,
    same,
    update,
    walk,
)
from storage_combinators.functions import as_bytes, listed, present
from storage_combinators.store import Depth

A = Ref("a")
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1).filter(
    lambda name: name not in (".", "..")
)
refs = st.lists(names, max_size=4).map(lambda each: Ref(*each))


@given(refs)
def test_parse_and_print_are_inverse(ref: Ref) -> None:
    assert Ref.parse(str(ref)) == ref == Ref.parse("/" + str(ref))


@given(refs, refs, refs)
def test_appending_is_associative_and_under_takes_it_back(one: Ref, two: Ref, three: Ref) -> None:
    assert (one / two) / three == one / (two / three)
    assert (one / two).under(one) == two
    assert (one / two).within(one)
    assert one / Ref() == one == Ref() / one


@given(refs)
def test_a_ref_pickles_copies_and_evaluates_to_itself(ref: Ref) -> None:
    for other in (pickle.loads(pickle.dumps(ref)), copying.deepcopy(ref), eval(repr(ref), {"Ref": Ref})):
        assert other == ref
        assert type(other) is Ref
        assert hash(other) == hash(ref)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/", "a\0b", "\ud800", "a\udfff"])
def test_what_is_no_name_is_refused_everywhere(name: str) -> None:
    for make in (lambda: Ref(name), lambda: A / name, lambda: Ref("a", name)):
        with pytest.raises(ValueError, match="is no name"):
            make()


@pytest.mark.parametrize("text", ["a//b", "a/", "//a", "a/../b", "./a"])
def test_a_text_with_an_empty_or_dotted_name_is_no_ref(text: str) -> None:
    with pytest.raises(ValueError, match="is no name"):
        Ref.parse(text)


@pytest.mark.parametrize("name", [1, None, b"a", ("a",)])
def test_a_name_is_text(name: object) -> None:
    with pytest.raises(TypeError):
        Ref(name)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(TypeError):
        A / name  # type: ignore[operator]  # that is the point


def test_a_neighbour_by_prefix_is_not_within() -> None:
    assert not Ref("ab").within(A)
    assert not A.within(A / "b")
    with pytest.raises(ValueError, match="not within"):
        Ref("ab").under(A)


def test_missing_is_one_object_in_every_process_and_says_its_name() -> None:
    assert pickle.loads(pickle.dumps(MISSING)) is MISSING is copying.deepcopy(MISSING)
    assert repr(MISSING) == "MISSING"


def test_answers_say_where() -> None:
    assert str(Missing(A)) == "nothing at Ref('a')"
    assert str(Conflict(A)) == "Ref('a') holds something else"
    assert issubclass(Missing, KeyError)


def test_none_is_a_value() -> None:
    store: Store[None] = Memory()
    store.put(A, None)
    assert look(store, A) is None
    assert exists(store, A)


def test_missing_is_no_value() -> None:
    store: Memory[object] = Memory({A: 1})
    for write in (store.put, store.merge):
        with pytest.raises(TypeError, match="MISSING is no value"):
            write(A, MISSING)
    assert store.get(A) == 1
    with pytest.raises(TypeError):
        present(MISSING)


def test_same_survives_an_equality_without_truth() -> None:
    class Array:
        def __eq__(self, other: object) -> object:  # type: ignore[override]  # as arrays answer
            return Truthless()

        __hash__ = None  # type: ignore[assignment]  # as arrays have it

    class Truthless:
        def __bool__(self) -> bool:
            raise ValueError("ambiguous")

    array = Array()
    assert same(array, array)
    assert not same(array, Array())
    assert not same(MISSING, array)


def test_update_creates_changes_and_removes() -> None:
    store: Memory[int] = Memory()
    assert update(store, A, lambda old: 1 if old is MISSING else old + 1) == 1
    assert update(store, A, lambda old: 1 if old is MISSING else old + 1) == 2
    assert update(store, A, lambda old: MISSING) is MISSING
    assert look(store, A) is MISSING


def test_update_gives_up_after_its_attempts_and_says_conflict() -> None:
    class Contested(Memory[int]):
        attempts = 0

        def swap(self, ref: Ref, *_: object) -> None:
            Contested.attempts += 1
            raise Conflict(ref)

    with pytest.raises(Conflict):
        update(Contested(), A, lambda old: 1, attempts=3)
    assert Contested.attempts == 3


def test_walk_children_and_copy() -> None:
    store = Memory({A: 1, A / "b": 2, Ref("ab"): 3, Ref("c", "d"): 4})
    assert set(walk(store, A)) == {A, A / "b"}
    assert set(children(store, Ref())) == {A, Ref("ab"), Ref("c")}
    target: Memory[int] = Memory()
    copy(store, target, A)
    assert target.cells == {A: 1, A / "b": 2}


def test_a_copy_into_the_store_itself_ends() -> None:
    class Lazy(Memory[int]):
        """It lists as a database does: what was written meanwhile too, if it comes later."""

        def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
            at = Ref()
            while later := sorted(ref for ref in super(Lazy, self).refs(base, depth) if ref > at):
                yield (at := later[0])
                assert len(at) < 4

    store = Lazy({A: 1})
    copy(store, Relative(store, Ref("z")))
    assert store.cells == {A: 1, Ref("z", "a"): 1}


@given(st.sets(refs), refs)
def test_the_three_depths_are_one_law(held: set[Ref], base: Ref) -> None:
    below = {ref for ref in held if ref[: len(base)] == base}
    assert set(listed(held, base, None)) == below
    assert set(listed(held, base, 0)) == held & {base}
    assert set(listed(held, base, 1)) == {Ref(*ref[: len(base) + 1]) for ref in below - {base}}


def test_only_buffers_are_bytes() -> None:
    assert as_bytes(bytearray(b"x")) == as_bytes(memoryview(b"x")) == b"x"
    for value in (3, "x", None, [1]):
        with pytest.raises(TypeError):
            as_bytes(value)


def test_a_path_that_is_taken_for_a_name_says_what_reads_it() -> None:
    with pytest.raises(ValueError, match=r"^'tasks/1' is no name: .*; Ref.parse reads a path$"):
        Ref("tasks/1")
    with pytest.raises(ValueError, match=r"is no name: .* in it$"):
        Ref("..")
