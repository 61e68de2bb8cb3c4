"""The Jenkinsfile of this repository: its plan as kept in plan.txt, and that its lines are those of everybody else.

After a change on purpose: PYTHONPATH=tools .venv/bin/python -m jenkinsfile Jenkinsfile > tests/jenkins/plan.txt
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from jenkinsfile.__main__ import main
from jenkinsfile.model import Pipeline, Section, Steps
from jenkinsfile.reading import parse
from jenkinsfile.stages import understand

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()


@pytest.fixture(scope="module")
def pipeline(parser: None) -> Pipeline:
    return understand(parse([ROOT / "Jenkinsfile"])[0])


def sections(found: Section) -> Iterator[Section]:
    yield found
    for inner in found.inner:
        yield from sections(inner)


def lines(steps: Steps) -> Iterator[str]:
    for step in steps:
        if step.name == "sh":
            yield str(step.arguments["script"])
        yield from lines(step.steps)


def commands(pipeline: Pipeline) -> list[str]:
    return [line for found in sections(pipeline.whole) for line in lines(found.steps)]


def test_the_plan_is_the_one_that_was_looked_at(parsed_once: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(ROOT / "Jenkinsfile")]) == 0
    assert capsys.readouterr().out == Path(__file__).with_name("plan.txt").read_text()


def test_every_stage_is_one_line_that_calls_one_make_target(pipeline: Pipeline) -> None:
    stages = [found for found in sections(pipeline.whole) if found.body == "steps"]
    assert [len(found.steps) for found in stages] == [1] * len(stages)
    assert [found.name for found in stages if len(list(lines(found.steps))) != 1] == []
    assert [line for line in commands(pipeline) if re.search(r"[;&|<>`\n]", line)] == []
    assert [
        found.name for found in sections(pipeline.whole) for steps in found.post.values() if list(lines(steps))
    ] == []


def test_the_targets_are_there_and_know_the_variables(pipeline: Pipeline) -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.M))
    variables = set(re.findall(r"\$\((\w+)\)", MAKEFILE))
    for line in commands(pipeline):
        make, target, *assigned = shlex.split(line)
        assert (make, target in targets) == ("make", True), line
        assert {word.split("=")[0] for word in assigned} <= variables, line


def test_the_targets_are_those_of_the_whole_check_without_jenkins(pipeline: Pipeline) -> None:
    script = (ROOT / ".ci" / "run").read_text()
    called = re.findall(r"^for target in (.*?); do", script, re.M)[0].split()
    here = {shlex.split(line)[1] for line in commands(pipeline)}
    assert here - {"cell"} == {*called, "test"} - {
        "setup"
    }  # cell is test in a .venv of its own; each target calls setup


def test_the_matrix_is_both_engines_and_every_python_that_is_supported(pipeline: Pipeline) -> None:
    (matrix,) = [found for found in sections(pipeline.whole) if found.body == "matrix"]
    pythons = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text())
    wanted = [
        {"ENGINE": engine, "PYTHON": f"python{version}"} for engine in ("embedded", "containers") for version in pythons
    ]
    assert list(matrix.cells) == wanted


@pytest.mark.parametrize("asked", [["--cause", "TimerTrigger"], ["--param", "DEEP=true"], []])
def test_the_deep_run_is_for_the_night_or_on_demand(
    parsed_once: None, capsys: pytest.CaptureFixture[str], asked: list[str]
) -> None:
    assert main([str(ROOT / "Jenkinsfile"), *asked]) == 0
    nightly = capsys.readouterr().out.partition("  stage nightly\n")[2]
    assert ("runs when" in nightly, "skipped when" in nightly) == (bool(asked), not asked)
    assert "make test PROFILE=deep " in nightly
