"""What the tests of this folder need: Groovy, else they say why they do not run; in CI that is a failure."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from jenkinsfile import __main__ as command  # noqa: E402 # a tool is not installed
from jenkinsfile.reading import Absent, Node, groovy, parse  # noqa: E402 # the same


@pytest.fixture(scope="session")
def parser() -> None:
    """The jar is here, brought once for all workers."""
    try:
        groovy()
    except Absent as absent:
        why = f"not run, because the checker of the Jenkinsfile {absent}"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)


@pytest.fixture(scope="session")
def trees() -> dict[str, Node]:
    return {}


@pytest.fixture
def parsed_once(parser: None, trees: dict[str, Node], monkeypatch: pytest.MonkeyPatch) -> None:
    """The command starts Java only for a text that no test had before."""

    def once(paths: Sequence[Path]) -> list[Node]:
        for path in paths:
            if path.read_text() not in trees:
                trees[path.read_text()] = parse([path])[0]
        return [trees[path.read_text()] for path in paths]

    monkeypatch.setattr(command, "parse", once)
