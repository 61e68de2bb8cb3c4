"""What docs/peers publishes: reports that keep to the schema, a page made of them, and findings that fail here too."""

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from storage_conformance.report.files import read

PEERS = Path(__file__).parents[2] / "docs" / "peers"
REPORTS = sorted((PEERS / "reports").glob("*.json"))
FINDINGS = sorted((PEERS / "findings").glob("*.py"))
SCHEMA = Draft202012Validator(json.loads((PEERS.parent / "report.schema.json").read_text("utf-8")))


def test_seven_peers_are_judged_and_told_of() -> None:
    assert len(REPORTS) >= 7
    page, log = (PEERS / "matrix.html").read_text("utf-8"), (PEERS / "run.txt").read_text("utf-8")
    for path in REPORTS:
        report = read(path)
        assert report.subject == f"stores.py:{path.stem}"
        assert report.subject in page
        assert re.search(rf"^{path.stem} +{report.verdict} ", log, re.M)


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_each_report_keeps_to_the_schema_and_names_no_machine(path: Path) -> None:
    text = path.read_text("utf-8")
    SCHEMA.validate(json.loads(text))
    assert str(PEERS) not in text
    assert len(text) < 2**20


def test_each_finding_is_in_the_table_and_was_seen_to_fail() -> None:
    told = set(re.findall(r"\(findings/(\w+\.py)\)", (PEERS / "README.md").read_text("utf-8")))
    assert told == {path.name for path in FINDINGS}
    log = (PEERS / "run.txt").read_text("utf-8")
    assert {path.name for path in FINDINGS} == set(re.findall(r"^(\w+\.py) +fails, as it should$", log, re.M))


@pytest.mark.parametrize("path", FINDINGS, ids=lambda path: path.stem)
def test_a_finding_fails_by_itself_where_the_peer_is_installed(path: Path) -> None:
    peer = path.stem.partition("_")[0]
    if find_spec(peer) is None:
        pytest.skip(f"not run: no {peer} here; docs/peers/run.py runs it")
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "AssertionError: " in done.stderr.splitlines()[-1]
