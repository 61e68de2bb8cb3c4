"""Each starter is red, each solution green, and each answer known to be wrong is refused by the law that it breaks.

Else an exercise could be passed untouched, or without what its chapter teaches, or not at all.
"""

import pytest

from exercise_answers import EXERCISES, RIGHT, WRONG
from storage_conformance import LAWS, judge
from storage_conformance.laws.combinators import COMBINATOR_LAWS

FOLDERS = sorted(EXERCISES.iterdir())
ALL = (*LAWS, *COMBINATOR_LAWS)
LEVELS = ("level_1", "level_2", "level_3")
STEP = 4  # the fewest trials that the suite knows: this is a test of the exercises, not of the suite


def unmet(report):
    return [(result.law, result.why) for result in report.laws if result.verdict in ("broken", "not run")]


def test_each_chapter_has_its_exercise():
    chapters = sorted(path.stem.replace("-", "_") for path in EXERCISES.parent.glob("[0-9]*.md"))
    assert [path.name for path in FOLDERS] == chapters


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # a wrong store fails there, too
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("exercise", FOLDERS, ids=lambda path: path.name)
def test_the_starter_is_red(exercise, level):
    report = judge(f"{exercise / 'starter.py'}:{level}", step=STEP)
    assert report.verdict == "breaks"
    assert all(result.counterexample for result in report.broken)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("exercise", FOLDERS, ids=lambda path: path.name)
def test_the_solution_is_green(exercise, level):
    assert unmet(judge(f"{exercise / 'solution.py'}:{level}", step=STEP)) == []


@pytest.mark.parametrize("answer", WRONG)
def test_a_wrong_answer_is_refused_by_name(answer):
    make, law = WRONG[answer]
    report = judge(make, laws=[each for each in ALL if each.name == law], step=STEP)
    assert [result.law for result in report.broken] == [law]


@pytest.mark.parametrize("answer", RIGHT)
def test_a_right_answer_in_another_style_is_green(answer):
    assert unmet(judge(RIGHT[answer], step=STEP)) == []
