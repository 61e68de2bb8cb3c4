"""Guards that slow down: delayed, limited, throttled (ours). No law waits: clock and sleeping are arguments."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import any_verb, behaves_like

WAITED = ("source, waited = Source(), []", "now = [0.0]")
DELAYED = Family("delayed", (*WAITED, "store = make(source, 0.5, waited.append)"))
LIMITED = Family("limited", ("source = Source()", "store = make(source, 2)"))
THROTTLED = Family("throttled", (*WAITED, "store = make(source, 4, lambda: now[0], waited.append)"))

delayed = partial(law, kind="delayed", group="delayed")
limited = partial(law, kind="limited", group="limited")
throttled = partial(law, kind="throttled", group="throttled")


@delayed(calls=1)
def a_delayed_is_its_source(t: Trial) -> None:
    """Delayed(s) ≈ s"""
    behaves_like(t, "source")


@delayed()
def every_verb_waits_before_the_source_is_asked(t: Trial) -> None:
    """verb(r): it sleeps the seconds once, and then asks source"""
    verb, *args = any_verb(t)
    t.line(f"source.meanwhile[{verb!r}] = lambda: waited.append('asked')")
    t.ask(verb, *args)
    t.expect([0.5, "asked"], "copy", on="waited", because="the delay comes once, and before the source is asked")


@limited(calls=1)
def a_limited_is_its_source(t: Trial) -> None:
    """Limited(s, n) ≈ s"""
    behaves_like(t, "source")


@limited()
def just_so_many_are_let_in(t: Trial) -> None:
    """n verbs are at work in source at once, and never n + 1"""
    t.program(two_at_a_time, "store", "source")


def two_at_a_time(store: Any, source: Any) -> None:
    from threading import Event, Lock, Thread

    inside, most, lock, both, go = [0], [0], Lock(), Event(), Event()

    def get(*_: Ref) -> bytes:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            if inside[0] == 2:
                both.set()
        go.wait(10)
        with lock:
            inside[0] -= 1
        return b"x"

    source.get = get
    threads = [Thread(target=store.get, args=(Ref("a"),), daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    together = both.wait(5)
    threads[2].join(0.02)
    go.set()
    for thread in threads:
        thread.join(10)
    assert together, "of two slots only one was used while four were waiting"
    assert most[0] == 2, f"{most[0]} were at work at once, where there are 2 slots"


@limited()
def a_slot_is_given_back_after_a_failure(t: Trial) -> None:
    """source.verb fails as often as there are slots: the next one still gets in"""
    verb, *args = any_verb(t)
    t.program(still_gets_in, "store", "source", repr(verb), repr(tuple(args)))


def still_gets_in(store: Any, source: Any, verb: str, args: tuple[Any, ...]) -> None:
    from contextlib import suppress
    from threading import Thread

    source.fail(verb)
    for _ in range(2):
        with suppress(OSError):
            answer = getattr(store, verb)(*args)
            list(answer) if verb == "refs" else None
    source.fail()
    thread = Thread(target=store.get, args=(args[0],), daemon=True)
    thread.start()
    thread.join(1)
    assert not thread.is_alive(), f"after {verb} had failed twice, no slot of two was left"


@throttled(calls=1)
def a_throttled_is_its_source(t: Trial) -> None:
    """Throttled(s, rate) ≈ s"""
    behaves_like(t, "source")


@throttled()
def who_comes_too_early_waits_for_a_turn(t: Trial) -> None:
    """At one moment, verb after verb waits 0, 1/rate, 2/rate ... seconds"""
    verb, *args = any_verb(t)
    for _ in range(3):
        t.ask(verb, *args)
    t.expect([0.25, 0.5], "copy", on="waited", because="four in a second are a quarter of a second apart")


@throttled()
def idle_time_is_not_saved_up(t: Trial) -> None:
    """After a long pause the next verb does not wait, and the one after it waits 1/rate"""
    verb, *args = any_verb(t)
    t.ask(verb, *args)
    t.line("now[0] = 10.0")
    t.ask(verb, *args)
    t.expect([], "copy", on="waited", because="ten seconds have passed since the last one")
    t.ask(verb, *args)
    t.expect([0.25], "copy", on="waited", because="what was not used before is no reason to come too early now")
