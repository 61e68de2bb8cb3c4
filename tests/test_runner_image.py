"""docker/runner lists by name what its image cannot run, and compares the list with each run."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docker" / "runner"))

import not_run  # noqa: E402 # a script of the image, which is not installed

RUN = """<testsuites><testsuite name="pytest">
<testcase classname="tests.a.test_a" name="test_runs[1]"/>
<testcase classname="tests.a.test_a" name="test_known"><skipped type="pytest.xfail" message="a reason"/></testcase>
<testcase classname="tests.a.test_a" name="test_long"><skipped type="pytest.skip" message="deep has it"/></testcase>
<testcase classname="tests.a.test_a" name="test_mounts[1]"><skipped type="pytest.skip" message="no FUSE"/></testcase>
<testcase classname="tests.a.test_a" name="test_mounts[2]"><skipped type="pytest.skip" message="no FUSE"/></testcase>
</testsuite></testsuites>"""


def is_there(name: str) -> bool:
    file, _, test = name.partition("::")
    return (ROOT / file).is_file() and f"\ndef {test}(" in (ROOT / file).read_text()


def test_what_is_listed_is_there() -> None:
    listed = not_run.listed(not_run.LIST.read_text())
    assert {name for name in listed if not is_there(name)} == set()
    assert len(listed) > 1


def test_a_run_is_compared_with_the_list(tmp_path: Path) -> None:
    (tmp_path / "run.xml").write_text(RUN)
    seen = not_run.skipped(tmp_path / "run.xml")
    assert seen == {"tests/a/test_a.py::test_mounts"}
    assert list(not_run.differences(seen, seen)) == []
    assert list(not_run.differences({"x.py::y"}, seen)) == [
        "tests/a/test_a.py::test_mounts was skipped, and not_run.txt does not list it",
        "x.py::y was not skipped, although not_run.txt lists it",
    ]


def test_the_image_makes_the_comparison() -> None:
    command = (not_run.LIST.parent / "Dockerfile").read_text().splitlines()[-1]
    assert command.startswith("CMD ")
    assert "make test ENGINE=embedded" in command
    assert "docker/runner/not_run.py" in command
