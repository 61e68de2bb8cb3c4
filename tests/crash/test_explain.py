"""A bad state is made as small as it gets and told; and the call that it names is the one that helps."""

import json
import re
from dataclasses import replace
from math import inf

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crash.bad_states import NAIVE, RENAME, SYNCED, WHOLE, bad, found, kind_of, kinds, returned
from crash.programs_by_chance import made, programs, unhurried
from storage_conformance.crash.explain import IN_PLACE, LATE, MEANING, REUSED, SPLIT, explain
from storage_conformance.crash.litmus import shown, trace_of
from storage_conformance.crash.models import MODELS, Model
from storage_conformance.crash.plan import bits
from storage_conformance.crash.search import State, states
from storage_conformance.crash.smallest import smallest
from storage_conformance.crash.split import plan
from storage_conformance.crash.trace import ROOT, Create, Map, Mark, Rename, Seen, Trace, Unlink


@pytest.mark.parametrize(
    ("calls", "posix", "ext4"),
    [
        (NAIVE, {"zero-length", "torn", "lost after return"}, {"zero-length", "torn", "lost after return"}),
        (RENAME, {"zero-length", "torn", "lost after return"}, {"torn", "lost after return"}),
        (SYNCED, {"lost after return"}, {"lost after return"}),
        (WHOLE, set(), set()),
    ],
    ids=["in place", "rename", "fsync and rename", "fsync, rename, fsync of the folder"],
)
def test_the_four_ways_to_replace_a_file(calls: str, posix: set[str], ext4: set[str]) -> None:
    assert kinds(returned(calls), "posix-worst") == posix
    assert kinds(returned(calls), "ext4-ordered") == ext4


def test_a_rename_without_fsync_is_told_with_the_call_that_is_missing() -> None:
    told = explain(found(returned(RENAME), "torn"), "torn")
    assert told.explanation == (
        "torn: the reader finds a value that nobody wrote. The power goes after rename t f and before the writer "
        "returned. Not on disk: write t 0 b1500: bytes 0 to 512 of t. Yet rename t f is, which came later. "
        "Add fsync of t, just before rename t f."
    )
    assert (told.first, told.second) == ("write t 0 b1500", "rename t f")
    assert told.add == ("fsync of t, after write t 0 b1500 and before rename t f",)
    assert told.lost == ("write t 0 b1500: bytes 0 to 512 of t",)
    assert told.persisted == ("create t", "write t 0 b1500: bytes 512 to 1500 of t, the size of t", "rename t f")


def test_a_moment_is_told_by_calls_and_not_by_what_the_recorder_looked_at() -> None:
    trace = Trace()
    trace.add("create f", Create(1, ROOT, "f"))
    trace.add("mmap f", Map(1))
    trace.add("f as it was then", Seen(1, b""))
    last = list(states(trace, MODELS["posix-worst"]))[-1]
    assert last.point.time == inf
    assert explain(last, "torn").when == "after mmap f"


def test_an_old_value_whose_blocks_are_used_again_is_told() -> None:
    assert kinds(returned(WHOLE), "ext4-writeback") == {"torn"}
    told = explain(found(returned(WHOLE), "torn", "ext4-writeback"), "torn")
    assert REUSED in told.explanation
    assert "in blocks others use before they are free on disk" in told.explanation
    assert told.lost == ("rename t f",)


def test_a_folder_that_was_not_synced_is_told() -> None:
    told = explain(found(returned(SYNCED), "lost after return"), "lost after return")
    assert told.explanation == (
        "lost after return: the writer had returned, and what it wrote is gone. The power goes after the writer "
        "returned. Not on disk: rename t f. Yet the writer returned. "
        "Add fsync of the folder that holds f, just before the writer returns."
    )


def test_a_write_in_place_is_told_to_go_elsewhere() -> None:
    told = explain(found(returned(NAIVE), "zero-length"), "zero-length")
    assert told.when == "after truncate f 0 and before write f 0 b1500"
    assert told.lost == ()
    assert told.add == ()
    assert IN_PLACE in told.explanation
    torn = explain(found(returned(NAIVE), "torn"), "torn")
    assert "One call is not all or nothing" in torn.explanation


@pytest.mark.parametrize(("marks", "cure"), [((1,), LATE), ((1, 2), IN_PLACE)], ids=["after all", "in the next run"])
def test_what_is_gone_in_between_is_not_too_late(marks: tuple[int, ...], cure: str) -> None:
    """`rm f; mv t f`: the next run takes the old value away. Where no run is under way, something goes on too late."""
    trace = trace_of("f=a1500 t=b1500", "sync")
    trace.add("run 1 of the writer returned", Mark("returned", 1))
    for run in marks[1:]:
        trace.add("run 2 of the writer starts", Mark("began", run))
    trace.add("unlink f", Unlink(ROOT, "f"))
    trace.add("rename t f", Rename(ROOT, "t", ROOT, "f"))
    state = next(s for s in states(trace, MODELS["posix-worst"]) if s.marks and "f=" not in shown(s.tree))
    gone = smallest(state, lambda other: "f=" not in shown(other.tree))
    assert gone.choice.lost == 0
    assert cure in explain(gone, "lost after return").explanation


def test_a_rename_that_is_split_is_told() -> None:
    told = explain(found(returned(WHOLE), "unreadable", "alice-worst"), "unreadable")
    assert told.lost == ("rename t f: the new name f",)
    assert SPLIT in told.explanation


def test_one_sync_is_named_where_one_is_enough() -> None:
    """Two names and some bytes are lost; a sync of the folder alone forbids that, and less is lost in the smallest."""
    trace = returned("create g; write g 0 b1; create h; write h 0 c1")

    def lost(state: State) -> bool:
        return bool(state.marks) and "g=" not in shown(state.tree)

    state = next(s for s in states(trace, MODELS["posix-worst"]) if lost(s) and shown(s.tree) == "f=a1500 h=z1")
    add = "fsync of the folder that holds g, after create g and before the writer returned"
    assert explain(state, "torn").add == (add,)
    assert explain(smallest(state, lost), "torn").lost == ("create g",)


def test_the_place_in_the_source_is_told() -> None:
    trace = returned(RENAME)
    steps = enumerate(trace.steps, 1)
    trace.steps = [replace(step, call=replace(step.call, place=f"save.py:{n}")) for n, step in steps]
    told = explain(found(trace, "torn"), "torn")
    assert told.place == "save.py:2"
    assert "just before rename t f at save.py:3" in told.explanation


def test_the_json_has_what_the_command_promises() -> None:
    told = explain(found(returned(RENAME), "torn"), "torn").as_json()
    assert {"kind", "when", "persisted", "lost", "explanation"} <= told.keys()
    assert json.loads(json.dumps(told)) == told
    assert told["kind"] in MEANING


@given(programs(), st.sampled_from(list(MODELS.values())), st.data())
@unhurried(60)
def test_the_smallest_state_is_bad_legal_and_has_nothing_lost_in_vain(program, model, data) -> None:
    """Whatever is bad: here, that the folder reads as it does in a state drawn by chance."""
    every = list(states(made(program), model))
    state = data.draw(st.sampled_from(every))

    def same(other: State) -> bool:
        return shown(other.tree) == shown(state.tree)

    least = smallest(state, same)
    assert same(least)
    assert least.plan.legal(least.point, least.choice.persisted)
    assert least.choice.lost.bit_count() <= state.choice.lost.bit_count()
    for i in bits(least.choice.lost):
        unit = 1 << i | least.plan.units[i].needs
        more = least.at(least.point, least.choice.persisted | unit)
        assert more is None or not same(more)


@given(programs(), st.sampled_from(list(MODELS.values())), st.data())
@unhurried(60)
def test_what_is_to_be_added_makes_the_state_impossible(program, model, data) -> None:
    """The advice for any state of any program, followed to the letter by changing the program."""
    before, calls = program
    assume(len(set(calls)) == len(calls))
    trace = made((before, calls))
    trace.add("the writer returned", Mark("returned", 1))
    state = data.draw(st.sampled_from([s for s in states(trace, model) if s.marks]))
    told = explain(state, "torn")
    if told.add and told.second == "the writer returned":
        assert not legal_after(made((before, followed(calls, told.add))), model, state.choice.persisted)


def followed(calls: list[str], add: tuple[str, ...]) -> list[str]:
    """The program with each sync right after the call that it is to follow."""
    more = list(calls)
    for each in add:
        what, call = re.fullmatch(r"fsync of (.*), after (.*) and before the writer returned", each).groups()
        above = what.removeprefix("the folder that holds ").rpartition("/")[0] or "."
        more.insert(more.index(call) + 1, f"fsync {above}" if what.startswith("the folder") else f"fsync {what}")
    return more


def legal_after(trace: Trace, model: Model, persisted: int) -> bool:
    """Whether the disk may hold this once all calls have returned."""
    found = plan(trace, model)
    return found.legal(found.point(inf), persisted)


def test_the_smallest_state_has_the_same_marks_and_zeros_where_they_do() -> None:
    """What was promised depends on the marks; garbage is told only where it takes garbage."""
    torn = [state for state in states(returned(RENAME), MODELS["posix-worst"]) if kind_of(state) == "torn"]
    garbage = next(state for state in torn if state.marks and state.choice.fill == "garbage")
    least = smallest(garbage, bad("torn"))
    assert least.marks == garbage.marks
    assert least.choice.fill == "zeros"
    only = smallest(garbage, lambda state: "?" in shown(state.tree))
    assert only.choice.fill == "garbage"
    assert "garbage is read" in explain(only, "torn").explanation


def test_asks_are_bounded_and_never_repeated() -> None:
    asked: list[bytes] = []

    def torn(state: State) -> bool:
        asked.append(state.digest + bytes([len(state.marks)]))
        return kind_of(state) == "torn"

    state = next(s for s in states(returned(RENAME), MODELS["posix-worst"]) if kind_of(s) == "torn")
    smallest(state, torn)
    assert len(asked) == len(set(asked))
    asked.clear()
    assert kind_of(smallest(state, torn, asks=3)) == "torn"
    assert len(asked) <= 3
