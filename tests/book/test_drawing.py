"""chapters/book.py: a page is whole in words where the program dot is missing."""

import runpy
import shutil
from pathlib import Path

from storage_combinators import Json, Memory

BOOK = Path(__file__).parents[2] / "chapters" / "book.py"


def test_without_dot_the_tree_is_there_in_words_and_the_page_says_so(monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda program: None)
    runpy.run_path(str(BOOK))["drawn"](Json(Memory()))
    assert capsys.readouterr().out.splitlines() == [
        "Json",
        "└── source: Memory",
        "(and as a picture, where the page is built with the program dot)",
    ]
