"""Env and Null."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from storage_combinators import MISSING, Conflict, Missing, Ref, Refused, look, update
from storage_combinators.leaves.env import Env
from storage_combinators.leaves.null import Null

NAME = Ref("NAME")


@pytest.fixture
def env() -> Iterator[Env]:
    yield Env("H1_")
    for name in [name for name in os.environ if name.startswith("H1_")]:
        del os.environ[name]


def test_a_variable_is_a_ref(env: Env) -> None:
    env.put(NAME, "é")
    assert os.environ["H1_NAME"] == env.get(NAME) == "é"
    assert list(env.refs(Ref())) == list(env.refs(Ref(), 1)) == list(env.refs(NAME, 0)) == [NAME]
    assert NAME not in list(Env().refs(Ref()))
    assert Ref("H1_NAME") in list(Env().refs(Ref()))
    env.delete(NAME)
    env.delete(NAME)
    assert "H1_NAME" not in os.environ
    assert look(env, NAME) is MISSING


def test_children_inherit_the_values(env: Env) -> None:
    env.put(NAME, "there")
    code = "import os; print(os.environ['H1_NAME'])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "there\n"


@pytest.mark.parametrize("ref", [Ref(), Ref("a", "b"), Ref("a=b"), Ref("=")])
def test_what_is_no_variable_is_missing_and_refused(env: Env, ref: Ref) -> None:
    with pytest.raises(Missing):
        env.get(ref)
    with pytest.raises(Refused):
        env.put(ref, "x")
    env.delete(ref)
    assert list(env.refs(Ref())) == list(env.refs(ref, 0)) == []


@pytest.mark.parametrize("value", ["secret\0", "secret\ud800"])
def test_what_no_environment_holds_is_refused_and_not_shown(env: Env, value: str) -> None:
    env.put(NAME, "old")
    with pytest.raises(Refused) as refused:
        env.put(NAME, value)
    assert "secret" not in str(refused.value)
    assert env.get(NAME) == "old"


@pytest.mark.parametrize("value", [b"x", None, 1, MISSING])
def test_values_are_text(env: Any, value: object) -> None:
    with pytest.raises(TypeError):
        env.put(NAME, value)
    with pytest.raises(TypeError, match="is no Ref"):
        env.put("NAME", "x")


def test_swap_is_refused_since_nobody_can_keep_others_from_the_environment(env: Env) -> None:
    with pytest.raises(Refused):
        update(env, NAME, lambda old: "x")
    assert look(env, NAME) is MISSING


def test_a_variable_that_no_ref_names_is_not_listed(env: Env) -> None:
    for name in ("H1_a/b", "H1_..", "H1_", "H1_\udcff"):
        os.environ[name] = "x"
    env.put(NAME, "1")
    assert list(env.refs(Ref())) == [NAME]


def test_nothing_is_held_by_null() -> None:
    store: Null[Any] = Null()
    store.put(NAME, None)
    store.merge(NAME, 1)
    store.swap(NAME, MISSING, 2)
    store.swap(NAME, MISSING, MISSING)
    store.delete(NAME)
    assert look(store, NAME) is MISSING
    assert [list(store.refs(Ref(), depth)) for depth in (0, 1, None)] == [[], [], []]
    with pytest.raises(Conflict):
        store.swap(NAME, 2, 3)
    with pytest.raises(TypeError):
        store.put(NAME, MISSING)
    assert eval(repr(store)) == store
