"""Each question to each server of this run: the right answer, or, with its reason, the one that docs/fakes.md tells."""

from collections.abc import Iterator

import pytest

from equivalence.probe import Probe
from equivalence.sides import TOPICS, Absent, Side, Topic
from equivalence.table import PAGE, Answers, committed, page
from provision.kind import Server
from provision.run import Run

Asked = tuple[Topic, Side, Server]


@pytest.fixture(scope="module")
def answers() -> dict[tuple[str, str, str], str]:
    """What was answered in this process."""
    return {}


@pytest.fixture(scope="module")
def asked(request: pytest.FixtureRequest, storage_run: Run) -> Iterator[Asked]:
    topic, side = request.param
    try:
        with side.server(storage_run) as server:
            yield topic, side, server
    except Absent as absent:
        pytest.skip(str(absent))


def each(strict: bool):
    """A parameter for each question to each server; where the answer is known to be wrong, an xfail if `strict`."""
    for topic in TOPICS:
        for side in topic.sides:
            for probe in topic.probes:
                wrong = strict and probe.differs.get(side.column)
                marks = [pytest.mark.xfail(raises=AssertionError, strict=True, reason=wrong)] if wrong else []
                yield pytest.param((topic, side), probe, id=f"{side.column}-{probe.question}", marks=marks)


def told(asked: Asked, probe: Probe, answers: dict[tuple[str, str, str], str]) -> str:
    topic, side, server = asked
    key = topic.title, probe.question, side.column
    if key not in answers:
        answers[key] = topic.ask(probe, side, server)
    return answers[key]


@pytest.mark.parametrize(("asked", "probe"), each(strict=True), indirect=["asked"])
def test_the_right_answer(asked: Asked, probe: Probe, answers: dict[tuple[str, str, str], str]) -> None:
    assert told(asked, probe, answers) == probe.right


@pytest.mark.parametrize(("asked", "probe"), each(strict=False), indirect=["asked"])
def test_the_answer_that_the_page_tells(asked: Asked, probe: Probe, answers: dict[tuple[str, str, str], str]) -> None:
    topic, side, _ = asked
    assert told(asked, probe, answers) == page_of(committed(), topic, probe, side)


def page_of(written: Answers, topic: Topic, probe: Probe, side: Side) -> str:
    return written.get((topic.title, probe.question, side.column), probe.right)


def test_the_page_is_what_its_answers_and_the_probes_make() -> None:
    assert page(committed()) == PAGE.read_text(), "PYTHONPATH=tests .venv/bin/python -m equivalence"


def test_a_wrong_answer_has_a_reason_and_a_reason_a_wrong_answer() -> None:
    written = committed()
    for topic in TOPICS:
        for probe in topic.probes:
            wrong = {side.column for side in topic.sides if page_of(written, topic, probe, side) != probe.right}
            assert wrong == set(probe.differs), probe.question
