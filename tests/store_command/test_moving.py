"""sync and move as functions: verified, resumable, and nothing is lost on the way."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_combinators import (
    Cache,
    CreateOnly,
    Failing,
    Memory,
    PassThrough,
    ReadOnly,
    Ref,
    Refused,
    Union,
    WriteBack,
    WriteThrough,
    walk,
)
from storage_combinators.edges.cli_trees import settle
from storage_combinators.edges.open_store import UsageError
from storage_combinators.edges.syncing import PATIENCE, move, sync

A, B, C = Ref("a"), Ref("a", "b"), Ref("c")
CONTENTS = st.dictionaries(st.sampled_from([A, B, C, Ref("d")]), st.sampled_from([b"1", b"2", b""]))


def done(steps: Any) -> dict[Ref, str]:
    return {step.ref: step.what for step in steps}


def whole(*stores: Any) -> list[Ref]:
    return list(dict.fromkeys(itertools.chain.from_iterable(walk(store, Ref()) for store in stores)))


@given(CONTENTS, CONTENTS)
def test_sync_makes_the_target_agree_and_a_second_one_finds_it_the_same(mine, yours):
    source, target = Memory(dict(mine)), Memory(dict(yours))
    told = done(sync(source, target, whole(source)))
    assert target.cells == {**yours, **mine}
    assert told == {ref: "same" if yours.get(ref) == value else "copied" for ref, value in mine.items()}
    assert set(done(sync(source, target, whole(source))).values()) <= {"same"}
    assert source.cells == mine


@given(CONTENTS, CONTENTS)
def test_with_delete_they_are_equal_and_a_dry_run_tells_the_same_and_does_nothing(mine, yours):
    source, target = Memory(dict(mine)), Memory(dict(yours))
    would = done(sync(source, target, whole(source, target), delete=True, dry_run=True))
    assert target.cells == yours
    assert done(sync(source, target, whole(source, target), delete=True)) == would
    assert target.cells == mine


@given(CONTENTS, CONTENTS)
def test_move_leaves_nothing_behind(mine, yours):
    source, target = Memory(dict(mine)), Memory(dict(yours))
    assert set(done(move(source, target, whole(source))).values()) <= {"moved"}
    assert (source.cells, target.cells) == ({}, {**yours, **mine})


@given(st.integers(0, 12))
def test_a_migration_that_stops_at_any_point_loses_nothing_and_can_be_begun_again(calls):
    source, target = Memory({A: b"1", B: b"2", C: b"3"}), Memory()
    left = itertools.count(calls, -1)

    def dies(verb: str, ref: Ref) -> None:
        if next(left) <= 0:
            raise KeyboardInterrupt

    try:
        done(move(Failing(source, dies), Failing(target, dies), whole(source)))
    except KeyboardInterrupt:
        pass
    for ref, value in {A: b"1", B: b"2", C: b"3"}.items():
        assert value in (source.cells.get(ref), target.cells.get(ref))
    done(move(source, target, whole(source)))
    assert (source.cells, target.cells) == ({}, {A: b"1", B: b"2", C: b"3"})


ONE_PLACE = {
    "itself": lambda one: one,
    "another handle": PassThrough,
    "a part of it": lambda one: Union((Memory(), one)),
    "a cache": lambda one: Cache(Memory(), one),
    "a cache of what is written": lambda one: WriteThrough(Memory(), one),
    "a cache that writes later": lambda one: WriteBack(Memory(), one),
}


class Unlisted(PassThrough[Any]):
    """Of some servers: nothing can be listed there."""

    def refs(self, base, depth=None, /):
        raise Refused("no listing here")


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("over", ONE_PLACE.values(), ids=ONE_PLACE)
def test_nothing_is_lost_where_both_are_one_place_whatever_is_over_it(over, alone):
    for turned in (False, True):
        one = Memory({A: b"1", B: b"2"})
        source, target = (over(one), one) if turned else (one, over(one))
        with pytest.raises(UsageError, match="one place"):
            done(move(source, target, [A, B], alone=alone, settle=settle))
        assert {ref: source.get(ref) for ref in walk(source, Ref())} == {A: b"1", B: b"2"}
    one = Memory({A: b"1", B: b"2"})
    with pytest.raises(UsageError, match="one place"):
        done(move(one, Unlisted(one), [A, B]))
    assert one.cells == {A: b"1", B: b"2"}


def test_what_the_target_only_means_to_write_is_not_taken_out():
    source, slow = Memory({A: b"1", B: b"2"}), Memory()
    assert done(move(source, WriteBack(Memory(), ReadOnly(slow)), [A, B], settle=settle)) == dict.fromkeys(
        [A, B], "failed"
    )
    assert source.cells == {A: b"1", B: b"2"}
    seen = move(source, WriteBack(Memory(), slow), [A, B], settle=settle)
    assert next(seen).what == "moved"
    assert (source.cells, slow.cells) == ({B: b"2"}, {A: b"1"})


def test_what_the_target_only_means_to_write_is_not_told_as_copied():
    source, slow = Memory({A: b"1"}), Memory({C: b"3"})
    never = WriteBack(Memory(), ReadOnly(slow))
    assert done(sync(source, never, [A], settle=settle)) == {A: "failed"}
    steps = sync(source, WriteBack(Memory(), slow), [A, C], delete=True, settle=settle)
    assert (next(steps).what, slow.cells) == ("copied", {A: b"1", C: b"3"})
    assert (next(steps).what, slow.cells) == ("deleted", {A: b"1"})


def test_what_the_source_only_means_to_delete_is_deleted():
    slow = Memory({A: b"1"})
    assert done(move(WriteBack(Memory(), slow), Memory(), [A], alone=True, settle=settle)) == {A: "moved"}
    assert slow.cells == {}


class Forgetful(PassThrough[Any]):
    """Acknowledges, and keeps something else."""

    def put(self, ref, value, /):
        self.source.put(ref, value + b"?")


def test_what_is_read_back_otherwise_has_failed_and_is_not_taken_out():
    source = Memory({A: b"1"})
    assert done(sync(source, Forgetful(Memory()), [A])) == {A: "failed"}
    assert done(move(source, Forgetful(Memory()), [A])) == {A: "failed"}
    assert source.cells == {A: b"1"}


def test_what_changed_meanwhile_stays():
    source = Memory({A: b"1"})

    class Slow(PassThrough[Any]):
        def put(self, ref, value, /):
            self.source.put(ref, value)
            source.put(ref, b"newer")

    assert done(move(source, Slow(Memory()), [A])) == {A: "failed"}
    assert source.cells == {A: b"newer"}


def test_a_source_that_cannot_remove_conditionally_keeps_it_unless_nobody_else_writes():
    class Plain(PassThrough[Any]):
        def swap(self, ref, old, new, /):
            raise Refused("no such request here")

    source = Memory({A: b"1"})
    assert done(move(Plain(source), Memory(), [A])) == {A: "failed"}
    assert source.cells == {A: b"1"}
    assert done(move(Plain(source), Memory(), [A], alone=True)) == {A: "moved"}
    assert source.cells == {}


def test_one_ref_that_fails_does_not_stop_the_rest_but_a_lost_store_does():
    refs = [Ref(str(number)) for number in range(50)]
    source = Memory(dict.fromkeys(refs, b"1"))
    target = Memory()

    def picky(verb: str, ref: Ref) -> None:
        if int(ref[0]) % 7 == 0:
            raise OSError("not this one")

    told = done(sync(source, Failing(target, before=picky), refs))
    assert {ref for ref, what in told.items() if what == "failed"} == {ref for ref in refs if int(ref[0]) % 7 == 0}
    assert len(target.cells) == 50 - 8

    def lost(verb: str, ref: Ref) -> None:
        raise ConnectionError("gone")

    seen = []
    with pytest.raises(ConnectionError, match="gone"):
        seen.extend(sync(source, Failing(Memory(), before=lost), refs))
    assert [step.what for step in seen] == ["failed"] * (PATIENCE - 1)


def test_what_is_gone_meanwhile_is_told():
    assert done(sync(Memory(), Memory(), [A])) == {A: "gone"}
    assert done(sync(Memory(), Memory({A: 1}), [A])) == {A: "gone"}
    assert done(move(Memory(), Memory({A: 1}), [A])) == {A: "gone"}


def test_who_may_not_be_written_is_told_and_left():
    assert done(sync(Memory({A: 1}), ReadOnly(Memory()), [A])) == {A: "failed"}
    assert done(sync(Memory({A: 1}), CreateOnly(Memory({A: 2})), [A])) == {A: "failed"}
