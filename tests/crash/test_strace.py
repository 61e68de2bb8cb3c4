"""The recorder for any program: what strace tells, replayed, is the folder as the program left it."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage_conformance.crash.recorder import first_difference
from storage_conformance.crash.replay import after
from storage_conformance.crash.strace import Strace
from storage_conformance.crash.trace import Mark
from storage_conformance.crash.tree import read_tree

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
@given(st.lists(STATEMENTS, max_size=12), st.lists(STATEMENTS, max_size=4))
@settings(max_examples=settings().max_examples // 3)
def test_the_trace_leads_to_the_folder_as_it_is(tmp_path_factory, first, second) -> None:
    strace = recorded(tmp_path_factory.mktemp("any"), program(first), program(second))
    assert strace.trace.unseen() == []
    assert first_difference(after(strace.trace), read_tree(strace.root)) == ""
    assert [step.op for step in strace.trace.steps if isinstance(step.op, Mark)] == [
        Mark("began", 1), Mark("returned", 1), Mark("began", 2), Mark("returned", 2)
    ]  # fmt: skip
