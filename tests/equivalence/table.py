"""docs/fakes.md: written from answers, and read again."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from equivalence.probe import Probe
from equivalence.sides import TOPICS, Topic

__all__ = ["PAGE", "Answers", "committed", "page"]

Answers = Mapping[tuple[str, str, str], str]  # by topic, question and column
PAGE = Path(__file__).parents[2] / "docs" / "fakes.md"
HEAD = """\
# Where fake and real servers differ

Made by `PYTHONPATH=tests .venv/bin/python -m equivalence`, which asks each server the same questions; a test asks them
again and compares. Where an answer is not the right one, a strict xfail of tests/equivalence says so, with the reason
below: when a server mends its ways, that test fails, and the row goes. No law is weaker for any of them.

A fake is what tests use where nothing is installed: moto (as it is made, and with two things mended, as the tests use
it), fakeredis, asyncssh, and a few lines of Python that list a folder as nginx does. `=` is the right answer.
"""


def page(answers: Answers) -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for topic in TOPICS for line in table(topic, answers))])


def table(topic: Topic, answers: Answers) -> Iterator[str]:
    columns = [side.column for side in topic.sides]
    yield from (f"## {topic.title}", "", row(["asked", "right", *columns, "why"]), "|---" * (len(columns) + 3) + "|")
    alike = []
    for probe in topic.probes:
        told = [answers.get((topic.title, probe.question, column), probe.right) for column in columns]
        if probe.differs or set(told) != {probe.right}:
            shown = ["=" if answer == probe.right else answer for answer in told]
            yield row([probe.question, probe.right, *shown, why(probe)])
        else:
            alike.append(f"{probe.question} ({probe.right})")
    yield from ("", f"All answer rightly: {'; '.join(alike)}.", "")


def why(probe: Probe) -> str:
    """The reasons, each once, with those for whom it is one."""
    reasons = {
        reason: [each for each in probe.differs if probe.differs[each] == reason] for reason in probe.differs.values()
    }
    return "; ".join(f"{' and '.join(columns)}: {reason}" for reason, columns in reasons.items())


def row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def committed() -> Answers:
    """The answers that the page tells; all others were right."""
    found = {}
    for topic in re.split("^## ", PAGE.read_text(), flags=re.M)[1:]:
        title, _, heads, _, *rows = topic.splitlines()
        columns = cells(heads)[2:-1]
        for question, right, *told, _ in map(cells, [line for line in rows if line.startswith("|")]):
            for column, answer in zip(columns, told, strict=True):
                found[title, question, column] = right if answer == "=" else answer
    return found


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]
