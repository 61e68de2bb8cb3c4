"""store sync and store migrate: what is told, the exit status, what is named twice or spelt wrong."""

import os
import subprocess

import pytest

from storage_combinators import Disk, Ref, walk
from storage_combinators.edges.syncing import PATIENCE
from store_command.conftest import STORE

A = Ref("a")


def test_the_command_copies_counts_and_can_be_begun_again(run, tmp_path):
    source, target = Disk(tmp_path / "one", "kill"), Disk(tmp_path / "two", "kill")
    for number in range(3):
        source.put(Ref("x", str(number)), b"v" * number)
    target.put(Ref("old"), b"")
    target.put(Ref("x", "0"), b"")
    assert (
        run("sync", "one", "two", "--dry-run", "--delete").stdout == b"2 would be copied, 1 would be deleted, 1 same\n"
    )
    assert sorted(walk(target, Ref())) == [Ref("old"), Ref("x", "0")]
    done = run("sync", "one", "two")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"2 copied, 1 same\n", b"")
    assert run("sync", "one", "two", "--delete").stdout == b"1 deleted, 3 same\n"
    assert run("sync", "one", "two", "nowhere").stdout == b"nothing to do\n"
    assert {ref: target.get(ref) for ref in walk(target, Ref())} == {
        ref: source.get(ref) for ref in walk(source, Ref())
    }


def test_one_store_into_a_folder_of_itself_ends(run, tmp_path):
    Disk(tmp_path / "one", "kill").put(A, b"1")
    (tmp_path / "t.toml").write_text('tree = { class = "Relative", source = "./one", base = "copy" }')
    assert run("sync", "one", "t.toml").stdout == b"1 copied\n"
    assert run("sync", "one", "t.toml").stdout == b"1 copied, 1 same\n"


def test_the_command_tells_what_failed_and_exits_with_2(run, tmp_path):
    Disk(tmp_path / "one", "kill").put(Ref("a\n\x1b"), b"long")
    (tmp_path / "t.toml").write_text('tree = { class = "Small", source = "./two", limit = 2 }')
    done = run("sync", "one", "t.toml")
    assert (done.returncode, done.stdout) == (2, b"1 failed\n")
    assert done.stderr.startswith(b"a ?: Refused: ")
    assert done.stderr.count(b"\n") == 1


def test_what_failed_counts_though_nobody_reads_how_many(tmp_path):
    Disk(tmp_path / "one", "kill").put(Ref("a"), b"long")
    (tmp_path / "t.toml").write_text('tree = { class = "Small", source = "./two", limit = 2 }')
    reads, writes = os.pipe()
    os.close(reads)
    try:
        for buffered in ("", "1"):
            done = subprocess.run(
                [STORE, "sync", "one", "t.toml"],
                stdout=writes,
                stderr=subprocess.PIPE,
                cwd=tmp_path,
                env={**os.environ, "PYTHONUNBUFFERED": buffered},
                check=False,
            )
            assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    finally:
        os.close(writes)


def test_objects_beside_bytes_are_told_what_does_it(run, tmp_path):
    for number in range(PATIENCE):
        Disk(tmp_path / "one", "kill").put(Ref(f"{number}"), b"[1]")
    (tmp_path / "json.toml").write_text('tree = { class = "Json", source = "./one" }')
    (tmp_path / "two.toml").write_text('tree = { class = "Json", source = "./two" }')
    said = run("sync", "one", "two.toml").stderr
    assert b"a Json over the bytes" in said
    assert b"--as" not in said
    assert run("sync", "json.toml", "two.toml").stdout == b"10 copied\n"


def test_the_command_migrates(run, tmp_path):
    Disk(tmp_path / "one", "kill").put(Ref("x", "a"), b"1")
    Disk(tmp_path / "one", "kill").put(Ref("y"), b"2")
    assert run("migrate", "one", "sqlite:two.db", "x").stdout == b"1 moved\n"
    assert run("ls", "one", "--all").stdout == b"y\n"
    assert run("get", "sqlite:two.db", "x/a").stdout == b"1"


@pytest.mark.parametrize("again", ["one", "./one/", "file:one", "t.toml"])
def test_the_command_moves_nothing_onto_itself(run, tmp_path, again):
    Disk(tmp_path / "one", "kill").put(A, b"1")
    (tmp_path / "t.toml").write_text('tree = { class = "Cache", fast = "Memory", slow = "./one" }')
    for words in (["one", again], [again, "one"], ["one", again, "--alone"]):
        done = run("migrate", *words)
        found_out = b"" if again != "t.toml" else b": a was put back"
        assert (done.returncode, done.stdout) == (2, b"")
        assert done.stderr == b"store: FROM and TO are one place" + found_out + b"\n"
        assert run("get", "one", "a").stdout == b"1"


def test_the_command_moves_to_what_is_written_later_and_keeps_what_cannot_be(run, tmp_path):
    Disk(tmp_path / "one", "kill").put(A, b"1")
    wrapped = 'tree = { class = "WriteBack", fast = "Memory", slow = %s }'
    (tmp_path / "never.toml").write_text(wrapped % '{ class = "ReadOnly", source = "./two" }')
    (tmp_path / "later.toml").write_text(wrapped % '"./two"')
    assert run("migrate", "one", "never.toml").returncode == 2
    assert run("get", "one", "a").stdout == b"1"
    assert run("migrate", "one", "later.toml").stdout == b"1 moved\n"
    assert (run("ls", "one").stdout, run("get", "two", "a").stdout) == (b"", b"1")


def test_the_command_does_not_empty_a_store_for_a_name_spelt_wrong(run, tmp_path):
    Disk(tmp_path / "two", "kill").put(A, b"1")
    for words in (["tpyo", "two", "--delete"], ["tpyo", "two", "a", "--delete", "--dry-run"]):
        done = run("sync", *words)
        assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
        assert b"FROM has nothing" in done.stderr
    assert run("get", "two", "a").stdout == b"1"
    assert run("sync", "tpyo", "two").stdout == run("sync", "tpyo", "nothing", "--delete").stdout == b"nothing to do\n"


def test_a_tree_with_a_cache_is_not_moved_onto_itself(run, tmp_path):
    Disk(tmp_path / "one", "kill").put(A, b"1")
    (tmp_path / "t.toml").write_text('tree = { class = "Cache", fast = "Memory", slow = "./one" }')
    before = (tmp_path / "one" / "a.v").stat()
    assert run("migrate", "t.toml", "t.toml").stderr == b"store: FROM and TO are one place\n"
    assert (tmp_path / "one" / "a.v").stat().st_ino == before.st_ino, "it was nowhere for a moment"


HELD = {"mapping": "{'a': b'1'}, {}", "memory": "store.Memory({store.Ref('a'): b'1'}), store.Memory()"}


@pytest.mark.parametrize("name", HELD)
def test_two_places_of_one_kind_are_two_places(run, tmp_path, name):
    (tmp_path / f"two_{name}.py").write_text(
        f"import storage_combinators as store\none_, other_ = {HELD[name]}\n"
        "def one():\n    return one_\ndef other():\n    return other_\n"
    )
    module = f"two_{name}"  # a module is loaded once, so both commands have the same two places
    assert run("migrate", f"{module}:one", f"{module}:other").stdout == b"1 moved\n"
    assert run("get", f"{module}:other", "a").stdout == b"1"
    assert run("migrate", f"{module}:other", f"{module}:other").stderr == b"store: FROM and TO are one place\n"
    assert run("get", f"{module}:other", "a").stdout == b"1"
