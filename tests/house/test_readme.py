"""README and CONTRIBUTING do what they show, and the README's table names every module."""

import re
from pathlib import Path

import pytest

from house.blocks import Differs, alike, known, run_page
from house.reading import COMBINATORS, REFERENCE, ROOT

PAGES = ("README.md", "CONTRIBUTING.md")
TARGETS = set(re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.M)[0].split())


@pytest.mark.parametrize("page", PAGES)
def test_every_block_does_what_is_shown(page: str, tmp_path: Path) -> None:
    assert run_page((ROOT / page).read_text(), tmp_path) >= 2


@pytest.mark.parametrize("page", PAGES)
def test_set_up_lines_are_of_targets_that_exist(page: str) -> None:
    text = (ROOT / page).read_text()
    assert not list(known(text, TARGETS))
    assert {name for name in re.findall(r"`make (\w+)", text) if name not in TARGETS} == set()


@pytest.mark.parametrize("page", PAGES)
def test_links_into_the_repository_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / page).read_text())
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]


def test_every_module_is_in_the_table() -> None:
    files = {path.relative_to(REFERENCE).as_posix() for path in REFERENCE.rglob("*.py") if path.stem != "__init__"}
    rows = [line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("| ")]
    named = {name for row in rows for name in re.findall(r"\(reference/storage_combinators/([\w/]+\.py)\)", row)}
    assert files == named
    assert any(name.startswith(COMBINATORS) for name in named)


def test_a_wrong_page_is_seen(tmp_path: Path) -> None:
    program = "```python\n# one.py\nprint(1)\n```\n\n```text\n{}\n```\n"
    assert run_page(program.format(1) + "```console\n$ python one.py\n1\n$ false # exit 1\n```\n", tmp_path) == 3
    for wrong in (program.format(2), "```python\nprint(1)\n```\n", "```console\n$ false\n```\n", "```ini\na=1\n```\n"):
        with pytest.raises(Differs):
            run_page(wrong, tmp_path)
    assert list(known("```sh\nmake nothing\nrm x\nmake test # all\ngit clone x\n```\n", {"test"})) == [
        "make nothing",
        "rm x",
    ]


def test_dots_stand_for_anything() -> None:
    assert alike("a ... c\n...\nz\n", "a b c  \n\nd\nz\n")
    assert not alike("a ... c\n", "a b d\n")
