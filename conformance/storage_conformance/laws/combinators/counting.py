"""Counting: how often, and with what outcome (ours)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing, Refused

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import any_verb, behaves_like

FAMILY = Family("counting", ("source = Source()", "store = make(source)"))
counting = partial(law, kind="counting")


@counting(calls=1)
def a_counting_is_its_source(t: Trial) -> None:
    """Counting(s) ≈ s"""
    behaves_like(t, "source")


@counting()
def what_is_done_is_counted_by_its_verb(t: Trial) -> None:
    """verb(r, ...) n times: counts[verb, "done"] = n, and nothing else is counted"""
    verb, *args = any_verb(t, ("get", "put", "merge", "delete", "refs"))
    times = t.choose((1, 2))
    for _ in range(times):
        t.ask(verb, *args)
    t.expect({(verb, "done"): times}, "copy", on="store.counts")


@counting()
def an_answer_is_counted_by_its_name(t: Trial) -> None:
    """get raises Missing, swap Conflict, put Refused: counts[verb, that name] = 1, and it is raised"""
    r, v = t.ref(), t.value()
    t.line("source.refusing = True")
    calls: tuple[tuple[type[Exception], str, tuple[Any, ...]], ...] = (
        (Missing, "get", (r,)), (Conflict, "swap", (r, v, MISSING)), (Refused, "put", (r, v)),
    )  # fmt: skip  # one table
    answer, verb, args = t.choose(calls)
    t.expect(answer, verb, *args)
    t.expect({(verb, answer.__name__): 1}, "copy", on="store.counts")


@counting()
def a_failure_is_counted_as_failed(t: Trial) -> None:
    """source.verb fails: verb raises that, and counts[verb, "failed"] = 1"""
    verb, *args = any_verb(t)
    t.line(f"source.fail({verb!r})")
    t.expect(OSError, verb, *args)
    t.expect({(verb, "failed"): 1}, "copy", on="store.counts")


@counting()
def a_listing_is_counted_when_its_reader_leaves_it(t: Trial) -> None:
    """refs is counted once, when it has ended or its reader left it early, and not before"""
    t.program(counted_at_the_end, "store", "source", repr(t.choose((False, True))))


def counted_at_the_end(store: Any, source: Any, early: bool) -> None:
    source.cells.update({Ref("a"): b"x", Ref("b"): b"x"})
    listing = store.refs(Ref())
    next(listing)
    assert not store.counts, f"the reader is still listing, and counts is {dict(store.counts)}"
    if early:
        listing.close()
    else:
        list(listing)
    assert dict(store.counts) == {("refs", "done"): 1}, f"after the listing counts is {dict(store.counts)}"
