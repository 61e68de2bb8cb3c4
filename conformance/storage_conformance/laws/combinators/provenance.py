"""Provenance: who wrote it, and from what (ours)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import behaves_like, given, write

FAMILY = Family("provenance", ("source, notes = Source(), Source()", "store = make(source, notes, 'me')"))
provenance = partial(law, kind="provenance")
A, B, C = Ref("a"), Ref("a", "b"), Ref("c")


def note(verb: str, *read: str, more: int = 0) -> dict[str, Any]:
    return {"who": "me", "verb": verb, "read": list(read), "more": more}


def writes(t: Trial, ref: Ref) -> tuple[Any, ...]:
    """A write of `ref`, at which nothing is."""
    verb = t.choose(("put", "merge", "swap"))
    return (verb, ref, *([MISSING] if verb == "swap" else []), b"new")


@provenance(calls=1)
def a_provenance_is_its_source(t: Trial) -> None:
    """Provenance(s, n, who) ≈ s"""
    behaves_like(t, "source")


@provenance()
def a_note_says_who_wrote_it_and_from_what(t: Trial) -> None:
    """get(a), get(b), put(c, v): notes.get(c) names who, the verb, and a and b, each once, in the order of reading"""
    for ref in (A, B):
        given(t, "source", ref, b"x")
    read = t.choose(((), (A,), (A, B), (B, A), (A, B, A)))
    for ref in read:
        t.expect(b"x", "get", ref)
    verb, *args = writes(t, C)
    t.expect(None, verb, *args)
    once = [str(ref) for at, ref in enumerate(read) if ref not in read[at + 1 :]]
    t.expect(note(verb, *once), "get", C, on="notes")


@provenance()
def what_was_not_there_was_not_read(t: Trial) -> None:
    """get(a) raises Missing: a is not among what was read"""
    t.expect(Missing, "get", A)
    t.expect(None, "put", C, b"new")
    t.expect(note("put"), "get", C, on="notes")


@provenance()
def a_write_begins_a_new_list(t: Trial) -> None:
    """get(a); put(b, v); put(c, w): a is a source of b, and none of c"""
    given(t, "source", A, b"x")
    t.expect(b"x", "get", A)
    verb, *args = writes(t, B)
    t.expect(None, verb, *args)
    t.expect(None, "put", C, b"new")
    t.expect(note(verb, "a"), "get", B, on="notes")
    t.expect(note("put"), "get", C, on="notes")


@provenance()
def no_note_rather_than_a_wrong_one(t: Trial) -> None:
    """source.verb fails, or notes fails after that: there is no note at r, not even the one of the value before"""
    t.expect(None, "put", A, b"old")
    verb, *args = write(t, A, b"old", b"new")
    fails = t.choose((f"source.fail({verb!r})", f"source.fail({verb!r}, when='after')", "notes.fail('put', 'swap')"))
    t.line(fails)
    t.expect(None if verb == "delete" and "notes" in fails else OSError, verb, *args)
    t.line("notes.fail()")
    t.expect(Missing, "get", A, on="notes")


@provenance()
def what_did_not_happen_leaves_the_note(t: Trial) -> None:
    """swap raises Conflict, put of MISSING TypeError: the note is as before, and what was read is still told"""
    given(t, "source", B, b"x")
    t.expect(None, "put", A, b"old")
    t.expect(b"x", "get", B)
    answer, verb, *args = t.choose(((Conflict, "swap", A, b"other", b"new"), (TypeError, "put", A, MISSING)))
    t.expect(answer, str(verb), *args)
    t.expect(note("put"), "get", A, on="notes")
    t.expect(None, "put", C, b"new")
    t.expect(note("put", "a/b"), "get", C, on="notes")


@provenance()
def what_is_gone_has_no_note(t: Trial) -> None:
    """delete(r), or swap(r, v, MISSING): nothing is noted at r"""
    t.expect(None, "put", A, b"old")
    verb, *args = t.choose((("delete", A), ("swap", A, b"old", MISSING)))
    t.expect(None, str(verb), *args)
    t.expect([], "refs", Ref(), on="notes")


@provenance()
def the_newest_are_told_and_how_many_more(t: Trial) -> None:
    """Provenance(s, n, who, 2), and k refs were read: the newest 2 are told, and that there were k - 2 more"""
    t.line("store = make(source, notes, 'me', 2)")
    count = t.choose((2, 3, 5))
    for number in range(count):
        given(t, "source", Ref(str(number)), b"x")
        t.expect(b"x", "get", Ref(str(number)))
    t.expect(None, "put", C, b"new")
    newest = [str(number) for number in range(count)][-2:]
    t.expect(note("put", *newest, more=count - 2), "get", C, on="notes")
