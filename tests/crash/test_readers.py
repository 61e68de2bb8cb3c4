"""Commands of users: words filled in, output caught, and a Python program runs in a fork as it would by itself."""

import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest

from storage_conformance.crash.readers import BadCommand, Command, Programs, Stopped, python_program


@pytest.fixture
def programs(tmp_path):
    made = Programs(tmp_path, seconds=20)
    yield made
    made.close()


def script(tmp_path: Path, text: str, name: str = "script.py") -> Path:
    path = tmp_path / name
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_words_are_split_as_a_shell_would_and_names_filled_in_inside_of_them() -> None:
    command = Command.parse("""env 'a b={dir}/{key}' "{file}{file}" {} '{print $1}'""", "--write")
    assert command.filled(dir="/d", key="k", file="f") == ["env", "a b=/d/k", "ff", "{}", "{print $1}"]
    assert command.has("key")
    shell = Command.parse("sh -c 'key={key}; cat ${key} ${file}'", "--read")
    assert shell.filled(dir="/{key}", key="{dir}") == ["sh", "-c", "key={dir}; cat ${key} ${file}"]
    assert not shell.has("file")
    assert not Command.parse("env", "--read").has("key")


@pytest.mark.parametrize(("option", "name"), [("--read", "file"), ("--setup", "key"), ("--setup", "file")])
def test_a_name_that_is_not_filled_in_is_refused_and_that_of_a_shell_is_not(option, name) -> None:
    with pytest.raises(BadCommand, match=rf"^{option} has \{{{name}\}}, which is not filled in there"):
        Command.parse(f"env x{{{name}}}", option)
    assert Command.parse(f"env x${{{name}}} {{dir}}", option).has("dir")
    assert Command.parse(f"env {{{name}}}", "--write").has(name)


@pytest.mark.parametrize("text", ["", "  ", "'open", "no-such-program-anywhere x"])
def test_a_command_that_cannot_be_run_names_its_option(text) -> None:
    with pytest.raises(BadCommand, match="--write") as caught:
        Command.parse(text, "--write")
    assert "\n" not in str(caught.value)


PROGRAM = """
import atexit, os, sys, threading
mine = sorted(name for name in globals() if name[0] != "_")
sys.stdout.write(f"{__name__} {sys.argv[1:]} {os.path.basename(__file__)} {mine}")
sys.stdout.write(f" {sys.path[0]} {sys.stdin.read()!r} {sys.flags.optimize} {__doc__}")
atexit.register(print, "at exit")
threading.Thread(target=lambda: (threading.main_thread().join(), print("thread"))).start()
kept = open(sys.argv[1], "w")
kept.write("flushed by nobody but the end")
ENDING
"""
ENDINGS = {
    "": 0,
    "sys.exit(3)": 3,
    "sys.exit()": 0,
    "sys.exit('told')": 1,
    "raise ValueError('broken')": 1,
    "os._exit(7)": 7,
    "os.kill(os.getpid(), 9)": 137,
    "sys.exit(-1)": 255,
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("options", [(), ("-I", "-O")])
def test_a_fork_runs_a_program_as_its_interpreter_would(programs, tmp_path, ending, options) -> None:
    path, held = script(tmp_path, PROGRAM.replace("ENDING", ending)), tmp_path / "held"
    given = script(tmp_path, "the value", "given")
    words = [sys.executable, *options, str(path), str(held), "two words"]
    with given.open("rb") as source:
        plain = subprocess.run(words, stdin=source, capture_output=True)
    expected = held.read_text()
    held.unlink()
    assert python_program(words)
    ran = programs.run(words, tmp_path, given)
    assert len(programs.started) == 1
    assert ran.status == plain.returncode % 256 if plain.returncode >= 0 else 128 - plain.returncode
    assert ran.status == ENDINGS[ending]
    assert ran.printed == plain.stdout
    assert held.read_text() == expected
    assert ran.said.splitlines()[-1:] == plain.stderr.decode().splitlines()[-1:]


def test_modules_run_in_a_fork_too(programs, tmp_path) -> None:
    ran = programs.run([sys.executable, "-m", "json.tool", "--compact", str(script(tmp_path, "[1, 2]"))], tmp_path)
    assert (ran.status, ran.printed, len(programs.started)) == (0, b"[1,2]\n", 1)


def test_a_script_with_a_shebang_of_python_runs_in_a_fork(programs, tmp_path) -> None:
    path = script(tmp_path, f"#!{sys.executable} -I\nimport sys\nprint(sys.flags.isolated, *sys.argv[1:])")
    ran = programs.run([str(path), "x"], tmp_path)
    assert (ran.status, ran.printed, len(programs.started)) == (0, b"1 x\n", 1)


def test_each_run_starts_from_nothing(programs, tmp_path) -> None:
    text = "import json, harness\nprint(harness.count, json.__dict__.get('mark'))\nharness.count = json.mark = 1"
    script(tmp_path, "count = 0", "harness.py")
    words = [sys.executable, str(script(tmp_path, text))]
    assert [programs.run(words, tmp_path).printed for _ in range(3)] == [b"0 None\n"] * 3
    assert len(programs.started) == 1


def test_the_end_of_the_standard_library_says_nothing(programs, tmp_path) -> None:
    (tmp_path / "own.py").write_text("import logging\nlogging.getLogger().addHandler(logging.StreamHandler())\n")
    program = script(tmp_path, "import own, sys\nsys.exit(3)")
    ran = programs.run([sys.executable, str(program)], tmp_path)
    assert (ran.status, ran.said) == (3, "")


@pytest.mark.parametrize("words", [["sh", "-c", "exec sleep 60"], [sys.executable, "SCRIPT"]])
def test_a_program_that_does_not_end_is_ended(tmp_path, words) -> None:
    path = script(tmp_path, "import time\ntime.sleep(60)")
    made = Programs(tmp_path, seconds=0.3)
    try:
        assert made.run([word.replace("SCRIPT", str(path)) for word in words], tmp_path).status == 124
        assert made.run([sys.executable, "-c", "print(1)"], tmp_path).status in (0, 124)
    finally:
        made.close()


def test_where_one_program_has_hung_others_are_not_waited_for_as_long(tmp_path) -> None:
    made = Programs(tmp_path, seconds=2.5)
    assert made.run(["true"], tmp_path).status == 0
    assert (made.seconds, made.longest > 0) == (2.5, True)
    made.longest = 0.01
    assert made.run(["sh", "-c", "exec sleep 60"], tmp_path).status == 124
    assert made.seconds == 2.0


def test_a_program_whose_time_is_over_with_that_of_all_has_not_hung(tmp_path) -> None:
    made = Programs(tmp_path, end=monotonic())
    with pytest.raises(Stopped):
        made.run(["sh", "-c", "exec sleep 60"], tmp_path)


def test_other_programs_run_by_themselves(programs, tmp_path) -> None:
    ran = programs.run(["sh", "-c", "cat; echo oops >&2; exit 5"], tmp_path, script(tmp_path, "input"))
    assert (ran.status, ran.printed, ran.said) == (5, b"input", "oops")
    assert not programs.started
    assert python_program([sys.executable, "-c", "print(1)"]) is None
    assert python_program(["sh", "x.py"]) is None


def test_a_server_that_dies_costs_no_answer(programs, tmp_path) -> None:
    words = [sys.executable, str(script(tmp_path, "print('here')"))]
    programs.run(words, tmp_path)
    programs.started[0].process.kill()
    programs.started[0].process.wait()
    assert programs.run(words, tmp_path).printed == b"here\n"


IMPORTS = {
    "an installed module is imported once more, for all later runs": ("count = 0", ["ran"] * 4, (2,)),
    "a module that prints does so in every run": ("print('hello')", ["hello\nran"] * 4, (5,)),
    "a module that starts a thread has it in every run": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
        ["ran"] * 4,
        (4,),
    ),
    "a module that wants arguments is left to the program": (
        "import sys\nsys.argv[1]",
        ["ran"] * 4,
        (7, 8),
    ),
}


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
@pytest.mark.parametrize("case", IMPORTS)
def test_what_a_program_imports_is_the_same_in_every_run(tmp_path, monkeypatch, case) -> None:
    text, printed, imports = IMPORTS[case]
    (tmp_path / "lib").mkdir()
    (tmp_path / "log").touch()
    script(tmp_path / "lib", f"open({str(tmp_path / 'log')!r}, 'a').write('imported ')\n{text}", "installed.py")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    words = [sys.executable, str(script(tmp_path, "import installed\nprint('ran')")), "argument"]
    made = Programs(tmp_path, seconds=20)
    try:
        assert [made.run(words, tmp_path).printed.decode().strip() for _ in range(4)] == printed
    finally:
        made.close()
    assert (tmp_path / "log").read_text().count("imported") in imports


def test_libraries_of_numbers_start_no_threads_unless_the_user_said_how_many(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    names = "'OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS'"
    words = [sys.executable, str(script(tmp_path, f"import os\nprint(*map(os.environ.get, ({names})))"))]
    made = Programs(tmp_path, seconds=20)
    try:
        assert made.run(words, tmp_path).printed == b"3 1\n"
    finally:
        made.close()


def test_a_module_of_the_program_hides_one_that_is_installed(programs, tmp_path) -> None:
    script(tmp_path, "held = 'own'", "lmdb.py")
    words = [sys.executable, str(script(tmp_path, "import lmdb\nprint(lmdb.held)"))]
    assert [programs.run(words, tmp_path).printed for _ in range(3)] == [b"own\n"] * 3
