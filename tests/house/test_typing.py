"""Both type checkers accept the right stacks and reject each wrong one, on its line."""

import json
import re
import subprocess
import sys

import pytest

from house.reading import ROOT

HERE = "tests/house"
MARKED = {n for n, line in enumerate((ROOT / HERE / "typing_bad.py").read_text().splitlines(), 1) if "# WRONG" in line}


def run(*command: str) -> str:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


def by_mypy(file: str) -> set[int]:
    output = run("mypy", "--no-error-summary", "--cache-dir", f".mypy_cache/{file}", f"{HERE}/{file}.py")
    errors = [re.match(r"(.+?):(\d+): error:", line) for line in output.splitlines() if ": error:" in line]
    assert all(error and error[1] == f"{HERE}/{file}.py" for error in errors), output
    return {int(error[2]) for error in errors if error}


def by_pyright(file: str) -> set[int]:
    output = json.loads(run("pyright", "--outputjson", f"{HERE}/{file}.py"))
    assert output["summary"]["filesAnalyzed"] == 1, output
    return {one["range"]["start"]["line"] + 1 for one in output["generalDiagnostics"] if one["severity"] == "error"}


@pytest.mark.parametrize("judge", [by_mypy, by_pyright], ids=["mypy", "pyright"])
def test_right_stacks_are_accepted(judge) -> None:
    assert judge("typing_good") == set()


@pytest.mark.parametrize("judge", [by_mypy, by_pyright], ids=["mypy", "pyright"])
def test_each_wrong_stack_is_rejected_and_nothing_else(judge) -> None:
    assert judge("typing_bad") == MARKED


def test_there_are_wrong_stacks() -> None:
    assert len(MARKED) >= 20
