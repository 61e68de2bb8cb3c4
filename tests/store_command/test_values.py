"""store get, put, delete, ls: bytes in and out, the exit statuses, one line for what is wrong."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage_combinators import Disk, Json, Memory, Ref, SQLite
from storage_combinators.edges.http_server import serve
from store_command.conftest import STORE

ROOT = Path(__file__).parents[2]
EVERY_BYTE = bytes(range(256)) * 10


def test_bytes_come_back_as_they_went(run, tmp_path):
    assert run("put", "data", "a/b", value=EVERY_BYTE).returncode == 0
    done = run("get", "data", "/a/b")
    assert (done.stdout, done.stderr, done.returncode) == (EVERY_BYTE, b"", 0)
    assert Disk(tmp_path / "data").get(Ref("a", "b")) == EVERY_BYTE
    (tmp_path / "value").write_bytes(b"from a file")
    assert run("put", "file:data", "a/b", "value").returncode == 0
    assert run("get", f"file://{tmp_path}/data", "a/b").stdout == b"from a file"


def test_nothing_there_is_1_and_one_line(run):
    done = run("get", "data", "a")
    assert (done.stdout, done.returncode) == (b"", 1)
    assert done.stderr == b"store: nothing at Ref('a')\n"


def test_delete_of_what_is_and_of_what_is_not(told, tmp_path):
    Disk(tmp_path / "data").put(Ref("a"), b"1")
    for _ in range(2):
        assert told("delete", "data", "a") == (0, b"", "")
    assert not list(Disk(tmp_path / "data").refs(Ref()))


def test_ls_lists_one_level_or_all(told, tmp_path):
    store = Disk(tmp_path / "data")
    for ref in (Ref("a"), Ref("a", "b"), Ref("c", "d", "e"), Ref("line\nend")):
        store.put(ref, b"")
    assert sorted(told("ls", "data", "-0")[1].split(b"\0")) == [b"", b"a", b"c", b"line\nend"]
    assert sorted(told("ls", "data", "c", "--all")[1].splitlines()) == [b"c/d/e"]
    assert sorted(told("ls", "data", "/", "-a", "-0")[1].split(b"\0")) == [b"", b"a", b"a/b", b"c/d/e", b"line\nend"]
    assert told("ls", "data", "nowhere") == (0, b"", "")


BAD = [
    (["get", "data"], "Missing argument"),
    (["get", "data", "../x"], "is no ref"),
    (["get", "data", "a//b"], "is no ref"),
    (["get", "nope://x", "a"], "no store is called nope"),
    (["get", "", "a"], "an empty text names no store"),
    (["get", "nope.py:make", "a"], "makes no store: FileNotFoundError"),
    (["get", "nope.nope:make", "a"], "no store is called nope.nope"),
    (["get", "no_such:make", "a"], "no store is called no_such: there are memory"),
    (["get", "x:make", "a"], "no store is called x: there are memory"),
    (["get", "os:nope", "a"], "the module os has no nope; and as a URL: no store is called os"),
    (["get", "http:nope", "a"], "the module http has no nope; and as a URL: this http URL is malformed"),
    (["get", "os:sep", "a"], "a str is no store, and no factory of one"),
    (["get", "textwrap:fill", "a"], "this factory wants text: name one that wants nothing"),
    (["get", "os:getpid", "a"], "os:getpid makes no store: TypeError: a int"),
    (["get", "nope.toml", "a"], "nope.toml: No such file"),
    (["put", "data", "a", "nope.bin"], "nope.bin: No such file"),
    (["put", "data", "a", "."], "Is a directory"),
    (["put", "null:x", "a", "/dev/null"], "nothing comes after null:"),
    (["get", "redis://:hunter2hunter2@127.0.0.1:1/0", "a"], "ConnectionError"),
    (["get", "s3://me:hunter2hunter2@", "a"], "write s3://bucket"),
    (["get", "http://me:hunter2hunter2@127.0.0.1:1/", "a"], "Connect"),
    (["redis://:hunter2hunter2@127.0.0.1:1/0", "get", "a"], "No such command"),
    (["get", "memory:", "a", "redis://me:hunter2hunter2@127.0.0.1:1/0"], "unexpected extra argument"),
    (["s3://me:hunter2/hunter2@bucket", "get", "a"], "No such command"),
    (["get", "s3://me:hunter2/hunter2@bucket", "a"], "s3"),
    (["get", "fsspec+ftp://me:hunter2/hunter2@127.0.0.1:1/x", "a"], "Port"),
    (["get", "memory:", "a", "--as", "xml"], "Invalid value"),
    (["nope"], "No such command"),
    ([], "Missing command"),
    (["trace", "memory:", "post", "a"], "Invalid value"),
    (["trace", "memory:", "get", "a", "--times", "0"], "Invalid value"),
    (["serve", "memory:", "--port", "99999"], "Invalid value"),
    (["sync", "memory:"], "Missing argument"),
]


@pytest.mark.parametrize(("words", "said"), BAD, ids=range(len(BAD)))
def test_what_is_wrong_is_one_line_and_2(told, words, said):
    status, out, err = told(*words)
    assert (status, out) == (2, b"")
    assert said in err
    assert err.startswith("store: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert "hunter2" not in err


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("PWD", "{folder}", True),
        ("OLDPWD", "{folder}", True),
        ("TOKEN_FILE", "{folder}", True),
        ("SHOW_TOKENS", "file", True),
        ("PASS_LIMIT", "1000", True),
        ("DB_PWD", "hunter2", False),
        ("A_SECRET", "correcthorse", False),
        ("API_TOKEN", "/of/base64+", False),
    ],
)
def test_what_is_said_is_cut_where_a_secret_stands_and_nowhere_else(run, tmp_path, name, value, shown):
    text = value.format(folder=tmp_path)
    (tmp_path / "mine.py").write_text(f"def make(): raise OSError('it is ' + {text!r})\n")
    said = run("get", "mine.py:make", "a", **{name: text}).stderr.decode()
    assert said == f"store: mine.py:make makes no store: OSError: it is {text if shown else '…'}\n"


def test_objects_come_and_go_as_json_or_text_when_that_is_said(run, tmp_path):
    (tmp_path / "t.toml").write_text('tree = { class = "Json", source = "./objects" }')
    assert run("put", "t.toml", "a", "--as", "json", value=b' {"n": [1]} ').returncode == 0
    assert Json(Disk(tmp_path / "objects")).get(Ref("a")) == {"n": [1]}
    assert json.loads(run("get", "t.toml", "a", "--as", "json").stdout) == {"n": [1]}
    for done in (run("get", "t.toml", "a"), run("put", "t.toml", "b", value=b"x")):
        assert done.returncode == 2
        assert b"--as json" in done.stderr
    assert run("get", "env:OF_A_TEST_", "X", "--as", "text", OF_A_TEST_X="käse").stdout == "käse".encode()
    Disk(tmp_path / "bytes").put(Ref("a"), b"1")
    assert b"--as" not in run("get", "bytes", "a", "--as", "json").stderr  # it was just said
    bad = run("put", "t.toml", "a", "--as", "json", value=b"{")
    assert (bad.returncode, bad.stderr.count(b"\n")) == (2, 1)


def test_a_factory_in_a_module_or_a_file_of_this_folder(run, tmp_path):
    (tmp_path / "mine.py").write_text(
        "from neighbour import path\nfrom storage_combinators import Disk\n"
        "def make(): return Disk(path)\nready = make()\nbroken = lambda: 1 / 0\n"
        "def plain(): return {'a': b'in a dictionary'}\n"
        "class Mine(dict): pass\n"
    )
    (tmp_path / "neighbour.py").write_text("path = 'here'\n")
    assert run("put", "mine:make", "a", value=b"x").returncode == 0
    assert run("get", "mine.py:make", "a").stdout == b"x"
    assert run("get", "./mine.py:ready", "a").stdout == b"x"
    assert run("get", "mine:plain", "a").stdout == b"in a dictionary"
    assert run("put", "mine:Mine", "a", value=b"x").returncode == 0
    done = run("get", "mine:broken", "a")
    assert (done.returncode, done.stderr) == (
        2,
        b"store: mine:broken makes no store: ZeroDivisionError: division by zero\n",
    )


def test_a_script_that_ends_the_program_is_no_store(told, tmp_path):
    (tmp_path / "script.py").write_text("raise SystemExit('all done')\n")
    for tree in ("script.py:make", "script:make"):
        assert told("get", tree, "a") == (2, b"", f"store: {tree} makes no store: SystemExit: all done\n")


def test_a_terminal_is_sent_no_commands(tmp_path):
    Disk(tmp_path / "data", "kill").put(Ref("a", "\x1b[31mred"), "\x1b]0;title\x07 \x9b2J \x00 käse\n".encode())
    for command, seen in (
        (["get", "data", "a/\x1b[31mred"], "?]0;title? ?2J ? käse"),
        (["ls", "data", "a"], "a/?[31mred"),
    ):
        here, there = os.openpty()
        try:
            subprocess.run([STORE, *command], stdout=there, cwd=tmp_path, check=True)
            assert os.read(here, 1000).decode() == f"{seen}\r\n"
        finally:
            os.close(here)
            os.close(there)


def test_without_standard_output_only_what_has_something_to_say_fails(tmp_path):
    def done(*words: str, without: str = ">&-") -> tuple[int, bytes]:
        ended = subprocess.run(
            ["sh", "-c", f'exec "$@" {without}', "sh", STORE, *words], capture_output=True, cwd=tmp_path, check=False
        )
        return ended.returncode, ended.stdout + ended.stderr

    assert done("put", "data", "a", STORE) == (0, b"")
    assert done("get", "data", "a") == (2, b"store: standard output is closed\n")
    assert done("get", "nope://x", "a", without="2>&-") == (2, b"")


def test_what_a_timeout_gave_up_on_does_not_keep_the_command(tmp_path):
    (tmp_path / "hangs.py").write_text(
        "from threading import Event\ndef ever(verb, ref):\n    if verb == 'get': Event().wait()\n"
    )
    (tmp_path / "t.toml").write_text(
        '[tree]\nclass = "Timeout"\nseconds = 0.05\n'
        'executor = { class = "concurrent.futures:ThreadPoolExecutor" }\n'
        'source = { class = "Failing", source = "./data", before = "hangs:ever" }\n'
    )
    code = "import sys\nfrom storage_combinators.edges import cli\ncli.GRACE = 0.1\ncli.main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "get", "t.toml", "a"], capture_output=True, cwd=tmp_path, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (2, b"store: TimeoutError: get of Ref('a') took longer than 0.05 s\n")


def test_a_write_back_tree_is_written_when_the_command_is_done(run, tmp_path):
    (tmp_path / "t.toml").write_text('tree = { class = "WriteBack", fast = "Memory", slow = "sqlite:t.db" }')
    assert run("put", "t.toml", "a", value=b"x").returncode == 0
    assert SQLite(tmp_path / "t.db").get(Ref("a")) == b"x"
    assert run("delete", "t.toml", "a").returncode == 0
    assert not list(SQLite(tmp_path / "t.db").refs(Ref()))


def test_a_refusal_is_told_with_its_reason(run, tmp_path):
    (tmp_path / "t.toml").write_text('tree = { class = "ReadOnly", source = "memory:" }')
    done = run("put", "t.toml", "a", value=b"x")
    assert done.returncode == 2
    assert b"read" in done.stderr.lower()


def test_over_http(run):
    with serve(Memory()) as url:
        assert run("put", url, "a/b", value=EVERY_BYTE).returncode == 0
        assert run("get", url, "a/b").stdout == EVERY_BYTE
        assert run("ls", url).stdout == b"a\n"
        assert run("get", url, "b").returncode == 1


def test_a_reader_who_has_enough_ends_it_quietly(tmp_path):
    store = Disk(tmp_path / "data", "kill")
    for number in range(50):
        store.put(Ref(f"{number:040}" * 40), b"")
    for command in (["ls", "data"], ["get", "data", "big"]):
        store.put(Ref("big"), bytes(2**20))
        with subprocess.Popen(
            [STORE, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
        ) as process:
            process.stdout.read(1)
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(60) == 0


def test_ctrl_c_is_one_line(tmp_path):
    slow = "import time\ndef make():\n    print('waits', flush=True)\n    for _ in range(600): time.sleep(0.1)\n"
    (tmp_path / "slow.py").write_text(slow)  # one long sleep does not heed what comes just before it
    command = [STORE, "get", "slow.py:make", "a"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=60)[1] == b"store: interrupted\n"
        assert process.returncode == 2


def test_without_its_extra_it_says_what_to_install():
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'reference')!r}); sys.argv = ['store', 'ls', 'memory:']\n"
        "from storage_combinators.edges.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, check=False, env=os.environ)
    assert done.returncode == 2
    assert done.stderr == b"store needs more: pip install 'storage-combinators[cli]'\n"


def test_without_standard_input_a_put_says_what_to_name(tmp_path):
    def done(*words: str) -> tuple[int, bytes]:
        put = ["sh", "-c", 'exec "$@" <&-', "sh", STORE, "put", "data", "a", *words]
        ended = subprocess.run(put, capture_output=True, cwd=tmp_path, check=False)
        return ended.returncode, ended.stdout + ended.stderr

    assert done() == done("-") == (2, b"store: standard input is closed: name a FILE\n")
    assert done(STORE) == (0, b"")


def test_ctrl_c_while_it_is_imported_is_one_line():
    code = """
import sys
from storage_combinators.edges.cli import main
class Interrupted:
    def find_spec(self, name, *_):
        if name == "typer":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
main()
"""
    done = subprocess.run([sys.executable, "-c", code, "ls", "memory:"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (2, b"store: interrupted\n")
