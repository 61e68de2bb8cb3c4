"""Locked: one at a time (ours)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import Conflict, Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import WRITES, behaves_like, given

FAMILY = Family("locked", ("source = Source()", "store = make(source)"))
locked = partial(law, kind="locked", chapter="chapters/03-caching.md")


@locked(calls=1)
def a_locked_is_its_source(t: Trial) -> None:
    """Locked(s) ≈ s, whatever s holds already"""
    behaves_like(t, "source")


@locked()
def no_verb_of_a_locked_runs_beside_another(t: Trial) -> None:
    """While source runs a verb for one thread, it is asked for no other verb by another"""
    verbs = ("get", *WRITES, "refs")
    t.program(the_other_waits, "store", "source", repr(t.choose(verbs)), repr(t.choose(verbs)))


def the_other_waits(store: Any, source: Any, one: str, other: str) -> None:
    from contextlib import suppress
    from threading import Event, Thread

    def call(verb: str) -> None:
        arguments = {"put": (b"x",), "merge": (b"x",), "swap": (b"x", b"x")}.get(verb, ())
        with suppress(Missing, Conflict):
            answer = getattr(store, verb)(Ref("a"), *arguments)
            list(answer or []) if verb == "refs" else answer

    def while_it_runs() -> None:
        source.meanwhile[other] = came.set
        threads[1].start()
        came.wait(0.02)
        running.append(came.is_set())

    source.cells[Ref("a")] = b"x"
    came, running = Event(), list[bool]()
    threads = [Thread(target=call, args=(verb,), daemon=True) for verb in (one, other)]
    source.meanwhile[one] = while_it_runs
    threads[0].start()
    for thread in threads:
        while not thread.ident and threads[0].is_alive():
            threads[0].join(0.001)
        thread.join(10)
    assert running == [False], f"{other} ran in the source while {one} was at work there"


@locked()
def a_locked_lists_under_its_lock(t: Trial) -> None:
    """A listing that was begun shows what was there then: what another hand puts meanwhile does not disturb it"""
    given(t, "source", t.scope.refs[0], t.value())
    t.program(the_listing_is_of_one_moment, "store")


def the_listing_is_of_one_moment(store: Any) -> None:
    listing = store.refs(Ref())
    store.put(Ref("later"), b"x")
    refs = list(listing)
    assert refs == [Ref("a")], f"a listing that was begun when there was only a shows {refs}"


@locked()
def a_failure_leaves_a_locked_open(t: Trial) -> None:
    """source.verb fails, and so does verb; another thread can use the store afterwards"""
    given(t, "source", t.scope.refs[0], t.value())
    verb = t.choose(("get", *WRITES, "refs"))
    t.program(another_thread_gets_in, "store", "source", repr(verb))


def another_thread_gets_in(store: Any, source: Any, verb: str) -> None:
    from threading import Thread

    source.fail(verb)
    arguments = {"put": (b"x",), "merge": (b"x",), "swap": (b"x", b"x")}.get(verb, ())
    try:
        answer = getattr(store, verb)(Ref("a"), *arguments)
        answer = list(answer) if verb == "refs" else answer
    except OSError:
        answer = OSError
    assert answer is OSError, f"the source failed, but {verb} answered {answer!r}"
    source.fail()
    thread = Thread(target=store.get, args=(Ref("a"),), daemon=True)
    thread.start()
    thread.join(0.5)
    assert not thread.is_alive(), f"after {verb} had failed, another thread waits for the lock for ever"
