"""Commands of users: output caught, and a Python program runs in a fork as it would by itself."""

import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest

from storage_conformance.crash.readers import SERVER, Programs, Stopped, python_program


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
    made = Programs(tmp_path, seconds=0.2)
    assert made.run(["sh", "-c", "exec sleep 60"], tmp_path).status == 124
    made.seconds = 30.0
    assert (made._patience(False), made._patience(True)) == (2.0, 30.0)  # a writer is given input, and has not hung
    assert made.run(["sh", "-c", "exec sleep 60"], tmp_path).status == 124
    made.hung.add(True)
    made.learn(2.5, writer=True)
    assert (made._patience(False), made._patience(True)) == (2.0, 25.0)
    assert made.run(["sleep", "2.5"], tmp_path, script(tmp_path, "", "input")).status == 0


def test_a_program_that_answers_as_one_that_hung_has_not(programs, tmp_path) -> None:
    for words in (["sh", "-c", "exit 124"], [sys.executable, str(script(tmp_path, "raise SystemExit(124)"))]):
        assert programs.run(words, tmp_path).status == 124
    assert (programs.hung, programs.longest[False] > 0) == (set(), True)


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


@pytest.mark.parametrize(
    "options", [["-W", "ignore"], ["-Wignore"], ["-X", "utf8", "-I"], ["-bW", "ignore"]], ids=" ".join
)
def test_options_with_an_argument_are_the_interpreter_s(programs, tmp_path, options) -> None:
    path = script(tmp_path, "import warnings; warnings.warn('told'); print('here')")
    ran = programs.run([sys.executable, *options, str(path)], tmp_path)
    assert (ran.printed, "told" in ran.said) == (b"here\n", "-X" in options)
    assert len(programs.started) == (options[0] != "-bW")  # written together they are left to the interpreter


def test_a_server_that_dies_costs_no_answer(programs, tmp_path) -> None:
    words = [sys.executable, str(script(tmp_path, "print('here')"))]
    programs.run(words, tmp_path)
    programs.started[0].process.kill()
    programs.started[0].process.wait()
    assert programs.run(words, tmp_path).printed == b"here\n"


IMPORTS = {
    "prints": ("print('hello')", "1", "hello\n1"),
    "prints past Python": ("os.system('echo hello')", "1", "hello\n1"),
    "reads its input": ("held = sys.stdin.readline()", "installed.held == ''", "True"),
    "reads arguments": ("held = sys.argv[1:]", "installed.held", "['argument']"),
    "keeps its output": ("def held(out=sys.stdout): return out is sys.stdout", "installed.held()", "True"),
    "keeps its process": ("held = os.getpid()", "installed.held == os.getpid()", "True"),
    "starts a thread": (
        "from concurrent.futures import ThreadPoolExecutor\nheld = ThreadPoolExecutor(1)\nheld.submit(int).result()",
        "installed.held.submit(int).result()",
        "0",
    ),
    "has a folder of its own": (
        "import tempfile\nheld = tempfile.TemporaryDirectory()",
        "os.path.isdir(installed.held.name)",
        "True",
    ),
    "adds a place": ("sys.path.insert(0, '/added')", "'/added' in sys.path", "True"),
    "has a place that is no string": ("import pathlib\n__spec__.origin = pathlib.Path('/x')", "1", "1"),
}


@pytest.mark.parametrize("case", IMPORTS)
def test_a_module_of_the_user_is_imported_anew_in_every_run(programs, tmp_path, monkeypatch, case) -> None:
    text, expression, printed = IMPORTS[case]
    (tmp_path / "lib").mkdir()
    script(tmp_path / "lib", f"import os, sys\n{text}", "installed.py")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    words = [sys.executable, str(script(tmp_path, f"import installed, os, sys\nprint({expression})")), "argument"]
    runs = [programs.run(words, tmp_path) for _ in range(3)]
    assert [(ran.status, ran.printed.decode().strip()) for ran in runs] == [(0, printed)] * 3
    assert len(programs.started) == 1


def test_a_package_beside_the_program_hides_one_that_is_installed(programs, tmp_path, monkeypatch) -> None:
    for place in ("lib", "prog"):
        (tmp_path / place / "mystore").mkdir(parents=True)
        for name in ("__init__.py", "slots.py"):
            script(tmp_path / place / "mystore", f"held = {place!r}", name)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    program = script(tmp_path / "prog", "import mystore, mystore.slots\nprint(mystore.held, mystore.slots.held)")
    ran = [programs.run([sys.executable, str(program)], tmp_path).printed for _ in range(3)]
    assert (ran, len(programs.started)) == ([b"prog prog\n"] * 3, 1)


def test_a_module_of_the_program_hides_one_of_the_standard_library(programs, tmp_path) -> None:
    (tmp_path / "lib").mkdir()
    script(tmp_path / "lib", "held = 'own'", "queue.py")
    first = f"import sys\nsys.path.insert(0, {str(tmp_path / 'lib')!r})\n"
    text = "import concurrent.futures.thread, queue\nprint(queue.held)"
    (tmp_path / "lib" / "beside.py").write_text(text)
    beside, elsewhere = tmp_path / "lib" / "beside.py", script(tmp_path, first + text)
    for program in (beside, elsewhere):
        assert [programs.run([sys.executable, str(program)], tmp_path).printed for _ in range(3)] == [b"own\n"] * 3
    assert python_program([sys.executable, str(beside)]) is None


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
@pytest.mark.parametrize("threads", [0, 1])
def test_numpy_is_imported_once_more_for_all_later_runs_unless_it_has_threads(
    programs, tmp_path, monkeypatch, threads
) -> None:
    site, log = tmp_path / "site-packages", tmp_path / "log"
    (site / "numpy").mkdir(parents=True)
    start = "threading.Thread(target=time.sleep, args=(99,), daemon=True).start()\n" * threads
    script(site / "numpy", f"import threading, time\n{start}from . import random", "__init__.py")
    held = f"open({str(log)!r}, 'a').write('imported ')\ndef seed(): global seeded; seeded = True\nseeded = False"
    script(site / "numpy", held, "random.py")
    monkeypatch.setenv("PYTHONPATH", str(site))
    words = [sys.executable, str(script(tmp_path, "import numpy\nprint(numpy.random.seeded)"))]
    printed = [programs.run(words, tmp_path).printed for _ in range(4)]
    assert printed == ([b"False\n"] * 4 if threads else [b"False\n"] + [b"True\n"] * 3)
    assert log.read_text().count("imported") == (4 if threads else 2)


INERT = """
import os, runpy, signal, sys, threading, warnings
def around():
    handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}
    return os.getcwd(), dict(os.environ), sys.argv[:], sys.path[:], threading.active_count(), handlers
warnings.simplefilter("ignore")
active, before = runpy.run_path(sys.argv[1])["ACTIVE"], around()
for name in sorted(sys.stdlib_module_names - active):
    try:
        __import__(name)
    except ImportError:
        pass
    if around() != before:
        print(name)
        before = around()
"""


def test_modules_of_the_standard_library_do_nothing_but_be_imported() -> None:
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", INERT, str(SERVER)], capture_output=True, text=True, check=True
    )
    assert ran.stdout == ""


ODD = {
    "a module that cannot be asked": "class Odd:\n  def __getattr__(self, name): raise SystemError(name)\n"
    "sys.modules['queue'] = sys.modules['odd'] = Odd()",
    "no module": "sys.modules['queue'] = sys.modules['odd'] = None",
    "no __main__": "del sys.modules['__main__']",
    "descriptors that are closed": "os.closerange(3, 99)",
    "pipes that nobody reads": "os.closerange(3, 99)\nfor _ in range(20): os.write(os.pipe()[1], b'x' * 65536)",
    "a pipe that tells something else": "for n in range(3, 99):\n  try: os.write(n, b'[1]')\n  except OSError: pass",
}


@pytest.mark.parametrize("case", ODD)
def test_what_is_told_of_imports_changes_no_status(programs, tmp_path, case) -> None:
    words = [sys.executable, str(script(tmp_path, f"import os, sys\n{ODD[case]}\nprint('ran')"))]
    runs = [programs.run(words, tmp_path) for _ in range(3)]
    assert [(ran.status, ran.printed, ran.said) for ran in runs] == [(0, b"ran\n", "")] * 3
    assert [server.process.poll() for server in programs.started] == [None]


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
