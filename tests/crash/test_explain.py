"""A bad state is made as small as it gets, told, drawn, saved; and the call that it names is the one that helps."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from math import inf
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rich.console import Console

from crash.programs_by_chance import made, programs, unhurried
from storage_conformance.crash.explain import IN_PLACE, MAPPED, MEANING, SPLIT, explain
from storage_conformance.crash.litmus import shown, trace_of
from storage_conformance.crash.models import MODELS, Model
from storage_conformance.crash.mutate import without_sync
from storage_conformance.crash.plan import bits
from storage_conformance.crash.replay_file import load_state, save_state
from storage_conformance.crash.search import State, states
from storage_conformance.crash.smallest import smallest
from storage_conformance.crash.split import plan
from storage_conformance.crash.timeline import rows, svg, terminal
from storage_conformance.crash.trace import BadTrace, Map, Mark, Msync, Seen, Trace

NAIVE = "truncate f 0; write f 0 b1500"
RENAME = "create t; write t 0 b1500; rename t f"
SYNCED = "create t; write t 0 b1500; fsync t; rename t f"
WHOLE = f"{SYNCED}; fsync ."


def returned(calls: str, before: str = "f=a1500") -> Trace:
    trace = trace_of(before, calls)
    trace.add("the writer returned", Mark("returned", 1))
    return trace


def kind_of(state: State) -> str:
    """What a reader of f would complain of."""
    found = dict(word.split("=") for word in shown(state.tree).split() if "=" in word).get("f", "gone")
    if found == "b1500" or (found == "a1500" and not state.marks):
        return ""
    return {"a1500": "lost after return", "": "zero-length", "gone": "unreadable"}.get(found, "torn")


def bad(kind: str) -> Callable[[State], bool]:
    return lambda state: kind_of(state) == kind


def found(trace: Trace, kind: str, model: str = "posix-worst") -> State:
    """The smallest state of that kind."""
    return smallest(next(state for state in states(trace, MODELS[model]) if kind_of(state) == kind), bad(kind))


def kinds(trace: Trace, model: str) -> set[str]:
    return {kind_of(state) for state in states(trace, MODELS[model])} - {""}


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


def test_the_drawing_shows_what_is_lost_and_where_the_power_goes() -> None:
    state = found(returned(RENAME), "torn")
    assert [(row.look, row.call) for row in rows(state)] == [
        ("on disk", "create t"), ("in part", "write t 0 b1500"), ("on disk", "rename t f"),
        ("power cut", "the power goes"), ("never made", "the writer returned"),
    ]  # fmt: skip
    console = Console(width=120, record=True, file=StringIO())
    console.print(terminal(state))
    text = console.export_text()
    assert "bytes 0 to 512 of t" in text
    assert text.index("rename t f") < text.index("the power goes") < text.index("never made")


def test_a_drawing_is_an_image_whatever_the_names_are() -> None:
    trace = returned(SYNCED)
    trace.steps = [replace(s, call=replace(s.call, text=f'<{s.call.text} & "x">' * 9)) for s in trace.steps]
    image = ET.fromstring(svg(found(trace, "lost after return")))
    assert image.tag.endswith("svg")
    assert "script" not in svg(found(trace, "lost after return"))


def test_a_long_trace_is_drawn_around_what_matters() -> None:
    calls = ";".join(f"create x{n}; fsync ." for n in range(30))
    state = found(returned(f"{calls}; {RENAME}; {calls.replace('x', 'y')}"), "torn")
    assert len(rows(state)) < 20
    assert any("calls, all of them on disk" in row.call for row in rows(state))
    assert any("calls more" in row.call for row in rows(state))


def test_a_state_is_saved_and_loaded(tmp_path: Path) -> None:
    state = found(returned(RENAME), "torn")
    save_state(state, "torn", tmp_path / "replay.json")
    loaded, kind = load_state(tmp_path / "replay.json")
    assert kind == "torn"
    assert loaded.tree == state.tree
    assert loaded.marks == state.marks
    assert explain(loaded, kind) == explain(state, "torn")


@pytest.mark.parametrize(
    "change",
    [{"persisted": None}, {"model": "no such"}, {"persisted": [3]}, {"trace": {}}],
    ids=["no choice", "no model", "a state that is not legal", "no trace"],
)
def test_a_file_that_holds_no_state_is_told_in_one_line(tmp_path: Path, change: dict) -> None:
    path = tmp_path / "replay.json"
    save_state(found(returned(SYNCED), "lost after return"), "lost after return", path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(BadTrace, match=r"replay\.json holds") as error:
        load_state(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("model", ["posix-worst", "ext4-ordered"])
def test_each_sync_of_a_safe_program_is_missed_when_it_is_dropped(model: str) -> None:
    missed = {call.text: kinds(without, model) for call, without in without_sync(returned(WHOLE))}
    assert list(missed) == ["fsync t", "fsync ."]
    assert "torn" in missed["fsync t"]
    assert missed["fsync ."] == {"lost after return"}


def test_a_sync_that_protects_nothing_is_not_missed() -> None:
    missed = {call.text: kinds(without, "posix-worst") for call, without in without_sync(returned(f"{WHOLE}; sync"))}
    assert missed["sync"] == set()


def mapped(*, synced: bool) -> Trace:
    trace = trace_of("f=a4", "create g; fsync .")
    trace.add("mmap f", Map(1))
    if synced:
        trace.add("msync f", Msync(1))
    trace.add("the end", Seen(1, b"bbbb"))
    return trace


@pytest.mark.parametrize("synced", [False, True])
def test_a_mapped_file_is_guessed_in_three_ways(synced: bool) -> None:
    found = list(states(mapped(synced=synced), MODELS["posix-worst"]))
    guessed = [state for state in found if state.guess]
    seen = {(state.guess, shown(state.tree)) for state in guessed}
    assert seen >= {("as zeros", "f=z4 g="), ("as last seen", "f=b4 g=")}
    assert "f=a4 g=" in {shown(state.tree) for state in found}
    assert any(state.msynced for state in guessed) is synced
    told = {explain(state, "torn").explanation for state in guessed}
    assert all("is a guess" in each for each in told)
    assert any(MAPPED in each for each in told)


def test_nothing_is_guessed_before_a_file_is_mapped_and_no_sync_before_that_counts() -> None:
    trace = trace_of("f=a4", "create g; fsync .; fsync f")
    trace.add("mmap f", Map(1))
    trace.add("the writer returned", Mark("returned", 1))
    guessed = [state for state in states(trace, MODELS["posix-worst"]) if state.guess]
    assert {state.point.time for state in guessed} == {trace.steps[-1].call.start, inf}
    assert not any(state.msynced for state in guessed)


def test_a_mapped_file_without_a_durable_name_may_be_absent() -> None:
    trace = trace_of("-", "create f; write f 0 a4")
    trace.add("mmap f", Map(1))
    found = [(state.guess, shown(state.tree)) for state in states(trace, MODELS["posix-worst"])]
    assert ("", "-") in found
