"""The report card: a column for each report, a finding for each broken law, and nothing that is no report."""

import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "reading-notes")]

from lab.card import BadReport, card, reports  # noqa: E402  # the path above comes first
from lab.servers import Server  # noqa: E402  # the same
from lab.step import Lab  # noqa: E402  # the same
from labs.minio.steps import judging  # noqa: E402  # the same

FOLDER = ROOT / "reading-notes" / "systems" / "minio" / "report-card"


def law(name: str, verdict: str = "holds", script: str = "") -> dict[str, object]:
    why = "" if verdict == "holds" else f"why {name}"
    return {"law": name, "claim": "", "verdict": verdict, "why": why, "counterexample": ["put(a, 1)"], "script": script}


def report(subject: str, *laws: dict[str, object]) -> dict[str, object]:
    return {
        "subject": subject,
        "verdict": "breaks",
        "seed": 0,
        "step": 4,
        "seconds": 1.5,
        "claims": {"swaps": "all"},
        "laws": list(laws),
    }


def test_a_card_has_a_column_for_each_setting_and_each_finding_once() -> None:
    found = {
        "one-drive": report("toy, one", law("a_law"), law("b_law", "broken", "print('b')\n")),
        "four-drives": report(
            "toy, four", law("a_law"), law("b_law", "broken", "print('b4')\n"), law("c_law", "not run")
        ),
    }
    text = card("Toy", "Said fairly.", found)
    assert "| law | one-drive | four-drives |" in text
    assert "| b law | **broken** | **broken** |" in text
    assert "| c law | not asked | not run |" in text
    assert "- *not run*, why c_law: c law.\n- *not asked*: the law does not fit" in text
    assert "1 further laws hold in every column: a law." in text
    assert text.count("### b law") == 1
    assert "Broken by: one-drive, four-drives.\n\none-drive, four-drives: why b_law\n" in text
    assert "```python\nprint('b')\n```" in text
    assert "print('b4')" not in text


def test_columns_that_break_a_law_in_different_ways_each_have_their_own_cause_and_script() -> None:
    other = law("b_law", "broken", "print('other')\n") | {"why": "an emptied folder stays"}
    found = {
        "x": report("toy", law("b_law", "broken", "print('b')\n")),
        "y": report("peer", other) | {"suite": "9.9, 131 laws"},
        "z": report("toy", law("b_law", "broken", "print('again')\n")),
    }
    text = card("Toy", "", found)
    assert "Broken by: x, z, y." in text
    assert "x, z: why b_law\n\n```python\nprint('b')\n```" in text
    assert "y: an emptied folder stays\n\n```python\nprint('other')\n```" in text
    assert "print('again')" not in text
    rows = [row for row in text.splitlines() if " toy | " in row or " peer | " in row]
    assert [row.rpartition("|")[0].rpartition("| ")[2] for row in rows] == [
        "an older one ",
        "9.9, 131 laws ",
        "an older one ",
    ]


def test_keys_as_they_are_say_in_one_line_what_their_scripts_need() -> None:
    env = {name: value for name, value in os.environ.items() if name != "LAB_ENDPOINT"}
    place = ROOT / "reading-notes" / "labs"
    command = [sys.executable, "-c", "from plain import fresh; fresh()"]
    done = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "plain.py: set LAB_ENDPOINT=http://127.0.0.1:PORT, the server that has the bucket `lab`\n"


def test_each_reason_is_told_once_with_its_laws_and_what_was_asked_everywhere_is_not_excused() -> None:
    laws = [law("a_law"), law("b_law", "exempt"), law("c_law", "exempt") | {"why": "why b_law"}]
    text = card("Toy", "", {"x": report("toy", *laws), "y": report("toy", *reversed(laws))})
    assert [line for line in text.splitlines() if line.startswith("- *")] == ["- *exempt*, why b_law: b law, c law."]
    assert "not asked" not in text


def test_a_next_system_is_one_more_column() -> None:
    found = reports(FOLDER)
    more = found | {"next": copy.deepcopy(next(iter(found.values())))}
    assert "| next |" in card("MinIO", "", more)
    assert card("MinIO", "", found).count("\n") < card("MinIO", "", more).count("\n")


def test_a_run_without_script_shows_its_steps() -> None:
    text = card("Toy", "", {"x": report("toy", law("b_law", "broken"))})
    assert "```text\nput(a, 1)\n```" in text


def test_nothing_broken_is_said() -> None:
    assert "None: every law" in card("Toy", "", {"x": report("toy", law("a_law"))})


def test_what_is_kept_of_minio_has_one_drive_and_four_first() -> None:
    assert next(iter(reports(FOLDER))) == "one-drive"
    assert {"one-drive", "four-drives"} <= set(reports(FOLDER))
    assert not [
        path.name for path in FOLDER.glob("*.json") if "127.0.0.1:" in path.read_text().replace("127.0.0.1:PORT", "")
    ]


@pytest.mark.parametrize(
    ("setting", "column", "subject"),
    [
        ("one drive, plain keys", "one-drive-plain-keys", "toy v1, one drive, plain keys"),
        ("toy", "toy", "toy v1"),
        ("toy, plain keys", "toy-plain-keys", "toy v1, plain keys"),
    ],
)
def test_a_judging_is_kept_as_a_column_that_names_its_setting_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, column: str, subject: str
) -> None:
    suite = tmp_path / "store-conform"
    suite.write_text(f"#!{sys.executable}\nimport sys\nopen(sys.argv[3], 'w').write({json.dumps(report('x'))!r})\n")
    suite.chmod(0o755)
    monkeypatch.setattr(judging, "BIN", tmp_path)
    lab = Lab(tmp_path, versions={"toy": "v1"}, keeps=tmp_path)
    server = Server(lab, "toy", "127.0.0.1:9", [], {}, "key", "secret", [])
    assert judging.judged(lab, server, setting, "memory:") == []
    kept = reports(tmp_path / "report-card")
    assert {name: found["subject"] for name, found in kept.items()} == {column: subject}
    assert re.fullmatch(r"\d+\.\d+\.\d+, \d+ laws", kept[column]["suite"])


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"laws": []}', "{"])
def test_what_is_no_report_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "good.json").write_text(json.dumps(report("toy", law("a_law"))))
    (tmp_path / "bad.json").write_text(text)
    with pytest.raises(BadReport, match=r"^bad\.json is no "):
        reports(tmp_path)
