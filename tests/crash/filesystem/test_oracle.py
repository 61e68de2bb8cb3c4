"""The oracle is content with all that its file system allows, and with little else."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crash.programs_by_chance import programs, unhurried
from storage_conformance.crash.filesystem.contents import wrong_bytes
from storage_conformance.crash.filesystem.generate import BEFORE, sequences
from storage_conformance.crash.filesystem.history import History
from storage_conformance.crash.filesystem.oracle import complaints
from storage_conformance.crash.filesystem.promises import POSIX, PROMISES, Promises, promised
from storage_conformance.crash.filesystem.workload import Calls
from storage_conformance.crash.litmus import Litmus, shown, trace_of
from storage_conformance.crash.litmus_cases import LITMUS
from storage_conformance.crash.models import MODELS, Model
from storage_conformance.crash.search import State, states
from storage_conformance.crash.trace import Trace
from storage_conformance.crash.tree import ROOT, File, Folder, Tree
from storage_conformance.crash.words import told

EXT4, BTRFS = PROMISES["ext4"], PROMISES["btrfs"]
MODELLED = [("ext4-ordered", EXT4), ("ext4-ordered-dioread_lock", EXT4), ("ext4-ordered", POSIX)]
WRITEBACK = PROMISES["ext4-writeback"]
LENIENT = {("unlink, then fsync of another", "f=a1 g=b1"), ("replace by rename", "f=")}


def judged(trace: Trace, model: Model, promises: Promises) -> Iterator[tuple[State, list[str]]]:
    """Each state that the model allows, with what the oracle says of it."""
    history, calls = History(trace), list(dict.fromkeys(step.call for step in trace.steps))
    for state in states(trace, model, 400):
        begun = sum(call.start < state.point.time for call in calls)
        done = sum(call.end < state.point.time for call in calls)
        yield state, complaints(history, state.tree, begun, done, promises)


@pytest.mark.parametrize(("model", "promises"), MODELLED, ids=lambda each: getattr(each, "name", each))
@pytest.mark.parametrize("litmus", LITMUS, ids=lambda litmus: litmus.name)
def test_what_the_model_allows_is_no_complaint(litmus: Litmus, model: str, promises: Promises) -> None:
    for state, wrong in judged(trace_of(litmus.before, litmus.calls), MODELS[model], promises):
        assert not wrong, shown(state.tree)


def in_sectors(words: str) -> str:
    """Each number of bytes as one of sectors: a device writes those whole, which the models leave open."""
    return re.sub(r"\d+", lambda number: str(512 * int(number.group())), words)


@unhurried(60)
@given(program=programs())
def test_nor_of_any_other_program(program: tuple[str, list[str]]) -> None:
    before, *calls = (in_sectors(words) for words in (program[0], *program[1]))
    for state, wrong in judged(trace_of(before, "; ".join(calls)), MODELS["ext4-ordered"], EXT4):
        assert not wrong, (before, calls, shown(state.tree))
    for state, wrong in judged(trace_of(before, "; ".join(calls)), MODELS["ext4-writeback"], WRITEBACK):
        assert not wrong, (before, calls, shown(state.tree))


def test_of_what_ext4_does_not_allow_two_things_alone_are_no_complaint() -> None:
    let_pass, refused = set[tuple[str, str]](), 0
    for litmus in LITMUS:
        trace, allowed = trace_of(litmus.before, litmus.calls), litmus.allowed(MODELS["ext4-ordered"])[1]
        history = History(trace)
        for state in states(trace, MODELS["alice-worst"], 2**30):
            if shown(state.tree) not in allowed:
                wrong = complaints(history, state.tree, len(history.calls), len(history.calls), EXT4)
                refused += bool(wrong)
                let_pass |= set() if wrong else {(litmus.name, shown(state.tree))}
    assert let_pass == LENIENT  # of neither file nor name was a sync asked
    assert refused > 100


def synced(*lines: str) -> Calls:
    return Calls((*lines, "sync"), BEFORE, EXT4)


SYNCED = [Calls((*each.lines, "sync"), BEFORE, EXT4) for each in sequences(2, seed=5, limit=40)]


def wrong_about(workload: Calls, tree: Tree, promises: Promises = EXT4) -> list[str]:
    count = len(workload.lines)
    return complaints(workload.history, tree, count, count, promises)


def without(tree: Tree, path: str) -> Tree:
    above, _, name = path.rpartition("/")
    number = ROOT if not above else next(number for found, number in tree if found == above)
    folder = tree.nodes[number]
    assert isinstance(folder, Folder)
    entries = {word: child for word, child in folder.entries.items() if word != name}
    return Tree({**tree.nodes, number: replace(folder, entries=entries)})


def holding(tree: Tree, number: int, content: bytes) -> Tree:
    return Tree({**tree.nodes, number: File(content)})


def spoiled(tree: Tree, draw: st.DataObject) -> tuple[str, Tree]:
    """The tree with one thing wrong with it."""
    path, number = draw.draw(st.sampled_from(list(tree)))
    node = tree.nodes[number]
    what = draw.draw(st.sampled_from(["gone", "more", "cut", "grown", "zeros", "foreign", "flipped"]))
    if what == "gone" or not isinstance(node, File) or not node.content:
        return f"{path} gone", without(tree, path)
    if what == "more":
        root = tree.nodes[ROOT]
        assert isinstance(root, Folder)
        return f"{path} has a name more", Tree({**tree.nodes, ROOT: Folder({**root.entries, "new": number})})
    at = draw.draw(st.integers(0, len(node.content) - 1))
    end = min(at + 512, len(node.content))
    content = {
        "cut": node.content[:at],
        "grown": node.content + bytes(at + 1),
        "zeros": node.content[:at] + bytes(end - at) + node.content[end:],
        "foreign": node.content[:at] + told(1, at, end - at) + node.content[end:],  # of the file that was removed
        "flipped": node.content[:at] + bytes([node.content[at] ^ 1]) + node.content[at + 1 :],
    }[what]
    return f"{path} {what} at {at}", holding(tree, number, content)


@unhurried(200)
@given(workload=st.sampled_from(SYNCED), draw=st.data())
def test_after_a_sync_nothing_may_be_wrong(workload: Calls, draw: st.DataObject) -> None:
    right = workload.history.trees[-1]
    assert wrong_about(workload, right) == []
    what, tree = spoiled(right, draw)
    if shown(tree) != shown(right):  # zeros over zeros spoil nothing
        assert wrong_about(workload, tree), what
        assert wrong_about(workload, tree, POSIX), what


def test_a_stale_block_of_a_file_that_was_removed_is_named() -> None:
    workload = synced("create bar", "append bar 6000")
    tree = workload.history.trees[-1]
    number = next(number for path, number in tree if path == "bar")
    assert wrong_about(workload, holding(tree, number, told(1, 0, 6000))) == [
        "bar holds what `write old 0 262144` wrote at bytes 0 to 512, though `sync` had returned"
    ]


def found(workload: Calls, moment: int, promises: Promises, *, done: int | None = None) -> list[str]:
    """What is said where the tree is that of an earlier moment."""
    returned = len(workload.lines) if done is None else done
    return complaints(workload.history, workload.history.trees[moment], len(workload.lines), returned, promises)


def test_a_synced_file_has_its_name_where_that_is_documented() -> None:
    workload = Calls(("create bar", "append bar 6000", "fsync bar"), BEFORE)
    assert found(workload, 0, POSIX) == []
    assert found(workload, 0, BTRFS) == ["bar is missing, though `fsync bar` had returned"]
    assert found(workload, 0, BTRFS, done=2) == []


def test_a_synced_folder_has_its_names_everywhere() -> None:
    workload = Calls(("unlink A/foo", "create A/bar", "fsync A"), BEFORE)
    assert found(workload, 1, POSIX) == ["A/bar is missing, though `fsync A` had returned"]
    assert found(workload, 0, POSIX) == [
        "A/bar is missing, though `fsync A` had returned", "A/foo is there, though `fsync A` had returned",
    ]  # fmt: skip


def test_a_rename_that_lost_both_files_is_seen_without_any_sync() -> None:
    workload = Calls(("rename foo A/foo",), BEFORE)
    both = without(without(workload.history.trees[0], "foo"), "A/foo")
    wrong = complaints(workload.history, both, 1, 1, POSIX)
    assert "foo is missing" in wrong[0]
    assert "A/foo is missing" in wrong[1]


def test_the_names_are_those_of_one_moment_where_there_is_one_journal() -> None:
    workload = Calls(("create bar", "mkdir B"), BEFORE)
    second = without(workload.history.trees[-1], "bar")
    assert complaints(workload.history, second, 2, 2, BTRFS) == []
    assert complaints(workload.history, second, 2, 2, EXT4) == [
        "the names A, A/foo, B, foo were there together at no moment"
    ]


def test_what_was_not_synced_may_be_old_new_mixed_cut_or_zeros() -> None:
    old, new = b"o" * 1024, b"n" * 2048
    for held in (old, new, b"o" * 512 + b"n" * 512, b"n" * 1536, b"o" * 1024 + bytes(1024), b"n" * 512 + b"o" * 512):
        assert list(wrong_bytes([old, new], held, ())) == []
    for held in (b"", b"o" * 700, bytes(1024), b"o" * 300 + b"n" * 724, b"n" * 2047 + b"x", b"o" * 2048):
        assert list(wrong_bytes([old, new], held, ()))


def test_sync_counts_only_where_the_file_system_hears_of_it() -> None:
    workload = Calls(("create bar", "append bar 6000", "sync"), BEFORE)
    assert found(workload, 1, POSIX) == ["bar is 0 bytes long, where 6000 would be right, though `sync` had returned"]
    assert found(workload, 1, PROMISES["user-space"]) == []


def test_what_nobody_made_is_a_complaint() -> None:
    workload = Calls(("mkdir B",), BEFORE)
    right = workload.history.trees[-1]
    root = right.nodes[ROOT]
    assert isinstance(root, Folder)
    more = Tree({**right.nodes, ROOT: Folder({**root.entries, "stray": 99}), 99: File(b"")})
    for promises in (POSIX, EXT4):
        assert "stray is there, a file that nobody made there" in complaints(workload.history, more, 1, 1, promises)


def test_fdatasync_of_a_file_promises_bytes_and_no_name() -> None:
    workload = Calls(("rename foo bar", "overwrite bar 0 4096", "fdatasync bar"), BEFORE)
    assert found(workload, 1, EXT4) == [
        "bar holds what `write foo 0 8192` wrote at bytes 0 to 512, though `fdatasync bar` had returned"
    ]
    number = dict(workload.history.trees[-1])["bar"]
    held = workload.history.trees[-1].nodes[number]
    assert complaints(workload.history, Tree({**workload.history.trees[0].nodes, number: held}), 3, 3, EXT4) == []


REUSED = b"more".ljust(8192, b"\0")  # a block that another file has by now


@pytest.mark.parametrize("calls", [("unlink foo",), ("truncate foo 0",), ("rename bar foo",), ("zero foo 0 8192",)])
def test_a_block_may_be_used_again_before_it_is_certain_that_it_is_free_with_data_writeback_alone(calls) -> None:
    workload = Calls(calls, ("create foo", "write foo 0 8192", "create bar"), EXT4)
    history, before = workload.history, workload.history.trees[0]
    found = holding(before, dict(before)["foo"], REUSED)
    for options, is_wrong in (("", True), ("noatime,data=writeback", False), ("data=ordered", True)):
        for done in (0, 1):
            assert bool(complaints(history, found, 1, done, promised("ext4", options))) is is_wrong
    assert complaints(history, found, 0, 0, promised("ext4", "data=writeback"))  # nothing had freed it
