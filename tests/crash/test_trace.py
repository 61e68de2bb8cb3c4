"""A trace is saved and loaded as it is; a tree is read from a folder and written into another as it is."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crash.programs_by_chance import made, programs, unhurried
from storage_conformance.crash.litmus import shown, trace_of
from storage_conformance.crash.replay import View, after
from storage_conformance.crash.trace import (
    KINDS,
    BadTrace,
    Create,
    Failed,
    Hardlink,
    Map,
    Mark,
    Mkdir,
    Msync,
    Op,
    Rename,
    Seen,
    Symlink,
    Sync,
    SyncAll,
    Trace,
    Truncate,
    Unlink,
    Unseen,
    Write,
    Zero,
    as_json,
    from_json,
    load,
    save,
)
from storage_conformance.crash.tree import ROOT, File, Folder, Link, Tree, read_tree, write_tree

numbers, letters = st.integers(0, 2**40), st.characters(codec="utf-8", exclude_characters="/\0")
names = st.text(letters, min_size=1, max_size=9)
raw = st.binary(max_size=20)
ops = st.one_of(
    st.builds(Create, numbers, st.none() | numbers, names), st.builds(Mkdir, numbers, numbers, names),
    st.builds(Symlink, numbers, numbers, names, names), st.builds(Hardlink, numbers, numbers, names),
    st.builds(Unlink, numbers, names), st.builds(Rename, numbers, names, numbers, names, st.booleans()),
    st.builds(Write, numbers, numbers, raw), st.builds(Truncate, numbers, numbers),
    st.builds(Zero, numbers, numbers, numbers), st.builds(Sync, numbers, st.booleans()), st.builds(SyncAll),
    st.builds(Map, numbers), st.builds(Msync, numbers), st.builds(Seen, numbers, raw), st.builds(Unseen, names),
    st.builds(Mark, st.sampled_from(["began", "returned"]), numbers),
)  # fmt: skip
raw_names = st.binary(min_size=1, max_size=5).map(lambda name: os.fsdecode(name.translate(None, b"/\0") or b"x"))
odd_names = (names | raw_names).filter(lambda name: name not in (".", ".."))
nodes = st.builds(File, raw) | st.builds(Link, names)


def trace_by_hand(steps: list[Op]) -> Trace:
    trace = Trace(Tree({ROOT: Folder({"f": 1, "g": 1, "l": 2}), 1: File(b"\0\xff", 0o600), 2: Link("f")}))
    for op in steps:
        trace.add("a call", op, place="save.py:1", process=7, thread=8)
    return trace


@given(st.lists(ops, max_size=8))
@unhurried(100)
def test_json_brings_back_the_same_trace(steps: list[Op]) -> None:
    trace = trace_by_hand(steps)
    assert from_json(json.loads(json.dumps(as_json(trace)))) == trace


def test_every_operation_has_a_word() -> None:
    assert set(KINDS.values()) == {type(op) for op in (
        Create(1, 0, "f"), Mkdir(1, 0, "f"), Symlink(1, 0, "f", "g"), Hardlink(1, 0, "f"), Unlink(0, "f"),
        Rename(0, "f", 0, "g"), Write(1, 0, b""), Truncate(1, 0), Zero(1, 0, 1), Sync(1), SyncAll(), Failed(1),
        Map(1), Msync(1), Seen(1, b""), Unseen(""), Mark("began", 1),
    )}  # fmt: skip


def test_a_trace_is_saved_and_loaded(tmp_path: Path) -> None:
    trace = trace_by_hand([Write(1, 0, bytes(range(256))), Create(3, 0, os.fsdecode(b"\xff"))])
    save(trace, tmp_path / "trace.json")
    assert load(tmp_path / "trace.json") == trace


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"version": 2, "initial": {}, "steps": []}', '{"version": 1, "initial": {"0": {"op": "x"}}}',
     '{"version": 1, "initial": {}, "steps": [{"op": "write"}]}',
     '{"version": 1, "initial": {"x": {"op": "folder", "entries": {}, "mode": 0}}, "steps": []}'],
)  # fmt: skip
def test_what_is_no_trace_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "trace.json").write_text(text)
    with pytest.raises(BadTrace, match=r"trace\.json holds no trace") as error:
        load(tmp_path / "trace.json")
    assert "\n" not in str(error.value)


NEVER = [Unlink(0, "none"), Rename(0, "none", 0, "f"), Write(9, 0, b"x"), Truncate(9, 1)]


@pytest.mark.parametrize("op", NEVER, ids=str)
def test_what_cannot_have_happened_is_told(op: Op) -> None:
    with pytest.raises(BadTrace, match="a call: there is no"):
        after(trace_by_hand([op]))


def test_each_reason_for_not_having_seen_is_given_once() -> None:
    assert trace_by_hand([Unseen("io_uring"), Unseen("splice"), Unseen("io_uring")]).unseen() == ["io_uring", "splice"]


@given(st.dictionaries(odd_names, nodes, max_size=4), st.dictionaries(odd_names, nodes, max_size=3))
@unhurried(60)
def test_a_tree_that_is_written_is_read_again(tmp_path_factory, above: dict[str, File], below: dict[str, File]) -> None:
    """In two folders, with any names that a file system takes."""
    folder = tmp_path_factory.mktemp("tree")
    files = dict(enumerate([*above.values(), *below.values()], 2))
    tops, inner = dict(zip(above, files, strict=False)), dict(zip(below, [*files][len(above) :], strict=True))
    tree = Tree({ROOT: Folder(tops | {"d d": 1}), 1: Folder(inner)} | files)
    write_tree(tree, folder)
    found = read_tree(folder)
    assert found.digest() == tree.digest()
    assert {path for path, _ in found} == {path for path, _ in tree}


def test_hard_links_stay_one_file(tmp_path: Path) -> None:
    tree = Tree({ROOT: Folder({"a": 1, "b": 1, "c": 2}), 1: File(b"x"), 2: File(b"x", 0o600)})
    write_tree(tree, tmp_path)
    found = read_tree(tmp_path)
    (tmp_path / "a").write_bytes(b"y")
    assert (tmp_path / "b").read_bytes() == b"y"
    assert (tmp_path / "c").read_bytes() == b"x"
    assert found.nodes == {**tree.nodes, ROOT: Folder(tree.nodes[ROOT].entries, found.nodes[ROOT].mode)}
    assert found.path(2) == "c"
    assert (found.path(ROOT), found.path(9)) == (".", "")


def test_trees_that_read_differently_have_different_digests() -> None:
    trees = [
        Tree({ROOT: Folder(entries)} | rest)
        for entries, rest in (
            ({}, {}), ({"a": 1}, {1: File(b"")}), ({"b": 1}, {1: File(b"")}), ({"a": 1}, {1: File(b"x")}),
            ({"a": 1}, {1: Folder()}), ({"a": 1}, {1: Link("")}), ({"a": 1}, {1: Link("x")}),
            ({"a": 1}, {1: Folder({"b": 2}), 2: File(b"")}), ({"a": 1, "b": 2}, {1: Folder(), 2: File(b"")}),
        )
    ]  # fmt: skip
    assert len({tree.digest() for tree in trees}) == len(trees)


def test_a_folder_inside_itself_is_left_out() -> None:
    """A rename that is split can do that; a reader on a real disk could not list it either."""
    tree = Tree({ROOT: Folder({"a": 1}), 1: Folder({"b": 2}), 2: Folder({"a": 1})})
    assert [path for path, _ in tree] == ["a", "a/b"]


def test_a_file_is_called_by_a_name_that_it_has() -> None:
    """Else advice would name a file that is not there: the last name given may be gone while an older one lives."""
    for calls, path in (("link f g", "g"), ("link f g; unlink g", "f"), ("rename f g", "g"), ("unlink f", "f")):
        trace = trace_of("f=a1", calls)
        view = View(trace.initial)
        for step in trace.steps:
            view.apply(step)
        assert view.path(1) == path


@given(programs(most=8))
@unhurried(60)
def test_a_program_does_to_a_real_folder_what_its_trace_says(tmp_path_factory, program: tuple[str, list[str]]) -> None:
    folder = tmp_path_factory.mktemp("real")
    before, calls = program
    write_tree(made((before, ["sync"])).initial, folder)
    for call in calls:
        really(folder, *call.split())
    assert shown(read_tree(folder)) == shown(after(made(program)))


def really(folder: Path, verb: str, path: str = ".", *words: str) -> None:
    """The call, made."""
    place = folder / path
    if verb in ("write", "dsync-write"):
        data = after(trace_of("x=", f"write x 0 {words[1]}"))
        with open(place, "r+b") as file:
            file.seek(int(words[0]))
            file.write(next(node.content for node in data.nodes.values() if isinstance(node, File)))
    elif verb == "exchange":
        other, aside = folder / words[0], folder / "aside"
        place.rename(aside)
        other.rename(place)
        aside.rename(other)
    elif verb == "zero":
        start, size = int(words[0]), place.stat().st_size
        with open(place, "r+b") as file:
            file.seek(start)
            file.write(bytes(max(0, min(int(words[1]), size - start))))
    elif verb in ("create", "mkdir", "unlink", "rename", "link", "truncate"):
        {
            "create": lambda: place.touch(exist_ok=False), "mkdir": place.mkdir,
            "unlink": lambda: place.rmdir() if place.is_dir() else place.unlink(),
            "rename": lambda: place.replace(folder / words[0]), "link": lambda: os.link(place, folder / words[0]),
            "truncate": lambda: os.truncate(place, int(words[0])),
        }[verb]()  # fmt: skip
