"""tools/cite: what a text of notes is read as, and how evidence looks in the book."""

import doctest
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reading_notes.toy import ROOT

from cite import notes, roles  # isort: skip # found once toy has said where the tools are
from cite.notes import Citation, citation, questions  # isort: skip # the same
from cite.sources import digest, stands  # isort: skip # the same
from cite.systems import systems  # isort: skip # the same


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


@pytest.mark.parametrize("module", [notes, roles])
def test_the_examples_in_the_tool_are_true(module):
    done = doctest.testmod(module)
    assert (done.failed, done.attempted > 0) == (0, True)


def test_what_a_reader_of_the_book_sees_leads_to_the_pinned_commit_or_nowhere():
    known = systems(ROOT / "reading-notes")
    cited = [found for system in known for found, _, _ in system.citations()]
    assert len(cited) > 200
    for found in cited:
        words, address = roles.shown("src", str(found))
        assert re.search(rf"/blob/{found.commit}/\S+#L{found.first}-L{found.last}$", address)
        assert found.symbol in words
    assert roles.shown("inference", "from it") == ("inference: from it", "")
    assert roles.shown("src", "toy@main:x") == ("toy@main:x", "")
    assert roles.shown("dated", "https://example.org/x 2026-01-02") == (
        "example.org/x, 2026-01-02",
        "https://example.org/x",
    )
    assert roles.shown("number", "history.commits") == (
        "12565 commits (any clone: a count, not a time, 2026-11-21)",
        "",
    )
    measured = roles.shown("number", "compression.per-core")[0]
    assert re.fullmatch(r"[\d.]+ MB/s .*\([0-9]+ runs, spread [\d.]+, .* cores, .*, \d{4}-\d\d-\d\d\)", measured), (
        measured
    )
    assert roles.shown("number", "no.such") == ("no.such", "")
