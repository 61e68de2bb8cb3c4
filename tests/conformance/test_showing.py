"""How a counterexample is written: long values short, and the class of the bug where there is one."""

import tracemalloc
from typing import Any

import pytest

from storage_conformance import Trial, judge, law
from storage_conformance.verbs import show

RANGE = bytes(range(256))


@pytest.mark.parametrize(
    "value",
    [RANGE[65:155], RANGE[1:], RANGE, RANGE + b"b", RANGE * 2, RANGE[::-1] * 9 + b"b", "".join(map(chr, range(300)))],
    ids=len,
)
def test_what_is_written_means_the_same_and_nothing_is_written_twice(value: Any) -> None:
    assert eval(show(value)) == value
    assert len(show(value)) <= len(repr(value))
    assert "* 0" not in show(value)


def test_a_value_without_structure_is_cut_short() -> None:
    assert show(RANGE[::-1] + RANGE).endswith("(512 in all)")


def test_a_long_run_is_written_in_little_memory() -> None:
    value = b"x" * 2**20 + b"y"
    show(value)  # which keeps what it compares with
    tracemalloc.start()
    try:
        assert show(value) == "(b'x' * 1048576 + b'y')"
        assert tracemalloc.get_traced_memory()[1] < 4 * len(value)
    finally:
        tracemalloc.stop()


class FoldsCase(dict[str, bytes]):
    """A mapping as a folder of Windows is one."""

    def __setitem__(self, key: str, value: bytes) -> None:
        super().__setitem__(key.casefold(), value)


class LosesOthers(dict[str, bytes]):
    """It shows one key alone, whatever the case of the others."""

    def __iter__(self) -> Any:
        return iter([key for key in super().__iter__() if key == "a"])

    def items(self) -> Any:
        return [(key, self[key]) for key in self]


def puts_three(trial: Trial) -> None:
    for key in ("A", "a", "b"):
        trial.do("[]=", key, key.encode())


@law(kind="mapping")
def items_are_told(trial: Trial) -> None:
    """items() is that of the dictionary."""
    puts_three(trial)
    trial.do("items")


@law(kind="mapping")
def keys_are_told(trial: Trial) -> None:
    """keys() is that of the dictionary."""
    puts_three(trial)
    trial.do("keys")


@law(kind="mapping")
def values_are_told(trial: Trial) -> None:
    """values() is that of the dictionary."""
    puts_three(trial)
    trial.do("values")


@pytest.mark.parametrize("each", [items_are_told, keys_are_told, values_are_told], ids=lambda each: each.name)
def test_the_class_of_a_bug_is_told_of_every_view(each: Any) -> None:
    (broken,) = judge(FoldsCase, step=4, laws=[each]).broken
    assert "Diagnosis: keys are compared without case" in broken.why


def test_a_view_that_lacks_keys_for_another_reason_has_no_diagnosis() -> None:
    """It shows fewer keys than there would be without case."""
    (broken,) = judge(LosesOthers, step=4, laws=[items_are_told]).broken
    assert "Diagnosis" not in broken.why
