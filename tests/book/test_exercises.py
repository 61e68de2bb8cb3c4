"""Every starter is red and every solution green: else an exercise could be passed untouched, or not at all."""

from pathlib import Path

import pytest

from storage_conformance import judge

EXERCISES = sorted((Path(__file__).parents[2] / "chapters" / "exercises").iterdir())
LEVELS = ("level_1", "level_2", "level_3")
STEP = 4  # the fewest trials that the suite knows: this is a test of the exercises, not of the suite


def test_each_chapter_has_its_exercise():
    chapters = sorted(path.stem.replace("-", "_") for path in EXERCISES[0].parents[1].glob("[0-9]*.md"))
    assert [path.name for path in EXERCISES] == chapters


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # a wrong store fails there, too
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda path: path.name)
def test_the_starter_is_red(exercise, level):
    report = judge(f"{exercise / 'starter.py'}:{level}", step=STEP)
    assert report.verdict == "breaks"
    assert all(result.counterexample for result in report.broken)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda path: path.name)
def test_the_solution_is_green(exercise, level):
    report = judge(f"{exercise / 'solution.py'}:{level}", step=STEP)
    assert [(result.law, result.why) for result in report.laws if result.verdict in ("broken", "not run")] == []
