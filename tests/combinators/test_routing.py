"""Switch, Mount, Sequential: which source is asked, and which is left alone."""

import pytest

from storage_combinators import (
    MISSING,
    Limited,
    Memory,
    Missing,
    Mount,
    Ref,
    Refused,
    Relative,
    Sequential,
    Switch,
    Throttled,
    exists,
)

A, B = Ref("a"), Ref("b")


class Counted(Memory[int]):
    """A Memory that counts the refs it listed."""

    def refs(self, base: Ref, depth=None, /):  # type: ignore[no-untyped-def]  # as Memory
        for ref in super().refs(base, depth):
            listed.append(ref)
            yield ref


listed: list[Ref] = []


def test_a_name_without_a_route_reads_missing_and_refuses_writes() -> None:
    store = Switch({"a": Memory()})
    with pytest.raises(Missing):
        store.get(B)
    for write in (
        lambda: store.put(B, 1),
        lambda: store.merge(B, 1),
        lambda: store.delete(B),
        lambda: store.swap(B, MISSING, 1),
    ):
        with pytest.raises(Refused, match="no route"):
            write()
    with pytest.raises(Refused):
        store.put(Ref(), 1)
    assert list(store.refs(B)) == []


def test_switch_hands_on_whole_refs_and_mount_strips_them() -> None:
    whole, stripped = Memory({A / "x": 1}), Memory({Ref("x"): 1})
    assert Switch({"a": whole}).get(A / "x") == Mount(Memory(), {A: stripped}).get(A / "x") == 1


def test_switch_lists_at_its_root_only_names_that_lead_somewhere() -> None:
    store = Switch({"a": Memory({A / "x": 1}), "b": Memory(), "c": Memory({A: 1})})
    assert list(store.refs(Ref(), 1)) == [A]
    assert list(store.refs(Ref())) == [A / "x"]
    assert list(store.refs(Ref(), 0)) == []


def test_the_longest_point_wins_and_hides_what_is_under_it() -> None:
    below = Memory({A: 1, A / "x": 2, B: 3})
    store = Mount(below, {A: Memory({Ref("y"): 4, Ref("in", "z"): 5}), A / "in": Memory({Ref(): 6})})
    assert set(store.refs(Ref())) == {B, A / "y", A / "in"}
    assert set(store.refs(Ref(), 1)) == {A, B}
    assert set(store.refs(A, 1)) == {A / "y", A / "in"}
    assert store.get(A / "in") == 6
    assert not exists(store, A)
    store.delete(B)
    assert below.cells == {A: 1, A / "x": 2}


def test_a_mount_point_with_nothing_in_it_is_not_listed() -> None:
    store = Mount(Memory({A / "hidden": 1}), {A: Memory()})
    assert list(store.refs(Ref(), 1)) == []
    assert list(store.refs(Ref())) == []


def test_one_level_of_a_mount_does_not_list_everything() -> None:
    listed.clear()
    many = {Ref("m", str(n)): n for n in range(5000)}
    store = Mount(Counted({A: 1}), {Ref("m"): Counted({ref.under(Ref("m")): n for ref, n in many.items()})})
    assert set(store.refs(Ref(), 1)) == {A, Ref("m")}
    assert len(listed) <= 3


def test_sequential_reads_on_after_absence_and_not_after_failure() -> None:
    class Down(Memory[int]):
        def get(self, ref: Ref, /) -> int:
            raise OSError("down")

    assert Sequential((Memory(), Memory({A: 1}))).get(A) == 1
    with pytest.raises(OSError, match="down"):
        Sequential((Down(), Memory({A: 1}))).get(A)


def test_sequential_never_changes_a_lower_store() -> None:
    upper, lower = Memory[int](), Memory({A: 1})
    store = Sequential((upper, lower))
    store.merge(A, 2)
    store.swap(A, 2, 3)
    store.put(B, 4)
    assert lower.cells == {A: 1}
    assert upper.cells == {A: 3, B: 4}


def test_a_delete_bares_the_lower_value_and_so_does_a_swap_to_missing() -> None:
    store = Sequential((Memory({A: 2}), Memory({A: 1})))
    store.delete(A)
    assert store.get(A) == 1
    store.swap(A, 1, MISSING)
    assert store.get(A) == 1


def test_sequential_compares_with_what_get_answers() -> None:
    store = Sequential((Memory(), Memory({A: 1})))
    store.swap(A, 1, 2)
    assert store.get(A) == 2
    with pytest.raises(Exception, match="holds something else"):
        store.swap(A, MISSING, 3)


def test_nested_sequences_are_one() -> None:
    stores = [Memory({Ref(str(n)): n, A: n}) for n in range(3)]
    nested, flat = Sequential((stores[0], Sequential((stores[1], stores[2])))), Sequential(tuple(stores))
    assert sorted(nested.refs(Ref())) == sorted(flat.refs(Ref())) == sorted({Ref("0"), Ref("1"), Ref("2"), A})
    assert nested.get(A) == flat.get(A) == 0


NEVER_WORK = {
    "no slot": lambda: Limited(Memory(), 0),
    "no turn": lambda: Throttled(Memory(), 0),
    "no source": lambda: Sequential(()),
    "a route that is no name": lambda: Switch({"a/b": Memory()}),
    "a ref as a route": lambda: Switch({Ref("a"): Memory()}),
    "a text as a point": lambda: Mount(Memory(), {"tmp": Memory()}),
    "a text as a base": lambda: Relative(Memory(), "tmp"),
}


@pytest.mark.parametrize("make", NEVER_WORK.values(), ids=NEVER_WORK)
def test_what_could_never_work_is_said_when_it_is_made(make) -> None:
    with pytest.raises((TypeError, ValueError), match=r"name|Ref|at least one source|nobody"):
        make()
