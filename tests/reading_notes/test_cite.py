"""tools/cite without a clone: what it lets pass, and a planted defect for each thing that it looks for."""

import json
import os
import subprocess
import sys

import pytest

from reading_notes.toy import NOTES, NUMBER, ROOT, command, place

__all__ = ["place"]


def test_good_notes_pass_with_a_clone_and_without_one_which_is_said(place):
    assert place(clone=True) == (0, [])
    assert command.main(["--root", str(place.root)]) == 0
    assert place.capsys.readouterr().out == (
        "toy: questions: 1 answered, 0 partly, 1 open; 2 citations, "
        "each with a kept hash; not checked against source: no clone given\n"
    )
    assert command.main(["--root", str(place.root), "--clones", str(place.clone)]) == 0
    assert "looked up in the source" in place.capsys.readouterr().out


PLANTED = {  # what is written instead of what: the line it is told at, and what is told
    "a branch": ("toy@COMMIT", "toy@main", 7, "floats: a commit has 40 hex digits"),
    "a short commit": ("toy@COMMIT", "toy@0123456789", 7, "floats: a commit has 40 hex digits"),
    "no lines": ("#L4-L6 Store.Put", " Store.Put", 7, "lines and a symbol are missing"),
    "no symbol": ("#L4-L6 Store.Put", "#L4-L6", 7, "lines and a symbol are missing"),
    "another system": ("toy@COMMIT", "boy@COMMIT", 7, "but these notes are of toy@"),
    "another commit": ("toy@COMMIT", "toy@" + "0" * 40, 7, "cites toy@000000000000, but these notes are of toy@"),
    "lines the wrong way round": ("#L4-L6", "#L6-L4", 7, "lines 6 to 4 are no range"),
    "everything": ("#L4-L6", "#L1-L900", 7, "cites 900 lines, 80 at most"),
    "an edited citation": ("#L4-L6", "#L4-L5", 7, "no hash is kept of store.go#L4-L5 Store.Put"),
    "a floating link": (
        "one entry",
        "[one](https://github.com/a/b/blob/main/x.go) entry",
        7,
        "floats: link to a commit",
    ),
    "a floating raw link": ("Open.", "Open: see https://example.org/a/raw/v1.2/x.go", 20, "floats: link to a commit"),
    "a floating raw file": ("Open.", "Open: https://raw.example.org/a/b/main/x.go", 20, "floats: link to a commit"),
    "a floating module": ("Open.", "Open: https://example.org/a/b@latest/x", 20, "floats: link to a commit"),
    "a floating manual": ("Open.", "Open: see https://example.org/docs/latest.", 20, "floats: link to a version of it"),
    "a floating page of a manual": (
        "Open.",
        "Open: <https://example.org/en/stable/a.html#b>",
        20,
        "floats: link to a ver",
    ),
    "an inference from nothing": (
        "`from the line above`",
        "`so it is`",
        14,
        "'so it is' does not say what it is inferred",
    ),
    "no evidence": (" {inference}`from the line above`", " surely", 14, "no evidence"),
    "a figure from nowhere": ("took {number}`toy.put`", "took 3.5 ms", 9, "'3.5 ms' is a figure from nowhere"),
    "a rate from nowhere": ("took {number}`toy.put`", "made 12 MB/s", 9, "'12 MB/s' is a figure from nowhere"),
    "a figure beside another's number": (
        "took {number}`toy.put`",
        "took 12 ms at most, and {number}`toy.put`",
        9,
        "'12 ms' is a figure from nowhere: write {number} in its place",
    ),
    "an unknown number": ("`toy.put`", "`toy.get`", 9, "no number toy.get in toy/numbers*.jsonl"),
    "an unknown step": (
        "{lab}`toy/put`:",
        "{lab}`toy/pot`:",
        7,
        "no run of the lab step toy/pot is kept; do you mean toy/put?",
    ),
    "a document without a day": (" 2026-01-02`.", "`.", 10, "a document is"),
    "a document on no day": ("2026-01-02`.", "2026-02-30`.", 10, "a document is"),
    "a role that is not closed": (
        "{inference}`from the line above`",
        "{inference}`from {lab}`toy/put`",
        14,
        "not closed",
    ),
    "another title": ("What happens?", "What occurs?", 5, "the title of write.path is: What happens?"),
    "a question of one's own": (
        "### read.path What then?",
        "### read.way What then?",
        18,
        "no question of the template",
    ),
    "a question left out": ("### read.path What then?\n", "", 5, "read.path is there 0 times"),
    "the first question left out": ("### write.path What happens?\n", "", 1, "write.path is there 0 times"),
    "open, yet marked answered": ("## Read", "Open: all the rest.\n\n## Read", 5, "which needs an answer and no Open"),
    "answered, yet marked open": (
        "Open.\n",
        "It reads {lab}`toy/put`.\n",
        18,
        "read.path is open, which needs only Open",
    ),
}


@pytest.mark.parametrize("defect", PLANTED)
def test_a_planted_defect_is_one_line_with_its_place_and_status_1(place, defect):
    old, new, line, told = PLANTED[defect]
    assert old in NOTES
    place.notes(NOTES.replace(old, new))
    status, lines = place()
    assert status == 1
    assert any(each.startswith(f"{place.system / 'notes.md'}:{line}: ") and told in each for each in lines), lines


def test_what_follows_from_the_notes_is_told_after_them_and_no_line_says_that_all_was_found(place):
    place.notes(NOTES.replace("#L4-L6 Store.Put", "#L4-L5 Store.Put"))
    command.main(["--root", str(place.root)])
    told = place.capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0].rpartition("/")[2] for line in told] == [
        "notes.md",
        "citations.lock",
        "toy",
    ]
    assert told[-1] == "toy: 2 lines above"


def test_a_reader_who_has_seen_enough_is_no_failure_of_ours(place):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        asked = [sys.executable, "-m", "cite", "--root", str(place.root)]
        env = {**os.environ, "PYTHONPATH": str(ROOT / "tools")}
        done = subprocess.run(asked, stdout=gone, stderr=subprocess.PIPE, env=env, check=False)
    assert (done.returncode, done.stderr) == (2, b"")


def test_a_floating_link_on_any_page_is_told_and_one_to_a_commit_is_not(place):
    page = place.root / "kit" / "guide.md"
    page.parent.mkdir()
    page.write_text(f"https://example.org/a/blob/{'0' * 40}/x.go https://example.org/a/tree\n")
    assert place() == (0, [])
    page.write_text("https://example.org/docs/v2/latest.html https://example.org/mainly/x\n")
    assert place() == (0, [])
    page.write_text("{dated}`https://example.org/docs/latest/x 2026-01-02`\n")
    assert place() == (0, [])
    page.write_text("one\nhttps://example.org/a/tree/v2/x.go\n")
    assert place()[1] == [
        f"{page}:2: https://example.org/a/tree/v2/x.go floats: link to a commit, by its 40 hex digits"
    ]


def test_questions_in_another_order_are_told(place):
    first, second = NOTES.index("## Write"), NOTES.index("## Read")
    place.notes(NOTES[:first] + NOTES[second:] + "\n" + NOTES[first:second])
    assert any("write.path is not in the template's order" in each or "read.path is not" in each for each in place()[1])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"machine": ""}, "toy.put does not say its machine"),
        ({"spread": None}, "toy.put does not say its spread"),
        ({"median": "fast"}, "toy.put: median must be a figure"),
        ({"runs": 0}, "toy.put was never run"),
        ({"status": "not run", "why": "no disk", "median": None}, "the number toy.put was not measured"),
        ({"status": "not run"}, "toy.put does not say its why"),
        (
            {"command": "git log --since=2024-01-01 --until=2025-01-01T00:00:00Z"},
            "--since=2024-01-01 is a day at the hour of the clock; write --since=2024-01-01T00:00:00Z",
        ),
        ({"id": 7}, 'a number is an object with an "id"'),
    ],
)
def test_a_number_says_where_it_is_from(place, change, told):
    place.numbers({**NUMBER, **change})
    status, lines = place()
    assert status == 1
    assert any(told in each for each in lines), lines


def test_numbers_that_are_no_json_or_there_twice_are_told(place):
    place.numbers(NUMBER, NUMBER)
    assert any("toy.put is there twice" in each for each in place()[1])
    (place.system / "numbers.jsonl").write_text("{\n")
    assert any("numbers.jsonl:1: no JSON" in each for each in place()[1])


def test_a_step_that_was_not_run_is_no_evidence_and_a_bad_record_is_unreadable(place):
    seen = place.lab / "observed.jsonl"
    seen.write_text(json.dumps({"step": "toy/put", "verdict": "not run"}) + "\n")
    assert any("was not run: it is no evidence" in each for each in place()[1])
    seen.write_text("[]\n")
    assert place() == (2, [f'{seen}: each line is an object with a "step" and a "verdict"'])


@pytest.mark.parametrize(
    ("states", "changes", "told"),
    [
        ({"write.path": "answered"}, {}, "read.path has no state"),
        ({"write.path": "done", "read.path": "open"}, {}, "write.path = 'done': one of answered, partly, open"),
        (
            {"write.path": "partly", "read.path": "open"},
            {},
            "write.path is partly, which needs an answer, and after Open",
        ),
        ({"write.path": "answered", "read.path": "open"}, {"commit": "main"}, "commit = 'main' does not fit"),
        ({"write.path": "answered", "read.path": "open"}, {"name": "boy"}, "name = 'boy' does not fit toy"),
        ({"write.path": "answered", "read.path": "open"}, {"date": "soon"}, "date = 'soon' does not fit"),
    ],
)
def test_system_toml_is_complete_and_true(place, states, changes, told):
    place.about(states, **changes)
    status, lines = place()
    assert status == 1
    assert any(told in each for each in lines), lines


UNREADABLE = {
    "no template": lambda place: (place.root / "TEMPLATE.md").unlink(),
    "an empty template": lambda place: (place.root / "TEMPLATE.md").write_text("# None\n"),
    "no notes": lambda place: (place.system / "notes.md").unlink(),
    "notes that are no text": lambda place: (place.system / "notes.md").write_bytes(b"\xff\xfe"),
    "no TOML": lambda place: (place.system / "system.toml").write_text("name = \n"),
    "an empty system.toml": lambda place: (place.system / "system.toml").write_text(""),
    "no system": lambda place: (place.system / "system.toml").unlink(),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_is_one_line_and_status_2(place, what):
    UNREADABLE[what](place)
    status, lines = place()
    assert (status, len(lines)) == (2, 1)
    assert str(place.root) in lines[0]
