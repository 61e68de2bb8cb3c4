"""A bad state is drawn and saved; syncs are dropped in turn; mapped files are guessed."""

import json
from dataclasses import replace
from io import StringIO
from math import inf
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from crash.bad_states import RENAME, SYNCED, WHOLE, found, kinds, returned
from storage_conformance.crash.explain import IN_PLACE, MAPPED, PARTLY, explain
from storage_conformance.crash.litmus import shown, trace_of
from storage_conformance.crash.models import MODELS
from storage_conformance.crash.mutate import without_sync
from storage_conformance.crash.replay_file import load_state, save_state
from storage_conformance.crash.search import states
from storage_conformance.crash.smallest import smallest
from storage_conformance.crash.timeline import rows, svg, terminal
from storage_conformance.crash.trace import BadTrace, Failed, Map, Mark, Msync, Op, Seen, Sync, SyncAll, Trace, Write


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
    trace.add("the writer returned", Mark("returned", 1))
    return trace


@pytest.mark.parametrize("synced", [False, True])
def test_a_mapped_file_is_guessed_in_three_ways(synced: bool) -> None:
    found = list(states(mapped(synced=synced), MODELS["posix-worst"]))
    guessed = [state for state in found if state.guess]
    seen = {(state.guess, shown(state.tree)) for state in guessed}
    assert seen >= {("as zeros", "f=z4 g="), ("as last seen", "f=b4 g=")}
    assert "f=a4 g=" in {shown(state.tree) for state in found}
    doubtful = {state.guess for state in guessed if state.doubtful}
    assert doubtful == ({"as before", "as zeros", "as last seen"} if synced else {"as zeros", "as last seen"})
    told = {explain(state, "torn").explanation for state in guessed}
    assert all("is a guess" in each or PARTLY in each for each in told)
    assert any(MAPPED in each for each in told) != synced


def rewritten(*others: Op) -> Trace:
    """A file of three sectors that held a is given b in its mapping and synced once; another one is synced before."""
    trace = trace_of("f=a1500", "create g")
    trace.add("mmap f", Map(1))
    for op in others:
        trace.add("another call", op)
    trace.add("fsync g", Sync(2))
    trace.add("msync f", Msync(1))
    trace.add("the end", Seen(1, b"b" * 1500))
    return trace


def test_what_is_stored_before_the_one_sync_may_be_there_in_part() -> None:
    found = [state for state in states(rewritten(), MODELS["posix-worst"]) if state.guess == "in part"]
    assert {shown(state.tree).partition(" ")[0] for state in found} == {"f=b512a512b476"}
    assert not any(state.doubtful for state in found)
    told = [explain(smallest(state, lambda other: "b512a512" in shown(other.tree)), "torn") for state in found]
    assert all(IN_PLACE in each.explanation and PARTLY in each.explanation for each in told)
    assert {each.when for each in told} == {"during msync f"}  # before it, the stores may not have been made


@pytest.mark.parametrize("other", [Msync(1), Sync(1), SyncAll(), Write(1, 0, b"c"), Failed(1), Seen(1, b"c" * 1500)])
def test_where_it_is_not_known_what_was_stored_before_a_sync_nothing_is_there_in_part(other: Op) -> None:
    assert all(state.guess != "in part" for state in states(rewritten(other), MODELS["posix-worst"]))


def test_a_guess_that_changes_nothing_is_not_told() -> None:
    """The file g breaks it, whatever the mapped file holds: no msync helps."""
    trace = trace_of("f=a4 g=a9", "truncate g 0")
    trace.add("mmap f", Map(1))
    trace.add("write g", Write(2, 0, b"b" * 9))
    torn = [s for s in states(trace, MODELS["posix-worst"]) if s.guess and not s.doubtful and "g=" in shown(s.tree)]
    told = explain(smallest(torn[0], lambda state: "g=a9" not in shown(state.tree)), "torn").explanation
    assert "guess" not in told
    assert MAPPED not in told


def test_nothing_is_guessed_before_a_file_is_mapped_and_no_sync_before_that_counts() -> None:
    trace = trace_of("f=a4", "create g; fsync .; fsync f")
    trace.add("mmap f", Map(1))
    trace.add("the writer returned", Mark("returned", 1))
    guessed = [state for state in states(trace, MODELS["posix-worst"]) if state.guess]
    assert {state.point.time for state in guessed} == {trace.steps[-1].call.start, inf}
    assert {state.guess for state in guessed if state.doubtful} == {"as zeros", "as last seen"}


def test_a_mapped_file_without_a_durable_name_may_be_absent() -> None:
    trace = trace_of("-", "create f; write f 0 a4")
    trace.add("mmap f", Map(1))
    found = [(state.guess, shown(state.tree)) for state in states(trace, MODELS["posix-worst"])]
    assert ("", "-") in found
