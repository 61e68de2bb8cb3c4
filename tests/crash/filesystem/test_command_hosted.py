"""The example job for a hosted CI: its lines are run as they stand; what installs only says what it was asked for."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from storage_conformance.crash.filesystem.needs import PACKAGES

ROOT = Path(__file__).parents[3]
JOB = ROOT / "examples" / "hosted-ci" / "crash.yml"
(JOBS,) = yaml.safe_load(JOB.read_text())["jobs"].values()
LINES = [step["run"] for step in JOBS["steps"] if "run" in step]
SAYS = '#!/bin/sh\necho "$(basename "$0") $*" >> asked\n'
DOES = '#!/bin/sh\nexec "$@"\n'
STORE_CRASH = f"#!/bin/sh\nexec '{Path(sys.executable).with_name('store-crash')}' \"$@\"\n"


PYTHON = f"""#!/bin/sh
if [ "$1 $2" = "-m venv" ]; then
    mkdir -p "$3/bin"
    cp "$(dirname "$0")/pip" "$(dirname "$0")/store-crash" "$3/bin"
else
    exec '{sys.executable}' "$@"
fi
"""


@pytest.fixture
def machine(tmp_path) -> dict[str, str]:
    """Variables for a shell; sudo does as it is told, and what would install writes it into `asked`."""
    says = dict.fromkeys(("apt-get", "pip", "modprobe"), SAYS)
    programs = {**says, "sudo": DOES, "store-crash": STORE_CRASH, "python3": PYTHON}
    (folder := tmp_path / "bin").mkdir()
    (tmp_path / "crash").mkdir()
    for file in ("tools/findings.py", "docs/findings/known.json"):
        shutil.copy(ROOT / file, tmp_path / "crash")
    for name, text in programs.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    (tmp_path / "short.txt").write_text("create foo\nfsync foo\n")
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "FILESYSTEM": "ext4", "WORKLOAD": "short.txt"}


def test_each_line_runs_and_leaves_the_report_that_is_kept(machine, tmp_path, can_mount) -> None:
    for line in LINES:
        ran = subprocess.run(["bash", "-e", "-c", line], cwd=tmp_path, env=machine, capture_output=True, text=True)
        assert ran.returncode == 0, f"{line}\n{ran.stdout}{ran.stderr}"
    assert json.loads((tmp_path / "crash.json").read_text())["verdict"] == "holds"
    assert sorted(path.name for path in tmp_path.glob("crash*.*") if "replay" not in path.name) == [
        "crash.html",
        "crash.json",
    ]
    asked = (tmp_path / "asked").read_text()
    assert set(PACKAGES.values()) <= set(asked.split())
    assert "pip install storage-combinators[crash]\n" in asked


@pytest.mark.parametrize(("status", "passes"), [(0, True), (1, True), (2, False)])
def test_the_line_that_cuts_the_power_fails_by_what_could_not_be_judged_only(machine, tmp_path, status, passes) -> None:
    (tmp_path / "tester" / "bin").mkdir(parents=True)
    program = tmp_path / "tester" / "bin" / "store-crash"
    program.write_text(f"#!/bin/sh\nexit {status}\n")
    program.chmod(0o755)
    (line,) = [line for line in LINES if "filesystem" in line and "store-crash" in line]
    ran = subprocess.run(["bash", "-e", "-c", line], cwd=tmp_path, env=machine, check=False)
    assert (ran.returncode == 0) == passes


def test_the_file_systems_are_those_of_the_whole_check() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert f"FILESYSTEMS ?= {' '.join(JOBS['strategy']['matrix']['filesystem'])}\n" in makefile
    assert set(JOBS["env"]) == {"FILESYSTEM", "WORKLOAD"}
