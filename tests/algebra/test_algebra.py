"""The algebra: what decides is right about known cases, and docs/algebra.md says what is decided today."""

import os
from json import loads
from pathlib import Path
from random import Random
from typing import Any

import pytest

import storage_combinators
from storage_conformance.algebra.__main__ import DATA, PAGE, main, named
from storage_conformance.algebra.catalogue import EQUATIONS, EVEN, ROOMY, WAYS, WHOLES
from storage_conformance.algebra.deciding import Difference, difference, stacked
from storage_conformance.algebra.page import page
from storage_conformance.algebra.working import TASKS, found

ROOT = Path(__file__).parents[2]
PUBLISHED: dict[str, Any] = loads((ROOT / DATA).read_text(encoding="utf-8"))
DECIDED = [task for task in TASKS if task[0] != "kept"]
FULL = os.environ.get("STORAGE_PROFILE", "quick") != "quick"
SAMPLE = TASKS if FULL else Random(8).sample(DECIDED, 120)
BASES = {"Around", "Gathered", "Mapped", "Renamed", "Spread"}  # to be extended, not to be used
ALIKE = {"Json"}  # a Serialized


def test_the_page_is_the_one_of_the_data() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(PUBLISHED)


def test_every_task_has_an_answer_and_every_answer_a_task() -> None:
    answers = {(table, name) for table, rows in PUBLISHED.items() if table != "length" for name in rows}
    assert answers == {(task[0], named(task)) for task in TASKS}


@pytest.mark.parametrize("task", SAMPLE, ids=lambda task: f"{task[0]}: {named(task)}")
def test_what_is_published_is_decided_again(task: tuple[str, str, str]) -> None:
    answer = found(task, PUBLISHED["length"])
    assert as_json(answer) == PUBLISHED[task[0]][named(task)]


def as_json(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {name: as_json(value) for name, value in answer.items()}
    return [as_json(value) for value in answer] if isinstance(answer, tuple | list) else answer


def test_what_commutes_with_every_one_has_a_reason_and_nothing_else_has() -> None:
    """Else a row says nothing: what is switched off where it is compared commutes with all."""
    apart = [name.split() for name, found in PUBLISHED["pairs"].items() if found]
    assert {name for name in WAYS if not any(name in pair for pair in apart)} == set(EVEN)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (
            "Timeout(Delayed(s, 2, clock.sleep), 1, InTime(clock))",
            "Delayed(Timeout(s, 1, InTime(clock)), 2, clock.sleep)",
        ),
        ('Hashed(Relative(s, Ref("p")), Memory(), 71)', 'Relative(Hashed(s, Memory(), 71), Ref("p"))'),
    ],
)
def test_time_and_long_names_tell_apart(left: str, right: str) -> None:
    assert difference(left, right, 1) is not None


def test_every_combinator_is_in_the_catalogue() -> None:
    stacks = " ".join([*WAYS.values(), *WHOLES.values(), *ROOMY.values()])
    combinators = {
        name
        for name in storage_combinators.__all__
        if hasattr(getattr(storage_combinators, name), "swap") and is_over_stores(getattr(storage_combinators, name))
    }
    assert {name for name in combinators if f"{name}(" not in stacks} == BASES | ALIKE


def is_over_stores(made: Any) -> bool:
    folder = made.__module__.split(".")[1]
    return folder in ("transforming", "guarding", "observing", "caching", "routing")


@pytest.mark.parametrize(
    ("left", "right", "calls"),
    [
        ("ReadOnly(s)", "s", ("put(a, 1)",)),
        ('Relative(s, Ref("p"))', "s", ("get(a)",)),
        ("Merging(s, add)", "s", ("merge(a, 1)", "get(a)")),
        ("Compressed(s)", "s", ("put(a, 1)", "anew()", "get(a)")),
        ("TimeToLive(s, 10, clock)", "TimeToLive(s, 20, clock)", ("put(a, 1)", "wait(10)", "get(a)")),
    ],
)
def test_the_shortest_run_is_found(left: str, right: str, calls: tuple[str, ...]) -> None:
    apart = difference(left, right, 2)
    assert isinstance(apart, Difference)
    assert apart.calls == calls


def test_what_is_longer_than_the_sequences_is_not_seen() -> None:
    assert difference("Bounded(s, 4)", "Bounded(s, 5)", 0) is None
    assert difference("Bounded(s, 4)", "Bounded(s, 3)", 2) is not None


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS)
def test_every_stack_is_alike_to_itself(text: str) -> None:
    assert difference(text, text, 1) is None


def test_to_stack_is_to_put_one_in_the_place_of_the_source() -> None:
    assert stacked("Cache(Memory(), s)", "Locked(s)") == "Cache(Memory(), Locked(s))"


def test_which_equations_hold_is_what_the_page_says() -> None:
    holds = {
        left
        for group in EQUATIONS.values()
        for left, right in group
        if f"| `{left}` | ≈ | `{right}` |" in page(PUBLISHED)
    }
    assert {"Sequential((s,))", "Relative(s, Ref())", "Mount(s, {})"} <= holds
    assert not {'Switch({"a": s})', 'Relative(Relative(s, Ref("p")), Ref("q"))'} & holds


@pytest.mark.parametrize("arguments", [["x"], ["1", "2"], ["-1"]])
def test_a_wrong_length_is_one_clear_line(arguments: list[str], capsys: Any) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("usage: ")
