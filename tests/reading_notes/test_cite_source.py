"""tools/cite beside a clone: what does not stand in the source, what was copied, what a newer commit did."""

import pytest

from reading_notes.toy import NOTES, SOURCE, commit, git, place

from cite import clones  # isort: skip # found once toy has said where the tools are
from cite.sources import RUN  # isort: skip # the same

__all__ = ["place"]

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


@pytest.mark.parametrize(
    ("figure", "told"),
    [("1 s", ""), ("7 s", "'7 s' stands in none of the lines"), ("1,000 s", "'1,000 s' stands in none")],
)
def test_a_figure_stands_in_the_lines_that_are_cited_beside_it(place, figure, told):
    place.notes(NOTES.replace("Put sets one entry", f"In {figure} Put sets one entry"))
    status, lines = place(clone=True)
    assert status == bool(told)
    assert any(told in each for each in lines) if told else not lines
    dated = "{dated}`https://example.org/toy 2026-01-02`"
    place.notes(NOTES.replace("Put sets one entry", f"In {figure} {dated} Put sets one entry"))
    assert place(clone=True) == (0, [])  # the document is not here


def test_a_hash_that_is_not_that_of_the_lines_is_told_with_a_clone_and_its_file_without_one(place):
    lock = place.system / "citations.lock"
    lock.write_text(lock.read_text().replace(lock.read_text()[:64], "0" * 64))
    status, (line,) = place()
    assert (status, "not of this text and these hashes" in line) == (1, True)
    status, lines = place(clone=True)
    assert status == 1
    assert any("the cited lines are not those whose hash is kept" in each for each in lines)


def test_a_hash_that_nobody_cites_is_told_and_a_damaged_lock_is_unreadable(place):
    lock = place.system / "citations.lock"
    kept = lock.read_text()
    lock.write_text(kept + kept.splitlines()[0].replace("L4", "L1").replace("L8", "L1") + "\n")
    status, lines = place()
    assert (status, any("nobody cites this any more" in each for each in lines)) == (1, True)
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
    copy = place.lab / "reader.py"
    copy.write_text(f"# {words}\n")
    assert place(clone=True)[1][0].startswith(f"{copy}:1: 14 words in a row are those of store.go")


def test_the_record_of_a_look_up_is_of_this_text_or_told(place):
    record = place.system / "checked.txt"
    said = "toy: questions: 1 answered, 0 partly, 1 open; 2 citations, each looked up in the source\n"
    told = f"{record}:1: not of this text and these hashes: make notes CLONES=... ARGS=--write"
    sealed = record.read_text()
    assert sealed.startswith(said)
    record.write_text(sealed.replace("2 citations", "3 citations"))
    assert told in place()[1]
    record.write_text(sealed)
    assert place() == (0, [])
    record.unlink()
    place.notes(NOTES.replace("Store.Put", "Store.Merge", 1))
    place("--write", clone=True)
    assert not record.exists()  # nothing is said to stand that does not


@pytest.mark.parametrize("given", ["nowhere", "boy=.", "toy=nowhere", "."])
def test_a_clone_that_is_none_is_one_line_and_status_2(place, tmp_path, monkeypatch, given):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    status, lines = place("--clones", given)
    assert (status, len(lines)) == (2, 1)


def test_without_git_it_is_one_line_and_status_2_and_no_clone_needs_none(place, monkeypatch, tmp_path):
    monkeypatch.setitem(clones.QUIET, "PATH", str(tmp_path))
    assert place(clone=True) == (2, ["no program git on PATH: install it, or check without CLONES"])
    assert place() == (0, [])


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
