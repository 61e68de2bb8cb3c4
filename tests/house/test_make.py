"""What make says when it cannot, and that what is promised in several places is one list."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from house.reading import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.M)[0].split())


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=folder, env=outside, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize("python", ["false", "no-such-python"])
def test_setup_without_a_good_python_says_so_and_leaves_nothing(checkout: Path, python: str) -> None:
    done = make(checkout, "setup", f"PYTHON={python}")
    assert done.returncode == 2
    assert done.stderr.startswith("make setup: needs Python 3.11 or later; say where it is with make setup PYTHON=")
    assert not (checkout / ".venv").exists()


def test_setup_installs_again_only_when_a_setting_changed(checkout: Path) -> None:
    stamp = checkout / ".venv" / ".installed"
    stamp.parent.mkdir()
    stamp.touch()
    os.utime(stamp, (2**31 - 1, 2**31 - 1))
    assert make(checkout, "--question", "setup").returncode == 0
    os.utime(stamp, (0, 0))
    assert make(checkout, "--question", "setup").returncode == 1


def test_every_target_has_a_line_in_the_help() -> None:
    helped = {line.split()[0] for line in make(ROOT, "help").stdout.splitlines()}
    assert helped == TARGETS == set(re.findall(r"^([a-z]+):", MAKEFILE, re.M))


def test_the_whole_check_calls_targets_that_are_there_and_the_tests_last() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    called = re.findall(r"^for target in (.*?); do", script, re.M)[0].split()
    assert set(called) == TARGETS - {"help", "test", "cell", "bench", "images", "up", "down", "clean", "lab", "round"}
    assert called[0] == "setup"
    assert script.rstrip().splitlines()[-1].startswith("make test ")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("STORAGE_ENGINE", "both", "is embedded, containers or empty, not 'both'"),
        ("STORAGE_PROFILE", "slow", "is one of quick, full, deep, not 'slow'"),
    ],
)
def test_what_cannot_be_run_is_one_line_and_status_2(name: str, value: str, says: str) -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:xdist", "tests/house/test_make.py"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, name: value}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stdout + done.stderr == f"{done.stderr.splitlines()[0]}\n"


def test_the_header_says_what_is_used() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:xdist", "tests/house/test_make.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "storage: profile " in done.stdout
    assert "storage servers: " in done.stdout
