"""The command store-crash: exit statuses, reports, and one clear line for whatever cannot be judged."""

import json
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage_conformance.crash import run_command, run_places, strace
from storage_conformance.crash.run_command import command
from storage_conformance.crash.run_places import MEMORY, file_system
from storage_conformance.crash.run_result import Report

linux = pytest.mark.skipif(not shutil.which("strace"), reason="programs are recorded with strace, which only Linux has")
PROGRAMS = Path(__file__).with_name("programs")
PYTHON = shlex.quote(sys.executable)


@pytest.fixture(autouse=True)
def where(tmp_path, monkeypatch) -> Path:
    """The current folder: on a disk, for on a memory file system nothing is judged."""
    if file_system(tmp_path) in MEMORY:
        pytest.skip("the temporary folder lies in memory: say --basetemp FOLDER, one on a disk")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def given(name: str) -> list[str]:
    program = f"{PYTHON} {shlex.quote(str(PROGRAMS / name))}.py"
    return ["run", "--write", f"{program} write {{dir}} {{key}} {{file}}", "--read", f"{program} read {{dir}} {{key}}"]


def script(where: Path, text: str) -> str:
    (where / "own.py").write_text(f"import os, sys\nverb, folder, *rest = sys.argv[1:]\n{text}")
    return f"{PYTHON} own.py"


def own(where: Path, text: str) -> list[str]:
    program = script(where, text)
    return ["run", "--write", f"{program} write {{dir}} {{key}} {{file}}", "--read", f"{program} read {{dir}} {{key}}"]


def line(capsys) -> str:
    told = capsys.readouterr().err
    assert told.startswith("store-crash: ")
    assert told.count("\n") == 1
    assert "Traceback" not in told
    return told


@linux
def test_an_unsafe_program_exits_1_and_is_told_in_words_json_a_page_and_replays(where, capsys) -> None:
    assert command([*given("naive"), "--json", "o.json", "--html", "o.html", "--save", "replays"]) == 1
    told = " ".join(capsys.readouterr().out.split())
    assert "zero-length: the reader finds an empty file." in told
    report = json.loads((where / "o.json").read_text())
    assert report["verdict"] == report["models"]["posix-worst"]["verdict"] == "unsafe"
    example = report["models"]["posix-worst"]["counterexamples"][0]
    assert example.keys() >= {"kind", "when", "persisted", "lost", "explanation"}
    page = (where / "o.html").read_text()
    assert "<svg" in page
    assert example["kind"] in page
    replay = next((where / "replays").iterdir())
    assert command(["replay", str(replay), "--into", "state"]) == 0
    assert (where / "state" / "data").is_dir()
    assert sorted(path.name for path in where.iterdir()) == ["o.html", "o.json", "replays", "state"]


BAD = {
    "'{dir}' is missing": (
        ["run", "--write", "true {key} {file}", "--read", "true {dir} {key}"],
        "--write has no {dir}",
    ),
    "no program": (["run", "--write", "no-such-program {dir}", "--read", "true {dir}"], "no program no-such-program"),
    "one key": (["run", "--write", "true {dir} {key}", "--read", "true {dir}"], "{key}"),
    "file to read": (["run", "--write", "true {dir} {file}", "--read", "true {dir} {file}"], "--read has {file}, "),
    "key to set up": (["run", "--write", "true {dir}", "--read", "true {dir}", "--setup", "true {key}"], "has {key}, "),
    "quotes": (["run", "--write", "true '", "--read", "true {dir}"], "--write cannot be split"),
    "model": (
        ["run", "--write", "true {dir}", "--read", "true {dir}", "--model", "ext9"],
        "--model is one of posix-worst",
    ),
    "no folder": (
        ["run", "--write", "true {dir}", "--read", "true {dir}", "--dir", "nowhere"],
        "nowhere: there is no such",
    ),
    "json": (["run", "--write", "true {dir}", "--read", "true {dir}", "--json", "no/o.json"], "no/o.json"),
    "option": (["run", "--write", "true {dir}"], "read"),
    "replay": (["replay", "missing.json"], "missing.json"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_one_clear_line(capsys, case) -> None:
    arguments, expected = BAD[case]
    assert command(arguments) == 2
    assert expected in line(capsys)


HELD = "held = folder + '/' + rest[0]\n"
WRONG = {
    "the writer fails": (
        "sys.exit(5) if verb == 'write' else sys.exit(3)",
        "--write failed with status 5 without any crash",
    ),
    "the reader finds what is not there": ("", "it must be 3 (missing)"),
    "the reader fails": (
        HELD + "if verb == 'write': open(held, 'w')\nelse: sys.exit(7 if os.path.exists(held) else 3)",
        "ends with status 7 without any crash",
    ),
    "the reader prints something else": (
        HELD + "if verb == 'write': open(held, 'w')\nelse: print('x') if os.path.exists(held) else sys.exit(3)",
        "prints 2 bytes that are not the 700 that were written",
    ),
    "the reader is flaky": (
        "if verb == 'read': print(os.urandom(9)); sys.exit(3)",
        "differently when it is asked twice",
    ),
}


@linux
@pytest.mark.parametrize("case", WRONG)
def test_programs_that_are_wrong_without_any_crash_are_not_judged(where, capsys, case) -> None:
    text, expected = WRONG[case]
    assert command(own(where, text)) == 2
    assert expected in line(capsys)


@linux
def test_a_setup_that_fails_says_so(where, capsys) -> None:
    assert command([*given("naive"), "--setup", "sh -c 'echo no room >&2; exit 4' {dir}"]) == 2
    assert "--setup failed with status 4: no room" in line(capsys)


@linux
def test_without_keys_there_is_one_key_and_the_value_is_also_the_input(where, capsys) -> None:
    write = "sh -c 'cat > {dir}/x.new && sync {dir}/x.new && mv {dir}/x.new {dir}/x && sync {dir}'"
    read = "sh -c 'test -e {dir}/x || exit 3; cat {dir}/x'"
    assert command(["run", "--write", write, "--read", read, "--model", "ext4-ordered", "--json", "o.json"]) == 0
    syncs = json.loads((where / "o.json").read_text())["models"]["ext4-ordered"]["syncs"]
    assert {sync["call"]: sync["needed"] for sync in syncs} == {'fsync("data/x.new")': True, 'fsync("data")': True}


@pytest.mark.parametrize(("key", "noted"), [("${key}", True), ("{key}", False), ("", False)])
def test_who_leaves_the_key_to_the_shell_is_told_that_there_are_none(monkeypatch, capsys, key, noted) -> None:
    monkeypatch.setattr(run_command, "_judged", lambda commands, options: Report({}, 0))
    assert command(["run", "--write", f"cp {{file}} {{dir}}/{key}", "--read", f"cat {{dir}}/{key}"]) == 0
    assert ("no keys were tried" in capsys.readouterr().err) == noted


@linux
def test_when_the_time_is_over_the_report_is_of_what_was_seen(where, capsys) -> None:
    assert command([*given("replace"), "--time-limit", "0", "--json", "o.json"]) == 2
    report = json.loads((where / "o.json").read_text())
    assert report["verdict"] == "cannot judge"
    assert report["models"]["posix-worst"]["why"] == ["the time limit was reached"]


@linux
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_a_report_and_no_files(sent, where) -> None:
    words = [sys.executable, "-c", "from storage_conformance.crash.cli import main; main()", *given("replace")]
    with subprocess.Popen([*words, "--json", "o.json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not list(where.glob("store-crash-*/scratch/strace.log")):  # it has begun to record
            assert process.poll() is None
        process.send_signal(sent)
        process.communicate()
    assert process.returncode == 2
    assert json.loads((where / "o.json").read_text())["models"]["posix-worst"]["why"] == ["interrupted"]
    assert [path.name for path in where.iterdir()] == ["o.json"]


@linux
def test_a_run_that_could_not_begin_leaves_no_report(where, capsys) -> None:
    assert command([*given("replace")[:-2], "--read", "false {dir} {key}", "--json", "o.json"]) == 2
    assert line(capsys).startswith("store-crash: ")
    assert not list(where.iterdir())
    assert command([*given("replace"), "--json", "nowhere/o.json"]) == 2
    assert line(capsys) == "store-crash: nowhere/o.json cannot be written: No such file or directory\n"


def test_memory_and_systems_without_strace_are_refused(monkeypatch, capsys, where) -> None:
    monkeypatch.setattr(run_places, "file_system", lambda path: "tmpfs")
    assert command(given("naive")) == 2
    assert "lies in memory (tmpfs)" in line(capsys)
    monkeypatch.undo()
    monkeypatch.chdir(where)
    monkeypatch.setattr(strace.sys, "platform", "darwin")
    assert command(given("naive")) == 2
    assert "only Linux has" in line(capsys)


@linux
def test_where_strace_may_not_attach_its_reason_is_told(where, monkeypatch, capsys) -> None:
    fake = where / "bin" / "strace"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho 'strace: ptrace(PTRACE_TRACEME): Operation not permitted' >&2; exit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")
    assert command(given("naive")) == 2
    assert "strace cannot follow a program here: strace: ptrace(PTRACE_TRACEME)" in line(capsys)
