"""Fanout and replica: every value in several stores (ours)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import behaves_like, given, settled, write
from .sources import Source


class Here:
    """An executor that does the work at once, in this thread."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> Any:
        from concurrent.futures import Future

        future = Future[Any]()
        try:
            future.set_result(work(*args, **named))
        except Exception as failure:  # noqa: BLE001  # whatever it is, the future has it
            future.set_exception(failure)
        return future


FANOUT = Family(
    "fanout", ("first, second = Source(), Source()", "store = make((first, second), Here())"), (Source, Here)
)
REPLICA = Family(
    "replica", ("first, second, third = Source(), Source(), Source()", "store = make((first, second, third), 2)")
)

fanout = partial(law, kind="fanout", group="fanout")
replica = partial(law, kind="replica", group="replica")
THREE = ("first", "second", "third")
ALL = "'get', 'put', 'merge', 'delete', 'swap', 'refs'"


def down(t: Trial, *names: str, when: str = "before") -> None:
    """These sources fail at every verb."""
    for name in names:
        t.line(f"{name}.fail({ALL}, when={when!r})")


def up(t: Trial, *names: str) -> None:
    """These sources are back, with what they had."""
    for name in names:
        t.line(f"{name}.fail()")


@fanout(calls=1)
def a_fanout_is_its_first_source(t: Trial) -> None:
    """Fanout((a, b), e) ≈ a"""
    behaves_like(t, "first")


@fanout()
def a_write_reaches_every_source(t: Trial) -> None:
    """After a write, b.get(r) = a.get(r)"""
    r, v, w = t.ref(), *t.scope.values[:2]
    for name in ("first", "second"):
        given(t, name, r, v)
    verb, *args = write(t, r, v, w)
    t.expect(None, verb, *args)
    for name in ("first", "second"):
        t.expect(Missing if verb == "delete" else w, "get", r, on=name)


@fanout()
def a_source_that_fails_does_not_keep_the_others_from_a_write(t: Trial) -> None:
    """One source fails put(r, v): put raises that, and every other has v; delete alike"""
    r, v = t.ref(), t.value()
    failing, sound = t.choose((("first", "second"), ("second", "first")))
    t.line(f"{failing}.fail('put')")
    t.expect(OSError, "put", r, v, because="a source failed")
    t.expect(v, "get", r, on=sound)


@fanout()
def a_swap_that_conflicts_reaches_no_source(t: Trial) -> None:
    """a.swap(r, v, w) raises Conflict: so does swap, and b is not written"""
    r, v, w = t.ref(), *t.scope.values[:2]
    given(t, "first", r, v)
    t.line("second.asked()")
    t.expect(Conflict, "swap", r, w, w)
    t.expect([], "wrote", on="second", because="the first decides, and it said Conflict")


@fanout()
def only_the_first_of_a_fanout_is_read(t: Trial) -> None:
    """get and refs ask a alone, and fail when it fails"""
    given(t, "second", t.scope.refs[0], t.value())
    t.line("second.asked()")
    fails, verb = t.choose((False, True)), t.choose(("get", "refs"))
    if fails:
        t.line("first.fail('get', 'refs')")
    t.expect(OSError if fails else Missing if verb == "get" else [], verb, t.scope.refs[0])
    t.expect([], "asked", on="second", because="the first is what is read")


@replica(calls=1)
def a_replica_is_one_dictionary(t: Trial) -> None:
    """Replica((a, b, c), 2) ≈ one dictionary, also while any one of the three fails at everything"""
    if t.choose((False, True)):
        down(t, t.choose(THREE))
    t.history(judged=True)
    settled(t)


@replica()
def what_was_acknowledged_is_read(t: Trial) -> None:
    """put(r, v) returned while one source failed, before or after: get(r) = v while another one fails; so delete"""
    r, v, w = t.scope.refs[0], *t.scope.values[:2]
    t.put(r, v)
    absent = t.choose(THREE)
    down(t, absent, when=t.choose(("before", "after")))
    verb, *args = write(t, r, v, w)
    t.expect(None, verb, *args)
    up(t, absent)
    down(t, t.choose(THREE))
    t.expect(Missing if verb == "delete" else w, "get", r, because="that was acknowledged, and one source failed")
    t.expect([] if verb == "delete" else [r], "refs", Ref())


@replica()
def a_source_that_lost_all_is_made_good(t: Trial) -> None:
    """One source has lost all it had: get(r) = v all the same, and after repair it has as much as the others"""
    r, v = t.ref(), t.value()
    t.put(r, v)
    t.line(f"{t.choose(THREE)}.cells.clear()")
    t.expect(v, "get", r)
    t.line("store.repair()")
    t.program(they_agree, "first", "second", "third")


def they_agree(*sources: Any) -> None:
    held = [source.cells for source in sources]
    assert all(cells == held[0] for cells in held), f"after repair the sources hold {held}"


@replica()
def repair_makes_all_sources_agree(t: Trial) -> None:
    """Writes that one source missed, then another; repair(): all sources hold the same, and get(r) is what it was"""
    r, v, w = t.scope.refs[0], *t.scope.values[:2]
    for value in (v, w):
        absent = t.choose(THREE)
        down(t, absent)
        t.put(r, value)
        up(t, absent)
    if t.choose((False, True)):
        down(t, absent)
        t.delete(r)
        up(t, absent)
    t.line("store.repair()")
    t.program(they_agree, "first", "second", "third")
    t.get(r)


@replica()
def with_too_few_sources_nothing_is_acknowledged(t: Trial) -> None:
    """Two of three sources fail: every verb fails, and no read makes up Missing, an empty listing, or something old"""
    r, v, w = t.scope.refs[0], *t.scope.values[:2]
    t.put(r, v)
    down(t, *t.choose((("first", "second"), ("first", "third"), ("second", "third"))))
    verb, *args = write(t, r, v, w) if t.choose((False, True)) else t.choose((("get", r), ("refs", Ref())))
    t.expect(OSError, verb, *args, because="one of three sources is no majority")


@replica()
def a_write_that_failed_never_shows_over_a_later_one(t: Trial) -> None:
    """put(r, v) failed, done in one source alone; put(r, w) returned while that one was away: get(r) = w for ever"""
    r, v, w = t.scope.refs[0], *t.scope.values[:2]
    reached = t.choose(THREE)
    others = [name for name in THREE if name != reached]
    for name in others:
        t.line(f"{name}.fail('put', 'merge', 'delete', 'swap')")
    t.call("store", "put", (r, v))
    up(t, *others)
    down(t, reached)
    later, *args = t.choose((("put", r, w), ("delete", r)))
    t.expect(None, later, *args)
    up(t, reached)
    down(t, t.choose(THREE))
    t.expect(Missing if later == "delete" else w, "get", r, because="the other write had failed before that one began")


@replica()
def what_was_read_once_is_read_from_then_on(t: Trial) -> None:
    """put(r, w) over v failed, done in one source alone: get(r) = v or w, and no later get goes back from w to v"""
    t.put(Ref("a"), b"1")
    reached = t.choose(THREE)
    for name in THREE:
        if name != reached:
            t.line(f"{name}.fail('put', 'merge', 'delete', 'swap')")
    t.call("store", "put", (Ref("a"), b"2"))
    up(t, *THREE)
    one, other = t.choose(THREE), t.choose(THREE)
    t.program(it_does_not_go_back, "store", one, other)


def it_does_not_go_back(store: Any, one: Any, other: Any) -> None:
    answers = []
    for away in (one, other):
        away.fail("get", "put", "merge", "delete", "swap", "refs")
        answers.append(store.get(Ref("a")))
        away.fail()
    assert answers in ([b"1", b"1"], [b"1", b"2"], [b"2", b"2"]), f"one get after the other answered {answers}"


@replica()
def a_replica_swaps_what_get_answers(t: Trial) -> None:
    """swap(r, v, w) succeeds exactly if get(r) = v, whatever a source that missed the last write has"""
    r, v, w = t.scope.refs[0], *t.scope.values[:2]
    t.put(r, v)
    absent = t.choose(THREE)
    down(t, absent)
    t.put(r, w)
    up(t, absent)
    t.expect(Conflict, "swap", r, v, b"new", because=f"get would answer {w!r}")
    t.expect(Conflict, "swap", r, MISSING, b"new", because=f"get would answer {w!r}")
    t.expect(None, "swap", r, w, b"new")
    t.expect(b"new", "get", r)
