"""swap: conditional PUT (ours; HTTP's If-Match and If-None-Match). Each form by itself, and what a Conflict leaves."""

from __future__ import annotations

from typing import Any

from storage_combinators.store import MISSING, Conflict, Missing, Refused

from ..content import large, nearly, twins
from ..law import law
from ..scope import swaps
from ..trial import Trial
from ..verbs import show

CHAPTER = "chapters/01-protocol.md"


def present(t: Trial) -> tuple[Any, Any]:
    """A ref with a value, and the value."""
    r = t.choose([ref for ref in t.scope.refs if ref in t.model.cells])
    return r, t.model.cells[r]


def absent(t: Trial) -> Any:
    """A ref without a value."""
    return t.choose([ref for ref in t.scope.refs if ref not in t.model.cells])


@law("swaps", level="create", chapter=CHAPTER)
def swap_creates(t: Trial) -> None:
    """get(r) = MISSING: swap(r, MISSING, v); get(r) = v"""
    t.history()
    r, v = absent(t), t.value()
    t.swap(r, MISSING, v)
    t.expect(v, "get", r)


@law("swaps", level="create", chapter=CHAPTER)
def swap_creates_only_where_nothing_is(t: Trial) -> None:
    """get(r) = w: swap(r, MISSING, v) raises Conflict, and get(r) = w"""
    t.history()
    r, w = present(t)
    t.expect(Conflict, "swap", r, MISSING, t.value())
    t.expect(w, "get", r)


@law("swaps", level="create", chapter=CHAPTER)
def swap_of_MISSING_for_MISSING_tests_for_absence(t: Trial) -> None:  # noqa: N802  # the words as they are written
    """swap(r, MISSING, MISSING) raises Conflict if r has a value, and changes nothing"""
    t.history()
    r = t.ref()
    before = t.model.cells.get(r, MISSING)
    t.swap(r, MISSING, MISSING)
    t.expect(Missing if before is MISSING else before, "get", r)


@law("swaps", level="write", chapter=CHAPTER)
def swap_replaces(t: Trial) -> None:
    """get(r) = v: swap(r, v, w); get(r) = w"""
    t.history()
    r, v = present(t)
    w = t.value()
    t.swap(r, v, w)
    t.expect(w, "get", r)


@law("swaps", level="write", chapter=CHAPTER)
def swap_replaces_only_what_was_said(t: Trial) -> None:
    """get(r) = w ≠ v: swap(r, v, u) raises Conflict, and get(r) = w"""
    t.history()
    r, w = present(t)
    v = t.choose([value for value in t.scope.values if value != w])
    t.expect(Conflict, "swap", r, v, t.choose(t.scope.values))
    t.expect(w, "get", r)


@law("swaps", level="write", chapter=CHAPTER)
def swap_replaces_nothing_where_nothing_is(t: Trial) -> None:
    """get(r) = MISSING: swap(r, v, w) raises Conflict, not Missing, and nothing is there"""
    t.history()
    r, v, w = absent(t), t.value(), t.value()
    t.expect(Conflict, "swap", r, v, w)
    t.expect(Missing, "get", r)


@law("swaps", level="write", chapter=CHAPTER)
def swap_of_a_value_for_itself_tests_for_it(t: Trial) -> None:
    """swap(r, v, v) raises Conflict unless get(r) = v, and changes nothing"""
    t.history()
    r, v = t.ref(), t.value()
    before = t.model.cells.get(r, MISSING)
    t.swap(r, v, v)
    t.expect(Missing if before is MISSING else before, "get", r)


@law("swaps", level="all", chapter=CHAPTER)
def swap_removes(t: Trial) -> None:
    """get(r) = v: swap(r, v, MISSING); get(r) raises Missing"""
    t.history()
    r, v = present(t)
    t.swap(r, v, MISSING)
    t.expect(Missing, "get", r)


@law("swaps", level="all", chapter=CHAPTER)
def swap_removes_only_what_was_said(t: Trial) -> None:
    """get(r) = w ≠ v: swap(r, v, MISSING) raises Conflict, and get(r) = w; nor does it remove what is not there"""
    t.history()
    r = t.ref()
    before = t.model.cells.get(r, MISSING)
    v = t.choose([value for value in t.scope.values if before is MISSING or value != before])
    t.expect(Conflict, "swap", r, v, MISSING)
    t.expect(Missing if before is MISSING else before, "get", r)


@law("swaps", chapter=CHAPTER)
def swap_changes_nothing_else(t: Trial) -> None:
    """q ≠ r: get(q) before swap(r, v, w) = get(q) after it, Conflict or not"""
    t.history()
    r = t.ref()
    q = t.other(r)
    before = t.ask("get", q)
    t.swap(r, *t.choose(swaps(t.scope.values, t.claims.swaps)))
    t.expect(before, "get", q)


@law("swaps", chapter=CHAPTER)
def swap_compares_with_what_get_answers(t: Trial) -> None:
    """swap(r, get(r), v) succeeds while nobody else writes; so does one with the get after a Conflict"""
    t.history()
    r, v = t.ref(), t.choose(t.scope.values)
    old = t.ask("get", r)
    old = MISSING if isinstance(old, Missing) else old
    if not t.claims.keeps_to("swaps", "create" if old is MISSING else "write"):
        return
    t.expect(None, "swap", r, old, v, because="get has just answered that, and nobody else writes")
    t.expect(v, "get", r)


@law(chapter=CHAPTER)
def put_of_MISSING_is_a_TypeError(t: Trial) -> None:  # noqa: N802  # the words as they are written
    """put(r, MISSING) raises TypeError and changes nothing: storing it neither deletes nor creates"""
    t.history()
    r = t.ref()
    before = t.ask("get", r)
    t.expect(TypeError, "put", r, MISSING)
    t.expect(before, "get", r)


@law(unless=("swaps", "all"), chapter=CHAPTER)
def swap_refuses_what_it_cannot_do_in_one_step(t: Trial) -> None:
    """a form of swap that is not claimed raises Refused and changes nothing: it is never a check and then a write"""
    t.history()
    r = t.ref()
    before = t.model.cells.get(r, MISSING)
    known = swaps(t.scope.values, t.claims.swaps)
    forms = [form for form in swaps(t.scope.values, "all") if form not in known and form[0] in (before, MISSING)]
    t.expect(Refused, "swap", r, *t.choose(forms))
    t.expect(Missing if before is MISSING else before, "get", r)


@law("swaps", level="write", chapter=CHAPTER)
def swap_compares_the_whole_value(t: Trial) -> None:
    """get(r) = v: swap(r, w, u) raises Conflict, w being nearly v; swap(r, v2, u) does it, v2 = v"""
    held, most = t.claims.values, t.claims.max_value
    pairs = (*twins(held, most)[: t.rounds], *nearly(held, most)[: t.rounds], *large(held, most)[1::3])
    r, (v, w) = t.scope.refs[0], t.choose(pairs)
    t.expect(None, "put", r, v)
    t.expect(Conflict, "swap", r, w, w)
    t.expect(v, "get", r)
    equal = t.code(f"copy.deepcopy({show(v)})" if t.claims.values != "bytes" else f"bytes(bytearray({show(v)}))")
    t.expect(None, "swap", r, equal, w)
    t.expect(w, "get", r)
