"""The pytest plugin: a test per law, on the command line and in a test file."""

import subprocess
import sys
from pathlib import Path

import storage_conformance
from storage_combinators.leaves.memory import Memory

test_memory_keeps = storage_conformance.test(Memory, step=4)

STORES = Path(__file__).parents[1] / "wrong_stores.py"


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rfs", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


def test_a_subject_of_the_command_line_gets_a_test_for_each_law(tmp_path: Path) -> None:
    more = ["--store-without", "threads=not today", "--store-without", "lists=nor that"]
    ran = pytest_in(
        tmp_path,
        "--store-subject",
        f"{STORES}:Folder",
        "--store-seed",
        "3",
        "--store-step",
        "4",
        "--store-claim",
        "keeps",
        *more,
    )
    assert ran.returncode == 0, ran.stdout
    assert "exempt: not today" in ran.stdout


def test_a_broken_law_fails_with_its_steps_and_script(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import storage_conformance\ntest_dict = storage_conformance.test(dict, step=4)\n", "utf-8"
    )
    ran = pytest_in(tmp_path, "test_it.py")
    assert ran.returncode == 1
    assert "FAILED test_it.py::test_dict[a_buffer_is_copied_in]" in ran.stdout
    assert "  3. buffer[0] = 0" in ran.stdout
    assert "make = dict" in ran.stdout
    assert "3 failed" in ran.stdout


def test_a_subject_that_is_none_is_a_usage_error(tmp_path: Path) -> None:
    ran = pytest_in(tmp_path, "--store-subject", "no_such_module:factory")
    assert ran.returncode == 4
    assert "cannot be imported" in ran.stderr


def test_without_a_subject_nothing_is_loaded(tmp_path: Path) -> None:
    loads = (
        "import sys, storage_conformance.plugin; assert 'hypothesis' not in sys.modules and 'rich' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", loads], timeout=60).returncode == 0
