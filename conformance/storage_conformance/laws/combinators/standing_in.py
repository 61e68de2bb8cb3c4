"""Fail-over, by verb, shadow, compare: one store answers, or should have, for another (ours)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import Conflict, Missing, Refused

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import behaves_like, given, settled

FAIL_OVER = Family("fail_over", ("first, second = Source(), Source()", "store = make((first, second))"))
BY_VERB = Family("by_verb", ("source, other = Source(), Source()", "store = make(source, {'get': other})"))
SHADOW = Family(
    "shadow",
    (
        "source, second, told = Source(), Source(), []",
        "store = make(source, second, lambda *said: told.append(said[:2]))",
    ),
)
COMPARE = Family("compare", ("one, other = Source(), Source()", "store = make(one, other)"))

fail_over = partial(law, kind="fail_over", group="fail-over")
by_verb = partial(law, kind="by_verb", group="by verb")
shadow = partial(law, kind="shadow", group="shadow")
compare = partial(law, kind="compare", group="compare")

VERBS = ("get", "put", "merge", "delete", "swap", "refs")
A = Ref("a")


def called(verb: str) -> tuple[Any, ...]:
    """`verb` at a where b"x" is, and its arguments."""
    return (verb, A, *{"put": (b"y",), "merge": (b"y",), "swap": (b"x", b"y")}.get(verb, ()))


@fail_over(calls=1)
def a_fail_over_is_its_first_source(t: Trial) -> None:
    """FailOver((a, b)) ≈ a, where a does not fail"""
    behaves_like(t, "first")


@fail_over()
def when_the_first_fails_the_next_is_read(t: Trial) -> None:
    """a.get(r) fails: get(r) = b.get(r), be it Missing; refs alike, and each ref once"""
    r, v, w = t.ref(), *t.scope.values[:2]
    given(t, "first", r, v)
    there = t.choose((False, True))
    if there:
        given(t, "second", r, w)
    t.line("first.fail('get', 'refs')")
    t.expect(w if there else Missing, "get", r, because="the first failed, and that is what the second answers")
    t.expect([r] if there else [], "refs", Ref())


@fail_over()
def absence_is_no_failure(t: Trial) -> None:
    """a.get(r) raises Missing: so does get(r), and b is not asked"""
    r = t.ref()
    given(t, "second", r, t.value())
    t.line("second.asked()")
    t.expect(Missing, "get", r, because="Missing is an answer")
    t.expect([], "asked", on="second", because="the first has answered")


@fail_over()
def no_write_fails_over(t: Trial) -> None:
    """a.put(r, v) fails: so does put(r, v), and b is not written; so every write, which would be lost with a back"""
    given(t, "first", A, b"x")
    verb, *args = called(t.choose(("put", "merge", "delete", "swap")))
    fails = t.choose((False, True))
    if fails:
        t.line(f"first.fail({verb!r})")
    t.expect(OSError if fails else None, verb, *args)
    t.expect([], "wrote", on="second", because="only the first may be written")


@fail_over()
def when_all_fail_so_does_the_read(t: Trial) -> None:
    """a.get(r) and b.get(r) fail: so does get(r), and refs, and nothing is called missing or empty"""
    t.line("first.fail('get', 'refs')")
    t.line("second.fail('get', 'refs')")
    verb = t.choose(("get", "refs"))
    t.expect(OSError, verb, t.ref(), because="no source has answered")


@by_verb(calls=1)
def a_by_verb_of_no_verbs_is_its_source(t: Trial) -> None:
    """ByVerb(s, {}) ≈ s"""
    t.line("store = make(source, {})")
    behaves_like(t, "source")


@by_verb()
def each_verb_is_asked_of_the_store_it_has(t: Trial) -> None:
    """ByVerb(s, {verb: t}): t is asked for verb, and s for every other, once each"""
    own, verb = t.choose(VERBS), t.choose(VERBS)
    t.line(f"store = make(source, {{{own!r}: other}})")
    for name in ("source", "other"):
        given(t, name, A, b"x")
        t.line(f"{name}.asked()")
    t.ask(*called(verb))
    asked, left = ("other", "source") if verb == own else ("source", "other")
    t.expect(1, "__len__", on=f"{asked}.notes", because=f"{verb} is asked of that store")
    t.expect([], "asked", on=left, because=f"{verb} is asked of another store")


@by_verb()
def a_name_that_is_no_verb_is_told_at_once(t: Trial) -> None:
    """ByVerb(s, {"read": t}) raises ValueError: it would never be asked"""
    t.program(it_is_no_verb, "make", "source")


def it_is_no_verb(make: Any, source: Any) -> None:
    try:
        make(source, {"read": source})
    except ValueError:
        return
    raise AssertionError("a store for the verb 'read', which there is not, was taken without a word")


@shadow(calls=1)
def a_shadow_is_its_source(t: Trial) -> None:
    """Shadow(s, t, tell) ≈ s, whatever t does"""
    if t.choose((False, True)):
        t.line("second.fail('get', 'put', 'merge', 'delete', 'swap', 'refs')")
    behaves_like(t, "source")


@shadow()
def what_was_done_is_asked_of_the_shadow_too(t: Trial) -> None:
    """verb(r, ...) is asked of t as it was of s, reads too"""
    given(t, "source", A, b"x")
    given(t, "second", A, b"x")
    t.line("source.asked(), second.asked()")
    t.ask(*called(t.choose(VERBS)))
    t.expect(t.ask("asked", on="source"), "asked", on="second", because="that is what the source was asked")


@shadow()
def a_failure_of_the_shadow_is_told_and_does_not_show(t: Trial) -> None:
    """t.verb fails: verb answers as s does, and tell is given (verb, r, failure)"""
    given(t, "source", A, b"x")
    verb, *args = called(t.choose(VERBS))
    t.line(f"second.fail({verb!r})")
    t.expect({"get": b"x", "refs": [A]}.get(verb), verb, *args, because="the source did not fail")
    t.expect([(verb, A)], "copy", on="told")


@shadow()
def what_the_source_failed_is_not_asked_of_the_shadow(t: Trial) -> None:
    """s.verb fails: so does verb, and t is not asked: it would have what s has not"""
    given(t, "source", A, b"x")
    verb, *args = called(t.choose(("put", "merge", "delete", "swap")))
    t.line(f"source.fail({verb!r})")
    t.expect(OSError, verb, *args)
    t.expect([], "asked", on="second", because="the source has not done it")


@compare(calls=1)
def a_compare_of_equals_is_either(t: Trial) -> None:
    """Compare(s, t) ≈ s where s ≈ t"""
    if t.choose((False, True)):
        for name in ("one", "other"):
            given(t, name, A, t.scope.values[0])
        t.model.put(A, t.scope.values[0])
    t.history(judged=True)
    settled(t)


@compare()
def a_difference_is_raised(t: Trial) -> None:
    """s and t answer verb differently: verb raises, and none of the answers of a store"""
    verb, *args = called(t.choose(("get", "swap", "refs")))
    given(t, "one", A, b"x")
    if t.choose((False, True)) and verb != "refs":
        given(t, "other", A, b"z")
    t.program(they_differ, "store", repr(verb), repr(tuple(args)))


def they_differ(store: Any, verb: str, args: tuple[Any, ...]) -> None:
    try:
        answer = getattr(store, verb)(*args)
        answer = list(answer) if verb == "refs" else answer
    except (Missing, Conflict, Refused) as wrong:
        answer = wrong
    except Exception:  # noqa: BLE001  # by whatever name a comparison tells it
        return
    raise AssertionError(f"one store holds b'x' at a and the other does not, and {verb} answered {answer!r}")


@compare()
def a_failure_of_one_alone_is_a_difference(t: Trial) -> None:
    """s.verb fails and t.verb does not: verb raises, and t was asked all the same, so that they stay in step"""
    for name in ("one", "other"):
        given(t, name, A, b"x")
    verb, *args = called(t.choose(VERBS))
    failing, sound = t.choose((("one", "other"), ("other", "one")))
    t.line(f"{failing}.fail({verb!r})")
    t.line(f"{sound}.asked()")
    t.program(it_is_told, "store", repr(verb), repr(tuple(args)))
    t.expect(1, "__len__", on=f"{sound}.notes", because="both are asked, whatever one does")


def it_is_told(store: Any, verb: str, args: tuple[Any, ...]) -> None:
    try:
        answer = getattr(store, verb)(*args)
        answer = list(answer) if verb == "refs" else answer
    except Exception:  # noqa: BLE001  # by whatever name a comparison tells it
        return
    raise AssertionError(f"one of the two failed, and {verb} answered {answer!r}")


@compare()
def what_both_raise_is_raised(t: Trial) -> None:
    """s.get(r) and t.get(r) raise Missing: so does get(r); where both fail, it fails as they do"""
    if t.choose((False, True)):
        t.line("one.fail('get')")
        t.line("other.fail('get')")
        t.expect(OSError, "get", A, because="that is what both raise")
    else:
        t.expect(Missing, "get", A)
