"""store tree, trace and serve: what is shown, and how a server ends."""

import json
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from shutil import which

import pytest

from storage_combinators import Disk, Json, Ref
from store_command.conftest import STORE

PAPER = str(Path(__file__).parents[2] / "docs" / "trees" / "paper.toml")
TREE = """
tree = { class = "Cache", fast = "Memory", slow = "json" }
json = { class = "Json", source = "./data" }
"""


@pytest.fixture
def tree(tmp_path) -> str:
    (tmp_path / "t.toml").write_text(TREE)
    Json(Disk(tmp_path / "data", "kill")).put(Ref("a"), {"n": 1})
    return "t.toml"


def test_a_tree_is_drawn_and_nothing_is_connected_to(told):
    assert told("tree", "redis://:hunter2@127.0.0.1:1/0/x")[1] == b"Redis(url='redis://127.0.0.1:1/0/x')\n"
    status, out, _ = told("tree", PAPER)
    assert status == 0
    assert out.decode().splitlines()[:3] == ["Cache", "├── fast: Memory", "└── slow: Mount"]


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("text", b"Cache\n"),
        ("dot", b"digraph {"),
        ("html", b"<!doctype html>"),
        pytest.param("svg", b"<?xml", marks=pytest.mark.skipif(which("dot") is None, reason="there is no program dot")),
    ],
)
def test_forms_of_a_drawing(told, tree, form, begins):
    status, out, err = told("tree", tree, "--format", form)
    assert (status, err) == (0, "")
    assert out.startswith(begins)
    assert told("trace", tree, "get", "a", "--as", "json", "--format", form)[1] != out


def test_without_dot_a_picture_is_refused_in_one_line(run, tree):
    done = run("tree", tree, "--format", "svg", PATH="/nowhere")
    assert (done.returncode, done.stderr) == (
        2,
        b"store: a picture needs the program dot: install Graphviz, or take --format html\n",
    )


def test_a_trace_shows_the_path_and_then_the_tree(told, tree):
    status, out, _ = told("trace", tree, "get", "a", "--as", "json", "--times", "2")
    lines = out.decode().splitlines()
    assert status == 0
    assert [line.split(",")[0] for line in lines[:8]] == [
        "get a → Cache: found",
        "├── get a → fast Memory: missing",
        "├── get a → slow Json: found",
        "│   └── get a → source Disk: found",
        "└── put a → fast Memory: done",
        "get a → Cache: found",
        "└── get a → fast Memory: found",
        "Cache  ← 2× get found; " + lines[7].split("; ")[1],
    ]
    assert lines[-1].startswith("    └── source: Disk(root='data')  ← get found; ")


def test_the_status_of_a_trace_is_that_of_the_verb_and_the_path_is_shown(told, tree):
    status, out, err = told("trace", tree, "get", "nowhere", "--as", "json")
    assert (status, err) == (1, "store: nothing at Ref('nowhere')\n")
    assert "source Disk: missing" in out.decode()
    status, out, _ = told("trace", tree, "get", "nowhere", "--as", "json", "--times", "2")
    assert (status, out.decode().count("get nowhere → Cache: missing")) == (1, 2)
    status, out, err = told("trace", tree, "create", "a", "/dev/null", "--as", "json")
    assert status == 2
    assert err.count("\n") == 1


def test_a_name_with_line_ends_and_commands_to_a_terminal_is_shown_in_one_line(told):
    status, out, err = told("trace", "memory:", "get", "a\nb/\x1b[31m")
    assert out.decode().splitlines()[0].startswith("get a?b/?[31m → Bytes: missing")
    assert (status, err.count("\n")) == (1, 1)
    assert b"\x1b" not in out + err.encode()


def test_a_trace_as_lines(told, tree):
    spans = [json.loads(line) for line in told("trace", tree, "refs", "/", "--format", "json")[1].splitlines()]
    assert [(span["verb"], span["place"], span["refs"]) for span in spans] == [
        ("refs", "", 1),
        ("refs", "slow", 1),
        ("refs", "slow.source", 1),
    ]


@pytest.mark.parametrize(("verb", "after"), [("put", 2), ("merge", 2), ("delete", None), ("remove", None)])
def test_a_traced_write_is_done(run, tree, tmp_path, verb, after):
    assert run("trace", tree, verb, "a", "--as", "json", value=b"2").returncode == 0
    found = [json.loads(Disk(tmp_path / "data").get(ref)) for ref in Disk(tmp_path / "data").refs(Ref())]
    assert found == ([] if after is None else [after])


def test_a_traced_write_back_shows_who_was_written_at_the_end(run, tmp_path):
    (tmp_path / "t.toml").write_text('tree = { class = "WriteBack", fast = "Memory", slow = "./data" }')
    out = run("trace", "t.toml", "create", "a", value=b"x").stdout.decode()
    assert "slow Disk: done" in out
    assert Disk(tmp_path / "data").get(Ref("a")) == b"x"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_prints_its_url_serves_and_ends_with_a_signal(tmp_path, number):
    (tmp_path / "t.toml").write_text('tree = { class = "Json", source = "./data" }')
    command = [STORE, "serve", "t.toml", "--as", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        try:
            url = process.stdout.readline().decode().strip()
            assert url.startswith("http://127.0.0.1:")
            with urllib.request.urlopen(urllib.request.Request(f"{url}a", b"[1]", method="PUT"), timeout=30) as done:
                assert done.status == 204
            with urllib.request.urlopen(f"{url}a", timeout=30) as done:
                assert done.read() == b"[1]"
        finally:
            process.send_signal(number)
            assert process.communicate(timeout=60) == (b"", b"")
    assert process.returncode == 0
    assert Json(Disk(tmp_path / "data")).get(Ref("a")) == [1]


def test_what_fails_in_a_served_tree_is_a_line_of_its_log(tmp_path):
    (tmp_path / "mine.py").write_text(
        "from storage_combinators import Failing, Memory\n"
        "def fails(verb, ref): raise OSError('no way to redis://me:hunter2@127.0.0.1:\\n down')\n"
        "def make(): return Failing(Memory(), fails)\n"
    )
    command = [STORE, "serve", "mine.py:make"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        try:
            url = process.stdout.readline().decode().strip()
            with pytest.raises(urllib.error.HTTPError, match="500"):
                urllib.request.urlopen(f"{url}a", timeout=30)
        finally:
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=60)
    assert (out, err.count(b"\n")) == (b"", 1)
    assert "OSError: no way to redis://…@127.0.0.1: down" in err.decode()


def test_a_port_that_is_taken_is_one_line(run):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("serve", "memory:", "--port", str(taken.getsockname()[1]))
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
