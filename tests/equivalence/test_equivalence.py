"""Each question to each server of this run: the right answer, or, with its reason, the one that docs/fakes.md tells."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any

import pytest

from equivalence.probe import Probe
from equivalence.sides import TOPICS, Absent, Side, Topic
from equivalence.table import PAGE, Answers, committed, page
from provision.kind import Server
from provision.run import Run

Ask = Callable[[Topic, Side, Probe], str]


@pytest.fixture(scope="module")
def ask(storage_run: Run) -> Iterator[Ask]:
    """Asks once, of servers that are started once in this process. Absent where there is none."""
    with ExitStack() as until:

        @cache
        def server(topic: str, column: str) -> Server | Absent:
            try:
                return until.enter_context(SIDES[topic, column].server(storage_run))
            except Absent as absent:
                return absent

        @cache
        def answer(topic: str, column: str, question: str) -> str:
            found = server(topic, column)
            if isinstance(found, Absent):
                raise found
            probe = next(probe for probe in BY_TITLE[topic].probes if probe.question == question)
            return BY_TITLE[topic].ask(probe, SIDES[topic, column], found)

        yield lambda topic, side, probe: answer(topic.title, side.column, probe.question)


BY_TITLE = {topic.title: topic for topic in TOPICS}
SIDES = {(topic.title, side.column): side for topic in TOPICS for side in topic.sides}


def each(strict: bool) -> list[Any]:
    """A parameter for each question to each server; where the answer is known to be wrong, an xfail if `strict`."""
    found = []
    for topic, side, probe in [(t, side, probe) for t in TOPICS for side in t.sides for probe in t.probes]:
        wrong = strict and probe.differs.get(side.column)
        marks = [pytest.mark.xfail(raises=AssertionError, strict=True, reason=wrong)] if wrong else []
        found.append(pytest.param(topic, side, probe, id=f"{side.column}-{probe.question}", marks=marks))
    return found


def told(ask: Ask, topic: Topic, side: Side, probe: Probe) -> str:
    try:
        return ask(topic, side, probe)
    except Absent as absent:
        pytest.skip(str(absent))


@pytest.mark.parametrize(("topic", "side", "probe"), each(strict=True))
def test_the_right_answer(ask: Ask, topic: Topic, side: Side, probe: Probe) -> None:
    assert told(ask, topic, side, probe) == probe.right


@pytest.mark.parametrize(("topic", "side", "probe"), each(strict=False))
def test_the_answer_that_the_page_tells(ask: Ask, topic: Topic, side: Side, probe: Probe) -> None:
    assert told(ask, topic, side, probe) == written(committed(), topic, probe, side)


def written(answers: Answers, topic: Topic, probe: Probe, side: Side) -> str:
    return answers.get((topic.title, probe.question, side.column), probe.right)


def test_the_page_is_what_its_answers_and_the_probes_make() -> None:
    assert page(committed()) == PAGE.read_text(), "PYTHONPATH=tests .venv/bin/python -m equivalence"


def test_a_wrong_answer_has_a_reason_and_a_reason_a_wrong_answer() -> None:
    answers = committed()
    for topic in TOPICS:
        for probe in topic.probes:
            wrong = {side.column for side in topic.sides if written(answers, topic, probe, side) != probe.right}
            assert wrong == set(probe.differs), probe.question
