"""What the whole check makes of a report: known findings pass, new ones do not."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
KNOWN = {
    "workload": ["sync"],
    "explanation": "foo holds what `write foo 0 4096` wrote at bytes 0 to 512, though `sync` had returned. The power",
    "replay": "",
}
NEW = {"workload": ["fsync foo"], "explanation": "foo is missing, though `sync` had returned.", "replay": ""}


def checked(tmp_path: Path, **report: object) -> tuple[int, str]:
    whole = {"filesystem": "xfs", "verdict": "violated", "workloads": 2, "states": 9, "seconds": 1.2} | report
    (tmp_path / "o.json").write_text(json.dumps(whole))
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "findings.py", tmp_path / "o.json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_no_violation_passes_with_its_figures(tmp_path) -> None:
    assert checked(tmp_path, verdict="holds", violations=[]) == (
        0,
        "xfs: 2 workloads, 9 states, 1 seconds, 0 violations, 0 of them new\n",
    )


def test_what_is_on_a_page_passes_and_is_named(tmp_path) -> None:
    status, told = checked(tmp_path, violations=[KNOWN])
    assert (status, "1 violations, 0 of them new, known: xfs-sync-without-flush.md" in told) == (0, True)


@pytest.mark.parametrize("report", [{"violations": [KNOWN, NEW]}, {"violations": [KNOWN], "filesystem": "ext4"}])
def test_what_is_on_no_page_does_not(tmp_path, report) -> None:
    status, told = checked(tmp_path, **report)
    assert (status, "1 of them new" in told, told.count("\n")) == (1, True, 2)


def test_a_run_that_was_not_finished_does_not(tmp_path) -> None:
    assert checked(tmp_path, verdict="incomplete", violations=[])[0] == 1
    status, told = checked(tmp_path, violations=[KNOWN], why=["the time limit was reached"])
    assert (status, told.splitlines()[1]) == (1, "  not finished: the time limit was reached")


def test_a_team_may_have_its_own_list_and_more_reports_than_one(tmp_path) -> None:
    report = {"filesystem": "xfs", "verdict": "violated", "workloads": 2, "states": 9, "seconds": 1.2}
    for name, found in (("a", KNOWN), ("b", NEW)):
        (tmp_path / name).write_text(json.dumps(report | {"violations": [found]}))
    (tmp_path / "known.json").write_text('{"xfs": {"our page": "^foo is missing"}}')
    words = [sys.executable, ROOT / "tools" / "findings.py", "--known", "known.json", "a", "b"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert [line.split("violations, ")[-1] for line in done.stdout.splitlines()] == [
        "1 of them new",
        f"  sync: {KNOWN['explanation']}",
        "0 of them new, known: our page",
    ]


def test_every_known_finding_has_its_page() -> None:
    for pages in json.loads((ROOT / "docs" / "findings" / "known.json").read_text()).values():
        for page in pages:
            assert (ROOT / "docs" / "findings" / page).is_file()
