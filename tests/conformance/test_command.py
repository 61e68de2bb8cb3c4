"""store-conform: every option, the exit status, one clear line for bad input."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from storage_combinators import Memory
from storage_conformance import BadSubject, judge
from storage_conformance.command import run
from storage_conformance.masking import masked

STORES = str(Path(__file__).parents[1] / "wrong_stores.py")
FEW = ["--step", "4"]


def test_a_store_that_conforms(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert (
        run(["storage_combinators.leaves.memory:Memory", *FEW, "--json", str(tmp_path / "r.json"), "--seed", "7"]) == 0
    )
    assert "conforms" in capsys.readouterr().out
    report = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert list(report) == ["subject", "verdict", "seed", "step", "seconds", "claims", "laws"]
    assert (report["verdict"], report["seed"], report["step"]) == ("conforms", 7, 4)
    assert list(report["laws"][0]) == ["law", "claim", "verdict", "why", "counterexample", "script", "chapter", "level"]


def test_a_mapping_that_breaks_laws(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    files = {name: str(tmp_path / name) for name in ("json", "html", "junit")}
    assert run(["builtins:dict", *FEW, *(part for name, file in files.items() for part in (f"--{name}", file))]) == 1
    out = capsys.readouterr().out
    assert "a buffer is copied in" in out
    assert "buffer[0] = 0" in out
    cases = ET.parse(files["junit"]).findall(".//testcase")
    assert sum(case.find("failure") is not None for case in cases) == 3
    page = Path(files["html"]).read_text("utf-8")
    assert page.count("<article") == 3
    assert "http" not in page.replace('xmlns="http://www.w3.org/2000/svg"', "")  # nothing is fetched


def test_what_was_broken_in_the_baseline_does_not_count(tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    assert run(["builtins:dict", *FEW, "--json", str(baseline)]) == 1
    assert run(["builtins:dict", *FEW, "--baseline", str(baseline)]) == 0
    report = json.loads(baseline.read_text("utf-8"))
    report["laws"] = [law | {"verdict": "holds", "claim": law["claim"]} for law in report["laws"]]
    baseline.write_text(json.dumps(report), "utf-8")
    assert run(["builtins:dict", *FEW, "--baseline", str(baseline)]) == 1


def test_a_baseline_that_is_incomplete_or_of_another_subject_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline = tmp_path / "baseline.json"
    assert run(["builtins:dict", *FEW, "--time-limit", "0", "--json", str(baseline)]) == 2
    assert run(["builtins:dict", *FEW, "--baseline", str(baseline)]) == 2
    assert run(["builtins:dict", *FEW, "--json", str(baseline)]) == 1
    assert run(["memory:", *FEW, "--baseline", str(baseline)]) == 2
    said = capsys.readouterr().err
    assert "is no baseline: it is incomplete" in said
    assert "is no baseline: it is of builtins:dict" in said


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "sqlite:////no/such/folder/x.db", "http://[::1/x"])
def test_a_store_out_of_reach_is_one_line_and_status_2(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([url, *FEW]) == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 1
    assert "cannot be" in told[0]


@pytest.mark.parametrize("text", ["import sys; sys.exit(0)", "import sys\ndef make(): sys.exit(0)"])
def test_a_subject_that_ends_the_program_does_not_conform(text: str, tmp_path: Path) -> None:
    (tmp_path / "ends_the_program.py").write_text(text)
    command = [str(Path(sys.executable).with_name("store-conform")), "ends_the_program.py:make"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "SystemExit" in done.stderr


def test_no_secret_of_a_url_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.json"
    run(["fsspec+memory://me:SECRET@x?token=SECRET", *FEW, "--json", str(report)])
    told = capsys.readouterr()
    assert "SECRET" not in told.out + told.err + report.read_text("utf-8")


@pytest.mark.parametrize(
    "url", ["s3://b?endpoint=http://me:SECRET@h", "http://h/x#token=SECRET", "redis:me:SECRET@h", "http://[SECRET@h/"]
)
def test_a_url_is_shown_without_its_secrets(url: str) -> None:
    assert "SECRET" not in masked(url)


def test_a_file_that_cannot_be_written_is_found_out_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["builtins:dict", "--json", "/no/such/folder/report.json"]) == 2
    told = capsys.readouterr()
    assert "cannot be written" in told.err
    assert told.out == ""


def test_a_store_is_no_factory() -> None:
    with pytest.raises(BadSubject, match="lambda: store"):
        judge(Memory())  # type: ignore[arg-type]  # that is the point


def test_an_exemption_needs_a_reason_and_counts(capsys: pytest.CaptureFixture[str]) -> None:
    reasons = ["--without", "types=a dict takes all", "--without", "copies=by reference", "--without", "lists=is wrong"]
    assert run(["builtins:dict", *FEW, *reasons]) == 0
    assert "a dict takes all" in capsys.readouterr().out


def test_a_claim_can_be_made(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([f"{STORES}:OnlyCreates", *FEW, "--claim", "swaps=write"]) == 1


def test_the_time_limit(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["builtins:dict", "--time-limit", "0"]) == 2
    assert "incomplete" in capsys.readouterr().out


LATE = """
made = []

def late():
    made.append(1)
    if len(made) > 100:
        raise LookupError("no more: redis://me:SECRET@host/0")
    return {}

def tells():
    raise RuntimeError("cannot log in with postgres://me:SECRET@host?password=SECRET or with " + SECRET)

SECRET = __import__("os").environ["SOME_TOKEN"]
"""


def test_a_factory_that_fails_late_is_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "late_store.py").write_text(LATE)
    monkeypatch.setenv("SOME_TOKEN", "sekrit")
    assert run([f"{tmp_path}/late_store.py:late", "--step", "1", "--json", str(tmp_path / "r.json")]) != 0
    told = capsys.readouterr()
    report = (tmp_path / "r.json").read_text()
    assert "LookupError: no more: redis://host/0" in report
    assert "SECRET" not in told.out + told.err + report


def test_no_secret_in_the_words_of_others_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tells_store.py").write_text(LATE)
    monkeypatch.setenv("SOME_TOKEN", "sekrit")
    assert run([f"{tmp_path}/tells_store.py:tells"]) == 2
    told = capsys.readouterr().err
    assert "cannot log in with postgres://host?password=... or with ..." in told


@pytest.mark.parametrize("url", ["sqlite:x.db", "file:some/dir", "http:localhost:1", "s3:bucket/prefix"])
def test_a_url_without_its_slashes_is_told_how_to_write_it(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([url]) == 2
    assert f"is no URL: write {url.partition(':')[0]}://" in capsys.readouterr().err


def test_bad_input_leaves_no_empty_report(tmp_path: Path) -> None:
    there = tmp_path / "there.json"
    there.write_text("kept")
    assert run(["no.such.module:factory", "--json", str(there), "--html", str(tmp_path / "new.html")]) == 2
    assert there.read_text() == "kept"
    assert list(tmp_path.iterdir()) == [there]


BAD: list[list[str]] = [
    [],
    ["builtins:dict", "builtins:dict"],
    ["nothing"],
    ["no.such.module:factory"],
    ["builtins:nothing"],
    ["no/such/file.py:factory"],
    [f"{STORES}:nothing"],
    [f"{STORES}:not_callable"],
    [f"{STORES}:fails"],
    [f"{STORES}:makes_nothing"],
    ["nonsense://host/"],
    ["builtins:dict", "--profile", "slow"],
    ["builtins:dict", "--step", "5"],
    ["builtins:dict", "--seed", "x"],
    ["builtins:dict", "--no-such-option"],
    ["builtins:dict", "--claim", "colour=red"],
    ["builtins:dict", "--claim", "swaps"],
    ["builtins:dict", "--claim", "swaps=often"],
    ["builtins:dict", "--claim", "max_key=long"],
    ["builtins:dict", "--claim", "lists=no"],
    ["builtins:dict", "--without", "types"],
    ["builtins:dict", "--without", "colour=why not"],
    ["builtins:dict", "--without", "max_key=why not"],
    ["builtins:dict", "--baseline", "no-such-file.json"],
    ["builtins:dict", "--baseline", STORES],
]


@pytest.mark.parametrize("arguments", BAD, ids=" ".join)
def test_bad_input_gets_one_line(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    lines = capfd.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("store-conform: ")


def test_a_report_that_cannot_be_written(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["builtins:dict", *FEW, "--json", str(tmp_path / "no" / "such.json")]) == 2
    assert "cannot be written" in capfd.readouterr().err


SLOW = """
from time import sleep
class Slow(dict):
    def __setitem__(self, key, value):
        print("busy", flush=True)
        sleep(0.05)
        super().__setitem__(key, value)

def waits():
    print("busy", flush=True)
    for _ in range(1000):  # one long sleep does not heed what comes just before it
        sleep(0.1)
"""
COMMAND = [sys.executable, "-c", "from storage_conformance.cli import main; main()"]
FILES = ["--json", "report.json", "--html", "report.html", "--junit", "report.xml"]


@pytest.mark.parametrize(
    ("factory", "lines", "times", "sent"),
    [("Slow", 40, 1, "SIGINT"), ("Slow", 40, 2, "SIGINT"), ("Slow", 40, 1, "SIGTERM"), ("waits", 1, 1, "SIGINT")],
)
def test_ctrl_c_leaves_a_report(factory: str, lines: int, times: int, sent: str, tmp_path: Path) -> None:
    """After so many lines, when it judges, is pressed once or twice, or waits for the first store."""
    (tmp_path / "slow_store.py").write_text(SLOW, "utf-8")
    command = [*COMMAND, f"slow_store.py:{factory}", "--step", "1", *FILES]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for _ in range(lines):
            child.stdout.readline()
        for _ in range(times):
            child.send_signal(signal.Signals[sent])
        _, errors = child.communicate(timeout=60)
    assert child.returncode == 2
    assert "Traceback" not in errors
    report: dict[str, Any] = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert report["verdict"] == "incomplete"
    assert "interrupted" in {law["why"] for law in report["laws"]}
    assert ET.parse(tmp_path / "report.xml").findall(".//skipped")
    assert "interrupted" in (tmp_path / "report.html").read_text("utf-8")


def test_a_reader_that_leaves_does_not_change_the_verdict(tmp_path: Path) -> None:
    """As with | head -1: the pipe is closed before the report is shown."""
    with subprocess.Popen(
        [*COMMAND, "memory:", *FEW, "--json", "report.json"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip  # one command
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read().strip() == ""
        assert child.wait(timeout=120) == 0
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["verdict"] == "conforms"


def test_the_time_limit_is_kept_by_a_slow_store(tmp_path: Path) -> None:
    (tmp_path / "slow_store.py").write_text(SLOW, "utf-8")
    done = subprocess.run(
        [*COMMAND, "slow_store.py:Slow", "--time-limit", "3"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )  # without the limit it takes minutes
    assert done.returncode == 2
    assert "the time limit came first" in " ".join(done.stdout.split())


def test_the_extra_that_is_missing_is_told(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise ModuleNotFoundError('no typer', name='typer')", "utf-8")
    command = [sys.executable, "-c", "from storage_conformance.cli import main; main()"]
    ran = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 2
    assert ran.stderr.strip() == "store-conform needs more: pip install 'storage-combinators[conformance]'"
