"""store-crash against programs whose verdicts are known: `make crash` runs all, `make test` some."""

import os
import shlex
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

from storage_conformance.crash.run import Options, run
from storage_conformance.crash.run_command import parsed
from storage_conformance.crash.run_places import MEMORY, file_system

pytestmark = pytest.mark.skipif(not shutil.which("strace"), reason="programs are recorded with strace, only on Linux")

PROGRAMS = Path(__file__).with_name("programs")
EXPECTED = tomllib.loads((PROGRAMS / "expected.toml").read_text())["programs"]
FEW = ("naive", "replace", "rename_and_fsync", "replace_with_leftover", "numbered")
CHOSEN = FEW if os.environ.get("STORAGE_PROFILE", "quick") == "quick" else EXPECTED
MODELS = ("posix-worst", "ext4-ordered")


@pytest.fixture
def disk(tmp_path) -> Path:
    """A folder on a disk: where syncs mean something."""
    return Path.cwd() if file_system(tmp_path) in MEMORY else tmp_path


@pytest.mark.parametrize("name", CHOSEN)
def test_the_verdict_on_a_program_is_the_known_one(disk, name) -> None:
    program = f"{shlex.quote(sys.executable)} {shlex.quote(str(PROGRAMS / name))}.py"
    setup = f"{program} setup {{dir}}" if "setup" in EXPECTED[name] else ""
    commands = parsed(f"{program} write {{dir}} {{key}} {{file}}", f"{program} read {{dir}} {{key}}", setup)
    report = run(commands, Options(disk, MODELS, budget=100))
    assert {model: report.models[model].verdict for model in MODELS} == dict(zip(MODELS, EXPECTED[name], strict=False))


def test_every_program_has_a_known_verdict() -> None:
    assert {path.stem for path in PROGRAMS.glob("*.py")} - {"harness", "git_harness", "lmdb_harness"} == set(EXPECTED)
