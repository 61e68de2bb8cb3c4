"""Both type checkers accept the right stacks and reject each wrong one, on its line."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from house.reading import ROOT

HERE = "tests/house"
FILES = [f"{HERE}/typing_good.py", f"{HERE}/typing_bad.py"]
MARKED = {n for n, line in enumerate((ROOT / HERE / "typing_bad.py").read_text().splitlines(), 1) if "# WRONG" in line}


def run(*command: str) -> str:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


def by_mypy() -> set[tuple[str, int]]:
    output = run("mypy", "--no-error-summary", *FILES)
    errors = [re.match(r"(.+?):(\d+): error:", line) for line in output.splitlines() if ": error:" in line]
    assert all(errors), output
    return {(error[1], int(error[2])) for error in errors if error}


def by_pyright() -> set[tuple[str, int]]:
    output = json.loads(run("pyright", "--outputjson", *FILES))
    assert output["summary"]["filesAnalyzed"] == len(FILES), output
    errors = [one for one in output["generalDiagnostics"] if one["severity"] == "error"]
    return {(str(Path(one["file"]).relative_to(ROOT)), one["range"]["start"]["line"] + 1) for one in errors}


@pytest.mark.parametrize("judge", [by_mypy, by_pyright], ids=["mypy", "pyright"])
def test_right_stacks_are_accepted_and_each_wrong_one_is_rejected(judge) -> None:
    assert judge() == {(f"{HERE}/typing_bad.py", line) for line in MARKED}


def test_there_are_wrong_stacks() -> None:
    assert len(MARKED) >= 20
