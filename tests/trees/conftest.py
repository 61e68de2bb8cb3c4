"""Trees of texts, and what is said of wrong ones."""

import re
from typing import Any

import pytest

from storage_combinators import open_store
from storage_combinators.edges.open_store import UsageError


@pytest.fixture
def made(tmp_path):
    """The tree of a text, as the file trees.toml in a folder of its own."""

    def make(text: str) -> Any:
        (tmp_path / "trees.toml").write_text(text, encoding="utf-8")
        return open_store(tmp_path / "trees.toml")

    return make


@pytest.fixture
def wrong(made, tmp_path):
    """What is said of a text that describes no tree: the line, and the rest."""

    def say(text: str) -> tuple[int, str]:
        with pytest.raises(UsageError) as caught:
            made(text)
        said = str(caught.value)
        assert "\n" not in said
        found = re.fullmatch(rf"{re.escape(str(tmp_path))}/trees\.toml:(\d+): (.*)", said)
        assert found, said
        return int(found[1]), found[2]

    return say
