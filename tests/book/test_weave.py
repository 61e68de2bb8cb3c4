"""tools/weave.py: what is stale or unknown is caught, and filling twice changes nothing more."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WEAVE = ROOT / "tools" / "weave.py"
SOURCE = '''"""A module."""

import functools

LIMIT: int = 3


@functools.cache
def twice(n):  # why
    return 2 * n


class Outer:
    """Outer."""

    class Inner:
        """Inner."""

        @property
        def deep(self):
            text = """
margin
"""
            return text


if LIMIT:
    def chosen(): ...
'''


@pytest.fixture
def book(tmp_path):
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "a.py").write_text(SOURCE)
    (tmp_path / "chapters" / "_build").mkdir(parents=True)
    return tmp_path / "chapters"


def weave(*arguments):
    done = subprocess.run([sys.executable, WEAVE, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert not done.stderr or done.returncode == 2
    return done.returncode, done.stdout


def chapter(book, symbol, body="", fence="```"):
    path = book / "01.md"
    path.write_text(f"# One\n\n{fence}python reference/a.py{symbol}\n{body}{fence}\n\nAfter.\n")
    return path


@pytest.mark.parametrize(
    ("symbol", "first", "last"),
    [
        ("", '"""A module."""', "    def chosen(): ..."),
        ("#LIMIT", "LIMIT: int = 3", "LIMIT: int = 3"),
        ("#twice", "@functools.cache", "    return 2 * n"),
        ("#Outer", "class Outer:", "            return text"),
        ("#Outer.Inner", "class Inner:", "return text"),
        ("#Outer.Inner.deep", "@property", "return text"),
    ],
)
def test_a_block_is_filled_with_the_whole_symbol_decorators_included(book, symbol, first, last):
    path = chapter(book, symbol)
    assert weave("--check", book)[0] == 1
    assert weave(book) == (0, "")
    body = path.read_text().split("\n")[3:-4]
    assert body[0] == first
    assert body[-1].strip() == last.strip()
    assert path.read_text().endswith("\n```\n\nAfter.\n")
    assert weave("--check", book) == (0, "")


def test_filling_twice_changes_nothing_more(book):
    path = chapter(book, "#Outer", "old\n")
    weave(book)
    once = path.read_bytes()
    weave(book)
    assert path.read_bytes() == once


def test_a_stale_block_is_named_with_file_line_and_symbol_and_left_alone(book):
    path = chapter(book, "#twice")
    weave(book)
    (book.parent / "reference" / "a.py").write_text(SOURCE.replace("2 * n", "n + n"))
    before = path.read_bytes()
    assert weave("--check", book) == (1, f"{path}:3: python reference/a.py#twice: stale\n")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("```python reference/a.py#nobody\n```\n", "no symbol nobody"),
        ("```python reference/a.py#Outer.nobody\n```\n", "no symbol nobody"),
        ("```python reference/a.py#LIMIT.nobody\n```\n", "no symbol nobody"),
        ("```python reference/a.py#chosen\n```\n", "no symbol chosen"),
        ("```python reference/none.py#a\n```\n", "no such file"),
        ("```py reference/a.py#twice\n```\n", "write python FILE.py#Symbol"),
        ("```{code-block} reference/a.py#twice\n```\n", "write python FILE.py#Symbol"),
        ("  ```python reference/a.py#twice\n  ```\n", "the fence must start at the margin, and be closed"),
        ("```python reference/a.py#twice\n", "the fence must start at the margin, and be closed"),
    ],
)
@pytest.mark.parametrize("mode", [["--check"], []])
def test_what_cannot_be_filled_is_an_error_in_both_modes(book, text, why, mode):
    path = book / "01.md"
    path.write_text(text)
    code, said = weave(*mode, book)
    assert code == 1
    assert said.startswith(f"{path}:1: ")
    assert said.endswith(f"unknown: {why}\n")
    assert path.read_text() == text


def test_a_symbol_that_is_there_twice_is_not_guessed(book):
    (book.parent / "reference" / "a.py").write_text("def f(): ...\ndef f(): ...\n")
    chapter(book, "#f")
    code, said = weave(book)
    assert code == 1
    assert "f is there 2 times" in said


def test_a_source_with_a_fence_in_it_needs_a_longer_one(book):
    (book.parent / "reference" / "a.py").write_text('"""\n```\n"""\n')
    chapter(book, "")
    assert "use a longer one" in weave(book)[1]
    chapter(book, "", fence="````")
    assert weave(book) == (0, "")


def test_other_fences_and_the_built_pages_are_nobodys_business(book):
    (book / "01.md").write_text("```python\nold = 1\n```\n\n```{code-cell}\nopen('reference/a.py')\n```\n")
    (book / "_build" / "02.md").write_text("```python reference/none.py#a\n```\n")
    assert weave("--check", book) == (0, "")


def test_a_folder_that_is_none_is_one_line_and_exit_2(tmp_path):
    done = subprocess.run([sys.executable, WEAVE, tmp_path / "no"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "is no folder" in done.stderr
    assert "Traceback" not in done.stderr


def test_cover_reports_symbols_without_a_chapter_or_with_several(book):
    (book.parent / "reference" / "a.py").write_text(
        'from b import w\n__all__ = ["w", "x", "y", "z"]\nx = 1\ny = 2\nz = 3\nother = 4\n'
    )
    (book / "01.md").write_text("".join(f"```python reference/a.py#{name}\n```\n" for name in "xyx"))
    code, said = weave("--cover", book)
    assert code == 0
    assert said == "reference/a.py#x: shown 2 times\nreference/a.py#z: shown 0 times\n"


def test_cover_counts_a_whole_file_and_no_method_alone(book):
    (book / "01.md").write_text("```python reference/a.py\n```\n\n```python reference/a.py#Outer.Inner\n```\n")
    assert weave("--cover", book) == (0, "")
    (book / "01.md").write_text("```python reference/a.py#Outer.Inner\n```\n")
    assert weave("--cover", book)[1] == "reference/a.py#twice: shown 0 times\nreference/a.py#Outer: shown 0 times\n"


def test_the_book_shows_where_a_block_is_from_and_a_stale_one_ends_its_build(book):
    (book / "conf.py").write_text(
        f"import sys; sys.path.append({str(WEAVE.parent)!r}); extensions = ['myst_parser', 'weave']"
    )
    path = chapter(book, "#LIMIT", "LIMIT: int = 3\n")
    path.rename(book / "index.md")
    build = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", book, book / "_build"]
    assert subprocess.run(build, capture_output=True, text=True, check=False).stderr == ""
    assert "reference/a.py#LIMIT" in (book / "_build" / "index.html").read_text()
    (book.parent / "reference" / "a.py").write_text(SOURCE.replace("= 3", "= 4"))  # the page itself is as it was
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "index.md:3: python reference/a.py#LIMIT: stale" in done.stderr


def test_no_chapter_of_this_repository_is_stale():
    assert weave("--check", ROOT / "chapters") == (0, "")
