"""Guards that deal with failures: retry, failing, timeout (ours). No law waits: sleeping and executor are arguments."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import Conflict, Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import any_verb, behaves_like
from .sources import Hands, Source

RETRY = Family("retry", ("source, waited = Source(), []", "store = make(source, (1, 2), (OSError,), waited.append)"))
FAILING = Family(
    "failing",
    (
        "source, hooks = Source(), {}",
        "def hook(when):",
        "    return lambda verb, ref: hooks.get(when, lambda *said: None)(verb, ref)",
        "store = make(source, hook('before'), hook('after'))",
    ),
)
TIMEOUT = Family("timeout", ("source, hands = Source(), Hands()", "store = make(source, 2.5, hands)"), (Source, Hands))

retry = partial(law, kind="retry", group="retry")
failing = partial(law, kind="failing", group="failing")
timeout = partial(law, kind="timeout", group="timeout")

REPEATED = ("get", "put", "delete", "refs")


@retry(calls=1)
def a_retry_is_its_source(t: Trial) -> None:
    """Retry(s) ≈ s, where s does not fail"""
    behaves_like(t, "source")


@retry()
def a_failure_that_passes_is_not_seen(t: Trial) -> None:
    """source.verb fails n times, n <= len(pauses): get, put, delete and refs answer as if not, and wait the pauses"""
    verb, ref, *rest = any_verb(t, REPEATED)
    t.program(it_passes, "store", "source", "waited", repr(verb), repr((ref, *rest)), repr(t.choose((1, 2))))


def it_passes(store: Any, source: Any, waited: Any, verb: str, args: tuple[Any, ...], times: int) -> None:
    def fails() -> None:
        if len(waited) < times:
            source.meanwhile[verb] = fails
            raise OSError("told to fail")

    source.meanwhile[verb] = fails
    answer = getattr(store, verb)(*args)
    answer = list(answer) if verb == "refs" else answer
    assert answer == {"get": b"x", "refs": [Ref("a")]}.get(verb), f"{verb} answered {answer!r}"
    assert waited == [1, 2][:times], f"between its tries it waited {waited}, where the pauses are 1 and 2"


@retry()
def the_last_failure_is_raised(t: Trial) -> None:
    """source.verb always fails: verb raises that after one try more than there are pauses"""
    verb, *args = any_verb(t, REPEATED)
    t.line(f"source.fail({verb!r})")
    t.expect(OSError, verb, *args)
    t.expect(3, "__len__", on="source.notes", because="with two pauses there are three tries")


@retry()
def no_swap_and_no_merge_is_resent(t: Trial) -> None:
    """source.swap fails, perhaps after it was done: swap raises that, and source was asked once; merge alike"""
    verb, *args = any_verb(t, ("swap", "merge"))
    t.line(f"source.fail({verb!r}, when={t.choose(('before', 'after'))!r})")
    t.expect(OSError, verb, *args, because="whether it happened is open, so it is not sent again")
    t.expect(1, "__len__", on="source.notes", because=f"a {verb} whose reply was lost is never resent")


@retry()
def an_answer_is_no_failure(t: Trial) -> None:
    """source answers Missing or Conflict: so does the store, and asks once"""
    r, v = t.ref(), t.value()
    if t.choose((False, True)):
        t.expect(Missing, "get", r)
    else:
        t.expect(Conflict, "swap", r, v, v)
    t.expect(1, "__len__", on="source.notes", because="an answer is not asked for again")


@retry()
def a_listing_that_broke_off_goes_on(t: Trial) -> None:
    """source.refs fails in the middle: each ref is told once all the same"""
    t.program(each_is_told_once, "store", "source", repr(t.choose((0, 1, 2, 3))))


def each_is_told_once(store: Any, source: Any, before: int) -> None:
    held = [Ref("a"), Ref("b"), Ref("c")]
    tries: list[Any] = []

    def refs(*base: Any) -> Any:
        tries.append(base)
        for number, ref in enumerate(held):
            if number == before and len(tries) == 1:
                raise OSError("told to fail")
            yield ref
        if before == len(held) and len(tries) == 1:
            raise OSError("told to fail")

    source.refs = refs
    told = list(store.refs(Ref()))
    assert sorted(told) == held, f"source failed after {before} of a, b, c, and then told all; the store told {told}"


@failing(calls=1)
def a_failing_that_is_told_nothing_is_its_source(t: Trial) -> None:
    """Failing(s) ≈ s"""
    behaves_like(t, "source")


@failing()
def what_fails_before_is_not_asked_of_the_source(t: Trial) -> None:
    """before(verb, r) raises e: verb(r) raises e, and source was not asked"""
    verb, *args = any_verb(t)
    t.line("hooks['before'] = lambda verb, ref: (_ for _ in ()).throw(OSError(verb, ref))")
    t.expect(OSError, verb, *args)
    t.expect([], "asked", on="source", because="the failure came before")


@failing()
def what_fails_after_has_happened(t: Trial) -> None:
    """after(verb, r) raises e: verb(r) raises e, and source has done it"""
    verb, *args = any_verb(t)
    t.line("hooks['after'] = lambda verb, ref: (_ for _ in ()).throw(OSError(verb, ref))")
    t.expect(OSError, verb, *args)
    t.expect(1, "__len__", on="source.notes", because="only the reply was lost")


@failing()
def a_failing_is_told_verb_and_ref(t: Trial) -> None:
    """before and after get the verb's name and its ref, for any verb"""
    verb, ref, *rest = any_verb(t)
    t.line("said = []")
    t.line("hooks.update(before=lambda *told: said.append(told), after=lambda *told: said.append(told))")
    t.ask(verb, ref, *rest)
    t.expect([(verb, ref)] * 2, "copy", on="said")


@timeout(calls=1)
def a_timeout_is_its_source(t: Trial) -> None:
    """Timeout(s, seconds) ≈ s, where s is fast enough"""
    behaves_like(t, "source")


@timeout()
def what_takes_too_long_is_a_failure(t: Trial) -> None:
    """source does not come back: verb raises TimeoutError after the seconds, and makes nothing up"""
    verb, *args = any_verb(t)
    t.line("hands.stuck = True")
    t.expect(TimeoutError, verb, *args)
    t.expect([2.5], "copy", on="hands.waited", because="those are the seconds")


@timeout()
def what_failed_in_time_is_told_as_it_is(t: Trial) -> None:
    """source.verb fails in time: verb raises that failure, and no TimeoutError"""
    verb, *args = any_verb(t)
    t.line(f"source.fail({verb!r})")
    t.program(the_same_failure, "store", repr(verb), repr(tuple(args)))


def the_same_failure(store: Any, verb: str, args: tuple[Any, ...]) -> None:
    try:
        answer = getattr(store, verb)(*args)
        answer = list(answer) if verb == "refs" else answer
    except Exception as error:  # noqa: BLE001  # whatever it is, it is told
        answer = error
    assert isinstance(answer, OSError) and "told to fail" in str(answer), (
        f"the source failed, and {verb} gave {answer!r}"
    )
