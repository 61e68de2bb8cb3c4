"""Measuring: how long, and how much (ours)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import any_verb, behaves_like

FAMILY = Family("measuring", ("source, now = Source(), [0.0]", "store = make(source, lambda: now[0])"))
measuring = partial(law, kind="measuring")


@measuring(calls=1)
def a_measuring_is_its_source(t: Trial) -> None:
    """Measuring(s) ≈ s"""
    behaves_like(t, "source")


@measuring()
def the_seconds_of_a_verb_are_those_at_its_source(t: Trial) -> None:
    """source takes 2 s: seconds[verb] has one more of 2, whether the verb did its work, answered or failed"""
    verb, *args = any_verb(t)
    fails = t.choose((False, True))
    t.program(two_seconds, "store", "source", "now", repr(verb), repr(tuple(args)), repr(fails))


def two_seconds(store: Any, source: Any, now: Any, verb: str, args: tuple[Any, ...], fails: bool) -> None:
    source.fail(*[verb] * fails)
    source.meanwhile[verb] = lambda: now.__setitem__(0, now[0] + 2.0)
    try:
        list(getattr(store, verb)(*args) or ())
    except OSError:
        assert fails, f"{verb} failed by itself"
    assert set(store.seconds) == {verb}, f"{verb} was asked, and measured was {sorted(store.seconds)}"
    taken = store.seconds[verb]
    assert (taken.count, taken.sum) == (1, 2.0), f"{verb} took 2 s, and what is told is {taken}"


@measuring()
def the_size_of_a_value_is_told_by_its_verb(t: Trial) -> None:
    """put(r, v), merge, swap, get: sizes[verb] has one more of len(v); of delete and refs there is none"""
    verb, *args = any_verb(t)
    t.program(one_byte, "store", repr(verb), repr(tuple(args)))


def one_byte(store: Any, verb: str, args: tuple[Any, ...]) -> None:
    list(getattr(store, verb)(*args) or ())
    told = {name: (sizes.count, sizes.sum) for name, sizes in store.sizes.items()}
    wanted = {} if verb in ("delete", "refs") else {verb: (1, 1)}
    assert told == wanted, f"{verb} of a value of 1 byte: (count, sum) of the sizes are {told}"


@measuring()
def least_and_most_are_exact_and_the_median_nearly(t: Trial) -> None:
    """gets take x1 ... xn: seconds["get"] has their least and most, and a median from the true one to twice that"""
    taken = [t.choose((0.25, 1.0, 3.0)) for _ in range(t.choose((1, 3)))]
    t.program(summed_up, "store", "source", "now", repr(taken))


def summed_up(store: Any, source: Any, now: Any, taken: list[float]) -> None:
    source.cells[Ref("a")] = b"x"
    for seconds in taken:
        source.meanwhile["get"] = lambda seconds=seconds: now.__setitem__(0, now[0] + seconds)
        store.get(Ref("a"))
    found, median = store.seconds["get"], sorted(taken)[len(taken) // 2]
    assert (found.least, found.most) == (min(taken), max(taken)), f"{taken} were told as {found}"
    assert median <= found.median <= 2 * median, f"of {taken} the median is {median}, told was {found.median}"
