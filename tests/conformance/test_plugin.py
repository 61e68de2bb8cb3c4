"""The pytest plugin: a test per law, on the command line and in a test file."""

import subprocess
import sys
from pathlib import Path

import pytest

import storage_conformance
from storage_combinators.edges.open_store import open_store
from storage_combinators.leaves.memory import Memory
from storage_combinators.ref import Ref

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


def test_each_law_can_be_chosen_by_its_name(tmp_path: Path) -> None:
    ran = pytest_in(
        tmp_path, "--store-subject", "builtins:dict", "--store-step", "4", "-k", "a_missing_key or copied_in"
    )
    assert "1 failed, 1 passed" in ran.stdout
    assert "deselected" in ran.stdout


@pytest.mark.parametrize(
    "wrong",
    [
        ("--store-profile", "slow"),
        ("--store-step", "5"),
        ("--store-claim", "swaps=often"),
        ("--store-without", "types"),
    ],
    ids=" ".join,
)
def test_a_wrong_option_is_told_as_pytest_tells_it(wrong: tuple[str, str], tmp_path: Path) -> None:
    ran = pytest_in(tmp_path, "--store-subject", "builtins:dict", *wrong)
    assert ran.returncode == 4
    assert "Traceback" not in ran.stderr
    assert "ERROR: " in ran.stderr or "error: " in ran.stderr


def test_no_secret_is_in_the_name_of_a_test(tmp_path: Path) -> None:
    url = "fsspec+memory://me:SECRET@x?token=SECRET"
    ran = pytest_in(tmp_path, "--store-subject", url, "--store-step", "4", "-k", "writes", "-v")
    assert "passed" in ran.stdout
    assert "SECRET" not in ran.stdout + ran.stderr


OPTIONS = """
import storage_conformance
from storage_combinators.edges.open_store import open_store

place = {url!r}
options = dict(profile="quick", seed=3, step=4, claims={{"keeps": True}}, without={{"threads": "not today"}},
               time_limit=300.0, patience=60.0)
test_shared = storage_conformance.test(place, **options)

def test_it_is_clean_afterwards():
    from storage_combinators.ref import Ref
    assert list(open_store(place).refs(Ref())) == [Ref("mine")]
"""


def test_in_a_file_it_takes_the_options_of_judge_and_leaves_a_shared_place_as_it_was(tmp_path: Path) -> None:
    url = f"file://{tmp_path}/shared"
    open_store(url).put(Ref("mine"), b"1")
    (tmp_path / "test_it.py").write_text(OPTIONS.format(url=url), "utf-8")
    ran = pytest_in(tmp_path, "test_it.py", "-k", "depth or clean or threads", "-v")
    assert ran.returncode == 0, ran.stdout
    assert "test_it_is_clean_afterwards PASSED" in ran.stdout
    assert "exempt: not today" in ran.stdout


def test_bad_options_of_a_file_are_one_error_of_collection(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("import storage_conformance\ntest_x = storage_conformance.test(3)\n", "utf-8")
    ran = pytest_in(tmp_path, "test_it.py")
    assert ran.returncode == 2
    assert "int is no factory" in ran.stdout
