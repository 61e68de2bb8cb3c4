"""The recorder for any program: what strace tells, replayed, is the folder as the program left it."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from storage_conformance.crash import litmus
from storage_conformance.crash.models import MODELS
from storage_conformance.crash.replay import after
from storage_conformance.crash.strace import Strace
from storage_conformance.crash.strace_lines import Garbled, calls
from storage_conformance.crash.trace import Mark, Trace
from storage_conformance.crash.tree import first_difference, read_tree

linux = pytest.mark.skipif(not shutil.which("strace"), reason="programs are recorded with strace, which only Linux has")

NAMES = st.sampled_from(["a", "b", "c", "d/a", "d/b", "e", "d/../a", "./b", "s/a", "d//a"])
SIZES = st.sampled_from([0, 1, 511, 4096, 5000])
STATEMENTS = st.one_of(
    st.builds("open({!r}, 'wb').write(b'x' * {})".format, NAMES, SIZES),
    st.builds("open({!r}, 'ab').write(b'y' * {})".format, NAMES, SIZES),
    st.builds("f = open({!r}, 'r+b'); f.seek(3); f.write(b'z' * {}); f.close()".format, NAMES, SIZES),
    st.builds("f = open({!r}, 'r+b', 0); f.read(5); f.write(b'q' * {}); f.close()".format, NAMES, SIZES),
    st.builds("os.rename({!r}, {!r})".format, NAMES, NAMES),
    st.builds("os.link({!r}, {!r})".format, NAMES, NAMES),
    st.builds("os.symlink({!r}, {!r})".format, st.sampled_from(["a", "d", "../a", os.curdir]), NAMES),
    st.builds("os.unlink({!r})".format, NAMES),
    st.builds("os.mkdir({!r})".format, st.sampled_from(["d", "d/d", "e"])),
    st.builds("os.rmdir({!r})".format, st.sampled_from(["d", "d/d", "e"])),
    st.builds("os.truncate({!r}, {})".format, NAMES, SIZES),
    st.builds("g = os.open({!r}, os.O_RDWR | os.O_CREAT); os.pwrite(g, b'pp', {}); os.fsync(g)".format, NAMES, SIZES),
    st.builds("h = os.dup(g); os.close(g); os.write(h, b'h' * {}); g = h".format, SIZES),
    st.builds("os.lseek(g, {}, os.SEEK_SET); os.writev(g, [b'1', b'', b'23'])".format, SIZES),
    st.builds("os.posix_fallocate(g, {}, 10)".format, SIZES),
    st.builds("os.copy_file_range(os.open({!r}, 0), g, {})".format, NAMES, SIZES),
    st.builds("os.sendfile(g, os.open({!r}, 0), 1, {})".format, NAMES, SIZES),
    st.builds("os.chdir({!r})".format, st.sampled_from(["d", "..", "s", "/proc/self/cwd", "/proc/self/cwd/d"])),
    st.builds("run(lambda: open({!r}, 'wb').write(b'thread'))".format, NAMES),
    st.builds("os.fork() or (os.write(g, b'fork'), os._exit(0)); os.wait()".format),
    st.builds("subprocess.run(['sh', '-c', 'echo shell >> {}; mv {} {}'], stderr=-3)".format, NAMES, NAMES, NAMES),
    st.builds("os.link(f'/proc/self/fd/{{t}}', {!r}, src_dir_fd=t, follow_symlinks=True)".format, NAMES),
    st.builds("shutil.copytree('d', {!r}, symlinks=True)".format, st.sampled_from(["e", "d2"])),
)
EVERYTHING = [
    "os.mkdir('d')",
    "open('a', 'wb').write(b'first' * 1000)",
    "open('a', 'ab').write(b'appended')",
    "f = open('a', 'r+b', 0); f.read(5); f.write(b'after what was read'); f.close()",
    "h = os.dup(g); os.close(g); os.write(h, b'through a copy'); g = h",
    "os.dup2(g, 50); os.write(50, b'through another')",
    "os.symlink('d', 's')",
    "open('s/deep', 'wb').write(b'through a link')",
    "os.symlink('s/deep', 'u'); open('u', 'ab').write(b'through two')",
    "box = []; run(lambda: box.append(os.open('of a thread', os.O_RDWR | os.O_CREAT))); os.write(box[0], b'ours too')",
    "run(lambda: os.chdir('d')); open('in d', 'wb').write(b'a thread moved us'); os.chdir('..')",
    "os.fork() or (os.chdir('d'), os.write(g, b'child'), os._exit(0)); os.wait(); open('not in d', 'w').write('x')",
    "os.pwrite(g, b'pp', 9000); os.ftruncate(g, 8000); os.lseek(g, 100, os.SEEK_SET); os.writev(g, [b'1', b'', b'23'])",
    "os.copy_file_range(os.open('a', 0), g, 30); os.sendfile(g, os.open('a', 0), 1, 40)",
    "e = os.open('d', os.O_DIRECTORY); os.rename('a', 'moved', src_dir_fd=None, dst_dir_fd=e); os.mkdir('m', dir_fd=e)",
    "os.rename('d', 'd3'); os.link('moved', 'linked', src_dir_fd=e, dst_dir_fd=e); os.unlink('moved', dir_fd=e)",
    "os.link(f'/proc/self/fd/{t}', 'named', src_dir_fd=t, follow_symlinks=True)",
    "i = os.open('replaced', os.O_RDWR | os.O_CREAT); os.rename('named', 'replaced'); os.write(i, b'nameless')",
    "subprocess.run('echo one > sh; echo two >> sh; cat sh sh > sh2; mv sh2 sh', shell=True)",
    "subprocess.run(['sh', '-c', 'echo kept >&9'], pass_fds=[os.dup2(g, 9)])",
    "f = open('left open', 'wb'); f.write(b'flushed at the end')",
]
HEAD = """import contextlib, os, shutil, subprocess, threading
def run(f):
    t = threading.Thread(target=f); t.start(); t.join()
g = os.open("g", os.O_RDWR | os.O_CREAT)
t = os.open(".", os.O_TMPFILE | os.O_RDWR)
os.write(t, b"temporary")
"""


def program(statements: list[str]) -> str:
    return HEAD + "".join(f"with contextlib.suppress(OSError):\n    {line}\n" for line in statements)


@pytest.fixture
def scratch(tmp_path_factory, monkeypatch) -> Path:
    """Where programs start: outside of the folder that is recorded."""
    place = tmp_path_factory.mktemp("scratch")
    monkeypatch.chdir(place)
    return place


def recorded(scratch: Path, *programs: str, before=lambda folder: None) -> Strace:
    """The runs of Python programs that start in the recorded folder."""
    root = scratch / "root"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    before(root)
    strace = Strace(root, scratch)
    for number, text in enumerate(programs, 1):
        strace.run([sys.executable, "-IS", "-c", f"import os; os.chdir({str(root)!r})\n{text}"], number)
    return strace


def texts(strace: Strace) -> list[str]:
    return [step.call.text for step in strace.trace.steps]


@linux
@example(EVERYTHING, ["open('moved', 'ab').write(b'in a second run')"])
@given(st.lists(STATEMENTS, max_size=12), st.lists(STATEMENTS, max_size=4))
@settings(max_examples=settings().max_examples // 3)
def test_the_trace_leads_to_the_folder_as_it_is(tmp_path_factory, first, second) -> None:
    strace = recorded(tmp_path_factory.mktemp("any"), program(first), program(second))
    assume(not any("across the border" in why for why in strace.trace.unseen()))  # by a name, after chdir("..")
    assert strace.trace.unseen() == []
    assert first_difference(after(strace.trace), read_tree(strace.root)) == ""
    assert [step.op for step in strace.trace.steps if isinstance(step.op, Mark)] == [
        Mark("began", 1), Mark("returned", 1), Mark("began", 2), Mark("returned", 2)
    ]  # fmt: skip


@linux
def test_everything_above_succeeds(scratch) -> None:
    """Without `suppress`, so that no line of it is there in vain."""
    strace = Strace(scratch_root(scratch), scratch)
    text = HEAD + "\n".join(EVERYTHING)
    ended = strace.run([sys.executable, "-IS", "-c", f"import os; os.chdir({str(strace.root)!r})\n{text}"], 1)
    assert (ended.status, ended.said) == (0, "")


def scratch_root(scratch: Path) -> Path:
    (scratch / "root").mkdir()
    return scratch / "root"


@linux
def test_calls_are_told_as_a_person_would(scratch) -> None:
    program = "import os; f = open('a', 'wb'); f.write(b'xyz'); f.flush(); os.fsync(f.fileno()); os.rename('a', 'b')"
    assert texts(recorded(scratch, program)) == [
        "run 1 of the writer starts", 'open("a", O_CREAT, O_TRUNC)', 'write("a", 3 bytes at 0)', 'fsync("a")',
        'rename("a", "b")', "run 1 of the writer returned",
    ]  # fmt: skip


@linux
@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("os.rename('a', '../outside')", "across the border"),
        ("os.rename('../old', 'a')", "across the border"),
        ("os.link('../old', 'b')", "across the border"),
        ("os.mkdir('../outside'); os.rename('../outside', 'd')", "across the border"),
        ("open('../outside', 'w'); open('../outside', 'r+').write('more'); os.rename('../outside', 'b')", ""),
        ("subprocess.run('echo more > ../outside; mv ../outside b', shell=True)", ""),
        ("os.rename(os.getcwd(), '../elsewhere'); os.rename('../elsewhere', '../root')", "the folder itself was moved"),
        ("import ctypes; ctypes.CDLL(None).syscall(425, 1, ctypes.create_string_buffer(120))", "io_uring"),
    ],
)
def test_what_cannot_be_followed_is_said(scratch, program, why) -> None:
    def before(root: Path) -> None:
        (root / "a").write_text("a")
        (root.parent / "old").write_text("made before, so nobody knows how durable it is")

    strace = recorded(scratch, "import subprocess; " + program, before=before)
    assert bool(why) == bool(strace.trace.unseen()) or why == "io_uring"
    if why != "io_uring" or strace.trace.unseen():  # some kernels refuse io_uring, and then nothing is unseen
        assert why in " ".join(strace.trace.unseen())


@linux
@pytest.mark.parametrize(("name", "counts"), [("../made", False), ("inside", True)])
def test_syncfs_of_a_file_outside_is_none_of_the_folder(scratch, name, counts) -> None:
    program = (
        f"import ctypes; open('a', 'w').write('a'); f = open({name!r}, 'w')\n"
        "assert ctypes.CDLL(None).syncfs(f.fileno()) == 0"
    )
    assert ("syncfs()" in texts(recorded(scratch, program))) is counts


SEEK = "f.write(b'no'); f.seek(0); "
BY_DESCRIPTOR = "os.link(f'/proc/self/fd/{f}', 'b', src_dir_fd=f, follow_symlinks=True)"


@linux
@pytest.mark.parametrize(
    ("move", "seek"), [("os.rename", SEEK), ("shutil.move", ""), ("os.link", SEEK), ("by descriptor", "")]
)
def test_a_file_that_is_made_outside_counts_once_it_is_moved_in(scratch, seek, move) -> None:
    """Where it was before is told; what else was made there is not."""
    held = "n = f.fileno(); os.link(f'/proc/self/fd/{n}', 'a', src_dir_fd=n, follow_symlinks=True)"
    to = held if move == "by descriptor" else f"{move}(name, 'a')"
    program = (
        f"import shutil; name = os.path.abspath('../new'); os.chdir('..'); open('log', 'w').write('not of interest')\n"
        f"f = open(name, 'wb+', 0); {seek}f.write(b'xyz'); os.fsync(f.fileno()); os.chdir('root'); {to}"
    )
    strace = recorded(scratch, program)
    assert strace.trace.unseen() == []
    new = str(scratch / "new")
    made = [f'open("{new}", O_CREAT, O_TRUNC)', *[f'write("{new}", 2 bytes at 0)'] * bool(seek)]
    moved = f'{"rename" if move in ("os.rename", "shutil.move") else "link"}("{new}", "a")'
    assert texts(strace)[1:-1] == [*made, f'write("{new}", 3 bytes at 0)', f'fsync("{new}")', moved]
    assert first_difference(after(strace.trace), read_tree(strace.root)) == ""
    assert shown(strace.trace, "ext4-ordered") == shown(strace.trace, "posix-worst") == {"-", "a=x1y1z1"}


def shown(trace: Trace, model: str) -> set[str]:
    return litmus.outcomes(trace, MODELS[model])[0]


@linux
@pytest.mark.parametrize("grow", ["ftruncate(f, 1 << 36)", "pwrite(f, b'x', 1 << 36)"])
@pytest.mark.parametrize("move", ["os.rename('../new', 'b')", BY_DESCRIPTOR, ""])
def test_a_file_outside_that_is_too_long_for_memory_is_unknown_if_it_is_moved_in(scratch, grow, move) -> None:
    """Sparse here; at the end it is short again, so that nobody sees the difference."""
    program = (
        f"f = os.open('../new', os.O_RDWR | os.O_CREAT); os.write(f, b'one'); os.{grow}\n"
        f"os.ftruncate(f, 0); os.pwrite(f, b'two', 0); os.fsync(f); {move}"
    )
    unseen = recorded(scratch, program).trace.unseen()
    assert ["across the border" in why for why in unseen] == [True] * bool(move)


@linux
def test_what_is_known_of_a_file_outside_is_known_in_the_next_run_too(scratch) -> None:
    first = "open('../new', 'wb').write(b'one'); os.link('../new', 'a')"
    strace = recorded(scratch, first, "open('../new', 'wb').write(b'two'); os.rename('../new', 'b')")
    assert strace.trace.unseen() == []
    assert first_difference(after(strace.trace), read_tree(strace.root)) == ""


@linux
def test_a_mapped_file_is_told_with_what_it_held_at_the_end(scratch) -> None:
    strace = recorded(
        scratch,
        "import mmap; f = os.open('m', os.O_RDWR | os.O_CREAT); os.ftruncate(f, 4096); m = mmap.mmap(f, 4096)\n"
        "m[:3] = b'abc'; m.flush(); m[:3] = b'def'",
    )
    kinds = [type(step.op).__name__ for step in strace.trace.steps]
    assert kinds == ["Mark", "Create", "Truncate", "Map", "Msync", "Seen", "Mark"]
    assert strace.trace.steps[5].op.content[:4] == b"def\0"
    assert strace.trace.unseen() == []


@linux
@pytest.mark.parametrize(("name", "later"), [("fsync", "Sync"), ("fdatasync", "Sync"), ("msync", "Msync")])
def test_a_sync_that_fails_is_told_as_such_and_the_next_as_a_sync(scratch, name, later) -> None:
    strace, sync = recorded(scratch), "m.flush" if name == "msync" else f"lambda: os.{name}(f)"
    program = (
        f"import mmap, os; os.chdir({str(scratch / 'root')!r});\n"
        "f = os.open('m', os.O_RDWR | os.O_CREAT); os.ftruncate(f, 4096); m = mmap.mmap(f, 4096)\n"
        f"sync = {sync}\ntry: sync()\nexcept OSError: sync()"
    )
    strace.run([sys.executable, "-IS", "-c", program], 1, inject=f"{name}:error=EIO:when=1")
    kinds = [type(step.op).__name__ for step in strace.trace.steps]
    assert [kind for kind in kinds if kind in ("Failed", "Sync", "Msync")] == ["Failed", later]


@linux
def test_a_child_that_goes_on_after_the_program_returned_is_too_late(scratch) -> None:
    program = (
        "r, w = os.pipe()\n"
        "if os.fork() == 0:\n"
        "    os.read(r, 1)  # until the parent is no more\n"
        "    open('late', 'w').write('x')\n"
        "    os._exit(0)\n"
        "os.close(r); os._exit(0)"
    )
    program = program.replace("    os.read(r, 1)", "    os.close(w); os.read(r, 1)")
    strace = recorded(scratch, program)
    kinds = [type(step.op).__name__ for step in strace.trace.steps]
    assert kinds.index("Create") > [n for n, kind in enumerate(kinds) if kind == "Mark"][1]


def test_lines_that_strace_does_not_write_are_refused() -> None:
    for line in ("what is this", "12 write(3, abc", '12 write(3</x>, "\\x61"..., 9) = 9', "12 ???() = 0"):
        with pytest.raises(Garbled):
            list(calls([line], b"/"))


def test_a_thread_that_is_killed_in_a_call_that_strace_cannot_name_has_made_none() -> None:
    lines = [
        "12 ???( <unfinished ...>",
        "13 exit_group(0) = ?",
        "12 <... ??? resumed>) = ?",
        "12 +++ exited with 0 +++",
    ]
    assert [type(found).__name__ for found in calls(lines, b"/")] == ["Exit"]
    assert list(calls(lines[:2], b"/")) == []
