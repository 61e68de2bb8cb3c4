"""Copier: a filter that brings one store's ref to where another's is (paper 3.2.2)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import given
from .sources import Operation, Source

FAMILY = Family(
    "copier", ("source, target = Source(), Source()", "copy = make(source, target)"), classes=(Source, Operation)
)
copier = partial(law, kind="copier", source="paper 3.2.2", chapter="chapters/03-caching.md")
VERBS = ("PUT", "MERGE", "DELETE")


def told(t: Trial, verb: str, ref: Ref, answer: Any = None, because: str = "") -> None:
    """The operation is handed to the copier."""
    t.expect(answer, "()", t.code(f"Operation({verb!r}, {ref!r})"), on="copy", because=because)


@copier()
def a_copier_makes_the_target_agree(t: Trial) -> None:
    """copy(PUT r) or copy(MERGE r): target.get(r) = source.get(r)"""
    r, v = t.ref(), t.value()
    given(t, "source", r, v)
    if t.choose((False, True)):
        given(t, "target", r, b"old")
    told(t, t.choose(VERBS[:2]), r)
    t.expect(v, "get", r, on="target")


@copier()
def a_copier_deletes_what_is_gone(t: Trial) -> None:
    """source has nothing at r: after copy(DELETE r), target.get(r) raises Missing; None is not put in its place"""
    r = t.ref()
    given(t, "target", r, t.value())
    told(t, t.choose(VERBS), r)
    t.expect(Missing, "get", r, on="target")


@copier(source="ours")
def a_copier_takes_what_is_there_by_now(t: Trial) -> None:
    """source has v at r by now: copy(DELETE r) also makes target.get(r) = v, so operations may come late or twice"""
    r, v = t.ref(), t.value()
    given(t, "source", r, v)
    told(t, "DELETE", r)
    t.expect(v, "get", r, on="target", because="that is what the source holds by now")


@copier()
def a_copier_touches_no_other_ref_and_not_the_source(t: Trial) -> None:
    """q ≠ r: copy(PUT r) leaves target.get(q), and source is only read"""
    r, q, v = t.scope.refs[0], t.scope.refs[1], t.value()
    given(t, "source", r, v)
    given(t, "target", q, b"other")
    t.line("source.notes.clear()")
    told(t, t.choose(VERBS), r)
    t.expect(b"other", "get", q, on="target")
    t.expect([], "wrote", on="source")


@copier(source="ours")
def a_copier_deletes_nothing_when_the_source_fails(t: Trial) -> None:
    """source.get(r) fails: copy raises it, and target.get(r) is as before"""
    r, v = t.ref(), t.value()
    given(t, "source", r, v)
    given(t, "target", r, b"old")
    t.line("source.fail('get')")
    told(t, t.choose(VERBS), r, OSError, "the source failed, which says nothing about what it holds")
    t.expect(b"old", "get", r, on="target")


@copier(source="ours")
def a_copier_lets_failures_of_the_target_through(t: Trial) -> None:
    """target.put(r) or target.delete(r) fails: copy raises it"""
    r = t.ref()
    if t.choose((False, True)):
        given(t, "source", r, t.value())
    t.line("target.fail('put', 'merge', 'delete', 'swap')")
    told(t, "PUT", r, OSError, "the target failed, and the operation must be handed in again")
