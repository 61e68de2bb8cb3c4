"""Queue: a filter in which operations wait, and those of one ref become one (paper 4.6)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref

from ...law import law
from ...trial import Trial
from .rig import Family
from .sources import Operation, Sink

FAMILY = Family("queue", ("target = Sink()", "queue = make(target)"), classes=(Operation, Sink))
queue = partial(law, kind="queue", source="paper 4.6", chapter="chapters/03-caching.md")


def handed(t: Trial, *operations: tuple[str, Ref], on: str = "queue") -> None:
    """These operations are handed to the queue."""
    for verb, ref in operations:
        t.expect(None, "()", t.code(f"Operation({verb!r}, {ref!r})"), on=on)


def drained(t: Trial, *operations: tuple[str, Ref], because: str = "") -> None:
    """Draining hands on just these, in this order."""
    t.expect(None, "drain", on="queue")
    t.expect(list(operations), "took", on="target", because=because)


@queue()
def a_queue_hands_on_first_what_came_first(t: Trial) -> None:
    """queue(PUT q); queue(DELETE r); drain(): the target gets PUT q, DELETE r, and nothing before drain"""
    one, other = t.scope.refs[:2] if t.choose((False, True)) else t.scope.refs[1::-1]
    handed(t, ("PUT", one), ("DELETE", other))
    t.expect([], "took", on="target", because="nothing was drained yet")
    drained(t, ("PUT", one), ("DELETE", other))


@queue()
def operations_of_one_ref_become_one(t: Trial) -> None:
    """queue(PUT r); queue(PUT q); queue(PUT r); drain(): the target gets one PUT of r and one of q"""
    r, q = t.scope.refs[:2]
    handed(t, ("PUT", r), ("PUT", q), ("PUT", r))
    drained(t, ("PUT", r), ("PUT", q))


@queue(source="ours")
def the_newest_operation_of_a_ref_counts(t: Trial) -> None:
    """queue(PUT r); queue(DELETE r); queue(PUT r); drain(): the target gets PUT r, and not DELETE r last"""
    r, verbs = t.ref(), t.choose((("PUT", "DELETE", "PUT"), ("DELETE", "PUT", "DELETE"), ("PUT", "DELETE")))
    handed(t, *((verb, r) for verb in verbs))
    drained(t, (verbs[-1], r), because="the newest operation of the ref decides")


@queue()
def a_drained_queue_is_empty(t: Trial) -> None:
    """drain(); drain(): the second hands on nothing"""
    r = t.ref()
    handed(t, ("PUT", r))
    drained(t, ("PUT", r))
    drained(t)


@queue(source="ours")
def an_operation_that_comes_during_a_drain_is_not_lost(t: Trial) -> None:
    """queue(PUT r) while drain hands on PUT r: it is handed on in this drain or in the next"""
    r = t.ref()
    t.line(f"target.meanwhile = lambda: queue(Operation('PUT', {r!r}))")
    handed(t, ("PUT", r))
    t.expect(None, "drain", on="queue")
    t.expect(None, "drain", on="queue")
    t.expect([("PUT", r)] * 2, "took", on="target", because="one came while the other was on its way")


@queue(source="ours")
def what_the_target_failed_keeps_waiting(t: Trial) -> None:
    """target(PUT r) fails in a drain: drain raises it, and the next drain hands on PUT r"""
    r = t.ref()
    handed(t, ("PUT", r))
    t.line("target.failing = True")
    t.expect(OSError, "drain", on="queue", because="the target failed, and who drains must know")
    t.line("target.failing = False")
    drained(t, ("PUT", r), because="it was not handed on yet")


@queue(source="ours")
def what_comes_while_the_target_fails_is_the_newest(t: Trial) -> None:
    """queue(DELETE r) while target(PUT r) fails: the next drain hands on DELETE r, and not PUT r again"""
    r = t.ref()
    handed(t, ("PUT", r))
    t.line("target.failing = True")
    t.line(f"target.meanwhile = lambda: queue(Operation('DELETE', {r!r}))")
    t.expect(OSError, "drain", on="queue")
    t.line("target.failing = False")
    drained(t, ("DELETE", r), because="that is the newest operation of the ref")


@queue(source="ours")
def a_copy_of_a_queue_shares_what_waits(t: Trial) -> None:
    """dataclasses.replace(queue), as tracing does it: draining either hands on what was handed to the other"""
    t.program(the_copy_drains_what_was_handed_in, "queue", "target")


def the_copy_drains_what_was_handed_in(queue: Any, target: Any) -> None:
    from dataclasses import replace

    copy: Any = replace(queue) if hasattr(queue, "__dataclass_fields__") else queue
    queue(Operation("PUT", Ref("a")))
    copy.drain()
    assert target.taken == [("PUT", Ref("a"))], "what waited was not shared with the copy"


@queue(source="ours")
def two_queues_share_nothing(t: Trial) -> None:
    """what waits in one is not drained by another"""
    t.line("other_target = Sink()")
    t.line("other = make(other_target)")
    handed(t, ("PUT", t.ref()))
    t.expect(None, "drain", on="other")
    t.expect([], "took", on="other_target")
