"""tools/cite: what it lets pass, and a planted defect for each thing that it looks for, on a repository made here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from cite import __main__ as command  # noqa: E402 # a tool is not installed
from cite.notes import Citation, citation, questions  # noqa: E402 # the same
from cite.sources import RUN, digest, stands  # noqa: E402 # the same

SOURCE = """package toy

// Put keeps the value under the key, and answers nothing at all when there was one before it in this place.
func (s *Store) Put(key string) {
\ts.values[key] = 1
}

func Get(key string) int {
\treturn values[key]
}
"""
TEMPLATE = "# Questions\n\n## Write\n\n### write.path What happens?\n\n## Read\n\n### read.path What then?\n"
NOTES = """# Toy

## Write

### write.path What happens?

Put sets one entry of a map {src}`toy@COMMIT:store.go#L4-L6 Store.Put`, and was seen to {lab}`toy/put`:

- it took {number}`toy.put` {lab}`toy/put`;
- a document says so {dated}`https://example.org/toy 2026-01-02`.

| what | evidence |
|---|---|
| no lock | {inference}`from the line above` |

## Read

### read.path What then?

Open.
"""
NUMBER = {
    "id": "toy.put",
    "step": "put",
    "command": "toy put",
    "median": 3,
    "unit": "ms",
    "runs": 5,
    "spread": 1,
    "machine": "two cores",
    "date": "2026-01-02",
}


def git(folder, *arguments):
    outside = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    who = {f"GIT_{role}_{what}": "toy@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, env={**outside, **who, **nobody}, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(clone, **files):
    for name, text in files.items():
        (clone / name.replace("_", ".")).write_text(text)
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "--message", "a change")
    return git(clone, "rev-parse", "HEAD")


class Place:
    """Notes of one system `toy`, its clone, and the command over both."""

    def __init__(self, folder, capsys):
        self.root, self.clone, self.capsys = folder / "reading-notes", folder / "clones" / "toy", capsys
        self.system, self.lab = self.root / "systems" / "toy", self.root / "labs" / "toy"
        for made in (self.clone, self.system, self.lab):
            made.mkdir(parents=True)
        git(self.clone, "init", "--quiet")
        self.commit = commit(self.clone, store_go=SOURCE)
        (self.root / "TEMPLATE.md").write_text(TEMPLATE)
        (self.lab / "observed.jsonl").write_text(json.dumps({"step": "put", "verdict": "as expected"}) + "\n")
        self.numbers(NUMBER)
        self.about(states={"write.path": "answered", "read.path": "open"})
        self.notes(NOTES)
        self("--write", clone=True)

    def about(self, states, **changes):
        given = dict.fromkeys(("title", "licence", "language", "obtained"), "x")
        given |= {"name": "toy", "repository": "https://example.org/toy", "commit": self.commit, "date": "2026-01-02"}
        lines = [f"{name} = {json.dumps(value)}" for name, value in {**given, **changes}.items()]
        lines += ["[entry_points]", '"get" = "store.go#L8 Get"', "[questions]"]
        lines += [f"{json.dumps(name)} = {json.dumps(state)}" for name, state in states.items()]
        (self.system / "system.toml").write_text("\n".join(lines) + "\n")

    def notes(self, text):
        (self.system / "notes.md").write_text(text.replace("COMMIT", self.commit))

    def numbers(self, *records):
        records = [{"commit": self.commit, **record} for record in records]
        (self.system / "numbers.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))

    def __call__(self, *arguments, clone=False):
        given = ["--clones", str(self.clone.parent)] if clone else []
        status = command.main(["--root", str(self.root), *given, *arguments])
        said = self.capsys.readouterr()
        return status, [line for line in (said.out + said.err).splitlines() if not line.startswith("toy: ")]


@pytest.fixture
def place(tmp_path, capsys):
    return Place(tmp_path, capsys)


def test_good_notes_pass_with_a_clone_and_without_one_which_is_said(place):
    assert place(clone=True) == (0, [])
    assert command.main(["--root", str(place.root)]) == 0
    assert place.capsys.readouterr().out == (
        "toy: questions: 1 answered, 0 partly, 1 open; 2 citations, "
        "by their kept hashes; not checked against source: no clone given\n"
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
    "no evidence": (" {inference}`from the line above`", " surely", 14, "no evidence"),
    "a figure from nowhere": ("took {number}`toy.put`", "took 3.5 ms", 9, "'3.5 ms' is a figure from nowhere"),
    "a rate from nowhere": ("took {number}`toy.put`", "made 12 MB/s", 9, "'12 MB/s' is a figure from nowhere"),
    "an unknown number": ("`toy.put`", "`toy.get`", 9, "no number toy.get in toy/numbers*.jsonl"),
    "an unknown step": ("{lab}`toy/put`:", "{lab}`toy/pot`:", 7, "no run of the lab step toy/pot"),
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
    "a question left out": ("### read.path What then?\n", "", 1, "read.path is there 0 times"),
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


def test_questions_in_another_order_are_told(place):
    first, second = NOTES.index("## Write"), NOTES.index("## Read")
    place.notes(NOTES[:first] + NOTES[second:] + "\n" + NOTES[first:second])
    assert any("write.path is not in the template's order" in each or "read.path is not" in each for each in place()[1])


IN_SOURCE = {
    "a symbol elsewhere": ("Store.Put", "Get", "Get does not stand in store.go#L4-L6, but in line 8"),
    "a symbol nowhere": ("Store.Put", "Store.Merge", "nor anywhere in the file"),
    "part of a word": ("Store.Put", "Stor", "Stor does not stand"),
    "lines that are not there": ("#L4-L6", "#L4-L60", "store.go has 10 lines, not L4-L60"),
    "a file that is not there": ("store.go#", "shop.go#", "shop.go is no file at"),
}


@pytest.mark.parametrize("defect", IN_SOURCE)
def test_what_the_source_does_not_say_is_told_with_a_clone_even_after_write(place, defect):
    old, new, told = IN_SOURCE[defect]
    place.notes(NOTES.replace(old, new, 1))
    status, lines = place("--write", clone=True)
    assert status == 1
    assert any(told in each for each in lines), lines


def test_a_hash_that_is_not_that_of_the_lines_is_told_and_only_with_a_clone(place):
    lock = place.system / "citations.lock"
    lock.write_text(lock.read_text().replace(lock.read_text()[:64], "0" * 64))
    assert place() == (0, [])
    status, lines = place(clone=True)
    assert status == 1
    assert "the cited lines are not those whose hash is kept" in lines[0]


def test_a_hash_that_nobody_cites_is_told_and_a_damaged_lock_is_unreadable(place):
    lock = place.system / "citations.lock"
    kept = lock.read_text()
    lock.write_text(kept + kept.splitlines()[0].replace("L4", "L1").replace("L8", "L1") + "\n")
    status, lines = place()
    assert (status, "nobody cites this any more" in lines[0]) == (1, True)
    lock.write_text("not a hash\n")
    status, lines = place()
    assert (status, len(lines)) == (2, 1)
    assert lines[0].startswith(f"{lock}:1: a line is a SHA-256")


def test_copied_words_are_found_and_the_same_words_in_another_order_are_not(place):
    words = "Put keeps the value under the key, and answers nothing at all when there was one before"
    assert len(words.split()) > RUN
    place.notes(NOTES.replace("Put sets one entry of a map", words))
    status, lines = place(clone=True)
    assert status == 1
    assert "14 words in a row are those of store.go: put keeps the value under" in lines[0]
    place.notes(NOTES.replace("Put sets one entry of a map", " ".join(reversed(words.split()))))
    assert place(clone=True) == (0, [])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"machine": ""}, "toy.put does not say its machine"),
        ({"spread": None}, "toy.put does not say its spread"),
        ({"median": "fast"}, "toy.put: median must be a figure"),
        ({"runs": 0}, "toy.put was never run"),
        ({"status": "not run", "why": "no disk", "median": None}, "the number toy.put was not measured"),
        ({"status": "not run"}, "toy.put does not say its why"),
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


@pytest.mark.parametrize("given", ["nowhere", "boy=.", "toy=nowhere", "."])
def test_a_clone_that_is_none_is_one_line_and_status_2(place, tmp_path, monkeypatch, given):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    status, lines = place("--clones", given)
    assert (status, len(lines)) == (2, 1)


def test_a_clone_may_be_named_and_an_unknown_system_is_refused(place):
    assert place("--clones", f"toy={place.clone}") == (0, [])
    assert place("--system", "boy") == (2, ["there is no system boy (there are: toy)"])


def test_drift_tells_what_moved_changed_and_vanished(place):
    assert place("--drift", "HEAD", clone=True) == (0, ["at HEAD: 2 same, 0 moved, 0 changed, 0 vanished"])
    commit(place.clone, store_go="// one line more\n" + SOURCE.replace("return values[key]", "return 0"))
    status, lines = place("--drift", "HEAD", clone=True)
    assert status == 1
    assert "moved: store.go#L4-L6 Store.Put: now store.go#L5-L7" in "\n".join(lines)
    assert lines[-1] == "at HEAD: 0 same, 2 moved, 0 changed, 0 vanished"
    commit(
        place.clone, store_go=SOURCE.replace("func Get(key string)", "func Get(name string)").replace("Put(", "Set(")
    )
    status, lines = place("--drift", "HEAD", clone=True)
    assert lines[-1] == "at HEAD: 0 same, 0 moved, 1 changed, 1 vanished"
    assert any("vanished: store.go#L4-L6 Store.Put: the name is nowhere in store.go" in each for each in lines)
    git(place.clone, "mv", "store.go", "shop.go")
    commit(place.clone, shop_go=SOURCE)
    assert "now shop.go#L4-L6" in "\n".join(place("--drift", "HEAD", clone=True)[1])
    git(place.clone, "rm", "--quiet", "shop.go")
    commit(place.clone, other_go="package other\n")
    assert place("--drift", "HEAD", clone=True)[1][-1] == "at HEAD: 0 same, 0 moved, 0 changed, 2 vanished"


def test_drift_needs_a_clone_and_a_commit_that_it_has(place):
    assert place("--drift", "HEAD")[0] == 2
    status, lines = place("--drift", "f" * 40, clone=True)
    assert (status, len(lines)) == (2, 1)
    assert "has no commit" in lines[0]


def test_a_page_that_is_not_as_it_must_be_is_stale_until_it_is_written(place):
    status = place.root / "STATUS.md"
    status.write_text(status.read_text().replace("●", "○"))
    assert place() == (1, [f"{status}:1: stale: make notes ARGS=--write"])
    assert place("--write") == (0, [])


def test_blocks_are_paragraphs_items_and_rows_and_fences_are_none():
    text = (
        "### a.b T\n\none\ntwo\n- item\n  goes on\n- item\n\n```text\n- no\n```\n| a |\n|---|\n| b |\n#### sub\nlast\n"
    )
    (found,) = questions(text)
    assert [(block.line, block.text) for block in found.blocks] == [
        (3, "one\ntwo"),
        (5, "- item\n  goes on"),
        (7, "- item"),
        (12, "| a |"),
        (13, "|---|"),
        (14, "| b |"),
        (16, "last"),
    ]


PATHS = st.from_regex(r"[a-z]{1,5}(/[a-z_-]{1,5}){0,2}\.(go|java)", fullmatch=True)
SYMBOLS = st.from_regex(r"\S([^`\n]*\S)?", fullmatch=True).filter(lambda text: text.strip() == text)


@given(
    name=st.from_regex(r"[a-z0-9-]{1,8}", fullmatch=True),
    hexes=st.from_regex(r"[0-9a-f]{40}", fullmatch=True),
    path=PATHS,
    first=st.integers(0, 10**6),
    more=st.integers(0, 100),
    symbol=SYMBOLS,
)
def test_a_citation_survives_being_written_and_read(name, hexes, path, first, more, symbol):
    written = Citation(name, hexes, path, first, first + more, symbol)
    assert citation(str(written)) == written


@given(st.lists(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=9), max_size=5))
def test_the_digest_tells_lines_apart_however_they_are_cut(lines):
    assert digest(lines) == digest(list(lines))
    assert digest([*lines, ""]) != digest(lines)
    assert digest(["".join(lines) + "x"]) != digest(lines) or lines == ["x"]


@pytest.mark.parametrize(
    ("symbol", "lines", "there"),
    [
        ("Put", ["func Put()"], True),
        ("Put", ["func Putter()"], False),
        ("Store.Put", ["func (s Store) Put()"], True),
        ("Store.Put", ["type Store", "func Put()"], False),
        ("two words", ["two", "  words"], True),
        ("a{1...4}", ["DIR a{1...4}"], True),
        ("#x", ["a #x b"], True),
    ],
)
def test_a_symbol_stands_in_lines_as_whole_words(symbol, lines, there):
    assert stands(symbol, lines) is there
