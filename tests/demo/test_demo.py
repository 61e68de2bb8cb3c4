"""The demo: it ends, a store that is wrong is told from a right one, and its page stands alone.

`make demo` holds the tree to every law; here a part of them has to do, so that the tests stay short.
"""

import os
import re
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from storage_combinators import Cache, Memory, Null
from storage_conformance import LAWS, judge
from storage_conformance.laws.combinators import COMBINATOR_LAWS
from storage_conformance.laws.combinators.judging import judge_combinator

DEMO = Path(__file__).parents[2] / "demo"
FIRST = {law.kind: law for law in reversed(COMBINATOR_LAWS)}  # one of each family
SOME = [*FIRST.values(), *(law for law in LAWS if law.group == "histories")]
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # moto and its server close their sockets late


@pytest.fixture
def run(monkeypatch, tmp_path):
    """The module of the demo, to run in a fresh folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(DEMO))
    import run as demo

    yield demo
    for name in [file.stem for file in DEMO.glob("*.py")]:
        sys.modules.pop(name, None)


def only(monkeypatch, run, *numbers):
    """Leave these steps alone."""
    monkeypatch.setattr(run, "STEPS", tuple(run.STEPS[number - 1] for number in numbers))


def test_a_small_variant_runs_to_its_end_and_its_page_stands_alone(run, monkeypatch, capsys):
    import traced
    import twins

    monkeypatch.setattr(twins, "judge", partial(judge, laws=SOME))
    monkeypatch.setattr(traced, "LAWS", [law for law in LAWS if law.group == "get and put"][:1])
    monkeypatch.setattr(traced, "judge_combinator", partial(judge_combinator, laws=SOME))
    assert run.main(["--zones", "20", "--kills", "2"]) == 0, capsys.readouterr().out
    said = capsys.readouterr().out
    assert "20 zones, 21 requests; the second pass: 0; 20 copies on S3" in said
    assert "2 kills: nothing lost, nothing torn" in said
    page = Path("build/demo/index.html").read_text("utf-8")
    assert "does not hold" not in page
    for name, _ in run.STEPS:
        assert name in page
    assert not re.search(r"https?://(?!127\.0\.0\.1)|//[a-z]|<link|<script|@import|src=", page)
    for place in (str(DEMO.parent), str(Path.cwd()), str(Path.home()), "/tmp/", "/dev/shm"):
        assert place not in page
    alone = subprocess.run([sys.executable, "build/demo/caught.py"], capture_output=True, text=True, cwd="/")
    assert alone.returncode != 0


def test_a_cache_that_keeps_nothing_is_told(run, monkeypatch, capsys):
    monkeypatch.setattr(Cache, "_filled", lambda cache, ref: cache.slow.get(ref))
    only(monkeypatch, run, 1, 2)
    assert run.main(["--zones", "5"]) == 1
    assert "DOES NOT HOLD" in capsys.readouterr().out
    assert "does not hold" in Path("build/demo/index.html").read_text("utf-8")


def test_a_tree_that_lost_its_records_is_told(run, monkeypatch, capsys):
    import killing

    monkeypatch.setattr(killing, "tree", lambda folder: Memory())
    only(monkeypatch, run, 3)
    assert run.main(["--zones", "5", "--kills", "1"]) == 1
    assert "every acknowledged record is there: not so" in " ".join(capsys.readouterr().out.split())


def test_a_record_that_is_torn_is_told(run, monkeypatch, capsys):
    import killing

    whole = killing.record
    monkeypatch.setattr(killing, "record", lambda number: whole(number) | {"table": []})
    only(monkeypatch, run, 3)
    assert run.main(["--zones", "5", "--kills", "1"]) == 1
    assert "no record is torn: not so" in " ".join(capsys.readouterr().out.split())


def test_ctrl_c_is_heard_also_where_a_writer_cannot_be_started(run):
    import killing

    @killing.ctrl_c_later()
    def start() -> None:
        signal.raise_signal(signal.SIGINT)
        raise OSError("no memory for one process more")

    with pytest.raises(KeyboardInterrupt):
        start()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_twin_that_answers_otherwise_is_told(run, monkeypatch, capsys):
    import twins

    monkeypatch.setattr(twins, "twin", lambda tree: Null())
    only(monkeypatch, run, 4)
    assert run.main([]) == 1
    assert "the twin answers as the tree does: not so" in " ".join(capsys.readouterr().out.split())


def test_a_tree_that_breaks_a_law_is_told(run, monkeypatch, capsys):
    import twins

    monkeypatch.setattr(Cache, "put", lambda cache, ref, value: None)
    monkeypatch.setattr(twins, "judge", partial(judge, laws=SOME))
    only(monkeypatch, run, 5)
    assert run.main([]) == 1
    assert "the tree conforms: not so, breaks" in " ".join(capsys.readouterr().out.split())


def test_a_kind_of_node_that_breaks_a_law_of_its_family_is_told(run, monkeypatch, capsys):
    import traced

    monkeypatch.setattr(traced.Queue, "drain", lambda queue, *refs: None)
    only(monkeypatch, run, 6)
    monkeypatch.setattr(traced, "nodes", lambda tree: [traced.Queue(print)])
    assert run.main(["--zones", "5"]) == 1
    assert "Queue conforms: not so" in " ".join(capsys.readouterr().out.split())


def test_a_cache_that_is_not_wrong_is_not_caught(run, monkeypatch, capsys):
    import wrong

    monkeypatch.setattr(wrong.WritesItselfFirst, "put", Cache.put)
    only(monkeypatch, run, 7)
    assert run.main([]) == 1
    assert "the wrong cache is caught: not so" in " ".join(capsys.readouterr().out.split())


def test_a_store_that_raises_is_told(run, monkeypatch, capsys):
    monkeypatch.setattr(Cache, "get", lambda cache, ref: 1 / 0)
    only(monkeypatch, run, 2)
    assert run.main(["--zones", "5"]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_a_server_that_cannot_be_had_is_one_line(run, monkeypatch, capsys):
    def no_port(records):
        raise OSError("no port is free")

    monkeypatch.setattr(run, "api", no_port)
    assert run.main([]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("step", ["1. One tree", "2. Used", "3. Killed", "5. The suite"])
def test_ctrl_c_says_where_it_was_and_leaves_nothing_running(tmp_path, step):
    command = [sys.executable, "-u", str(DEMO / "run.py"), "--zones", "20", "--kills", "3"]
    with Popen(command, stdout=PIPE, stderr=PIPE, text=True, cwd=tmp_path, start_new_session=True) as demo:
        try:
            assert any(step in line for line in demo.stdout)
            demo.send_signal(signal.SIGINT)
            _, told = demo.communicate(timeout=60)
        finally:
            demo.kill()
    assert demo.returncode == 130, told
    assert told.count("\n") == 2
    assert "stopped by Ctrl-C in: " in told
    assert "Traceback" not in told
    with pytest.raises(ProcessLookupError):
        os.killpg(demo.pid, 0)


def test_without_an_extra_it_says_in_one_line_what_to_install(tmp_path):
    (tmp_path / "rich.py").write_text("raise ModuleNotFoundError(name='rich')\n")
    command = [sys.executable, str(DEMO / "run.py")]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(tmp_path)}, cwd=tmp_path
    )
    assert done.returncode == 2
    assert done.stderr.startswith("demo: rich is missing")
    assert done.stderr.count("\n") == 1


def test_positions_are_read_in_degrees(monkeypatch):
    monkeypatch.syspath_prepend(str(DEMO))
    from zones import degrees

    assert degrees("+5230+01322") == (52.5, 13.3667)
    assert degrees("-0513-08040") == (-5.2167, -80.6667)
    assert degrees("-690022+0393524") == (-69.0061, 39.59)
