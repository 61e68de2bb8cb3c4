"""Bounded: no more than so many bytes; what was not used for longest goes (ours)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing, Refused

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import behaves_like, given

FAMILY = Family("bounded", ("source = Source()", "store = make(source, 8)"))
bounded = partial(law, kind="bounded")
A, B, C = Ref("a"), Ref("a", "b"), Ref("b")
STEPS = [
    (verb, (ref, *old, *new))
    for ref in (A, B)
    for verb, old, new in (
        ("put", (), (b"123",)), ("put", (), (b"12345",)), ("swap", (MISSING,), (b"12345678",)), ("delete", (), ()),
    )
]  # fmt: skip  # one table


@bounded(calls=1)
def a_bounded_is_its_source_while_there_is_room(t: Trial) -> None:
    """Bounded(s, n) ≈ s, as long as all of it takes n at most"""
    t.line("store = make(source, 10**9)")
    behaves_like(t, "source")


@bounded()
def no_more_than_its_limit_is_ever_there(t: Trial) -> None:
    """The sum of len(v) over all that source holds is at most n after each verb, also one that failed"""
    steps = [(*t.choose(STEPS), t.choose(("", "after", "before"))) for _ in range(2)]
    t.program(never_more, "store", "source", repr([*steps, ("put", (C, b"1234"), "")]))


def never_more(store: Any, source: Any, steps: list[tuple[str, tuple[Any, ...], str]]) -> None:
    for verb, args, when in steps:
        source.fail(*([verb] if when else []), when=when)
        try:
            getattr(store, verb)(*args)
        except (OSError, Conflict):
            pass
        sizes = {ref: len(value) for ref, value in source.cells.items()}
        assert sum(sizes.values()) <= 8, f"after {verb}{args} source holds {sizes}, more than 8 in all"


@bounded()
def what_was_not_used_for_longest_goes(t: Trial) -> None:
    """put(a), put(b), a is used by get, put or swap; put(c) needs room: b is gone, and a is there"""
    t.expect(None, "put", A, b"123")
    t.expect(None, "put", B, b"123")
    verb, *args = t.choose((("get", A), ("put", A, b"456"), ("swap", A, b"123", b"456")))
    t.ask(str(verb), *args)
    t.expect(None, "put", C, b"789")
    t.expect(Missing, "get", B, on="source", because="it was not used for longest")
    t.expect(b"123" if verb == "get" else b"456", "get", A)


@bounded()
def no_more_goes_than_has_to(t: Trial) -> None:
    """put(a), put(b), put(c) fill it just so: all are there; the next put removes one"""
    t.expect(None, "put", A, b"123")
    t.expect(None, "put", B, b"123")
    t.expect(None, t.choose(("put", "merge")), C, b"12")
    t.expect([A, B, C], "refs", Ref())
    t.expect(None, "put", Ref("d"), b"1")
    t.expect([B, C, Ref("d")], "refs", Ref())


@bounded()
def what_does_not_fit_is_refused_and_nothing_goes(t: Trial) -> None:
    """len(v) > n: put(r, v), merge and swap are Refused, and everything is as before; n itself fits"""
    t.expect(None, "put", A, b"123")
    t.expect(None, "put", B, b"123")
    r, old = t.choose(((A, b"123"), (C, MISSING)))
    verb = t.choose(("put", "merge", "swap"))
    before = [old] if verb == "swap" else []
    t.expect(Refused, verb, r, *before, b"123456789")
    t.expect([A, B], "refs", Ref())
    t.expect(b"123", "get", A)
    t.expect(None, verb, r, *before, b"12345678")
    t.expect([r], "refs", Ref())


@bounded()
def what_was_there_before_takes_room(t: Trial) -> None:
    """source holds a value before the first verb: it counts, and goes when room is needed"""
    given(t, "source", A, b"12345")
    if t.choose((False, True)):
        t.expect(b"12345", "get", A)
    t.expect(None, t.choose(("put", "merge")), B, b"12345")
    t.expect([B], "refs", Ref())


@bounded()
def a_swap_that_conflicts_moves_nothing(t: Trial) -> None:
    """swap raises Conflict: nothing has gone for it"""
    t.expect(None, "put", A, b"12345")
    t.expect(None, "put", B, b"123")
    t.expect(Conflict, "swap", C, b"other", b"12345")
    t.expect([A, B], "refs", Ref())


@bounded()
def what_is_gone_takes_no_room(t: Trial) -> None:
    """delete(a), or swap(a, v, MISSING): what else is there need not go for what is put then"""
    t.expect(None, "put", A, b"12345")
    t.expect(None, "put", B, b"123")
    verb, *args = t.choose((("delete", A), ("swap", A, b"12345", MISSING)))
    t.expect(None, str(verb), *args)
    t.expect(None, "put", C, b"12345")
    t.expect([B, C], "refs", Ref())
