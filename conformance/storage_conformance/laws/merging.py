"""merge: PATCH. In a leaf it replaces (ours; the paper leaves its meaning open, 2.2)."""

from __future__ import annotations

from typing import Any

from storage_combinators.store import MISSING

from ..law import law
from ..trial import Trial

CHAPTER = "chapters/01-protocol.md"


@law("merges", chapter=CHAPTER)
def merge_where_nothing_is_puts(t: Trial) -> None:
    """get(r) = MISSING: merge(r, v); get(r) = v"""
    t.history()
    r = t.choose([ref for ref in t.scope.refs if ref not in t.model.cells])
    v = t.value()
    t.merge(r, v)
    t.expect(v, "get", r)


@law("merges", chapter=CHAPTER)
def merge_replaces(t: Trial) -> None:
    """merge(r, w); get(r) = w, whatever was there; only a combinator gives merge another meaning"""
    t.history()
    r, w = t.ref(), t.value()
    t.merge(r, w)
    t.expect(w, "get", r)


@law("merges", chapter=CHAPTER)
def merge_works_nothing_in(t: Trial) -> None:
    """put(r, v); merge(r, w); get(r) = w, though v and w be objects, lists, numbers, lines, of any length"""
    r, (v, w) = t.scope.refs[0], t.choose(MERGED[t.claims.values])
    t.put(r, v)
    t.merge(r, w)
    t.get(r)


MERGED: dict[str, tuple[tuple[Any, Any], ...]] = {
    "bytes": (
        (b'{"a": 1}', b'{"b": 2}'),
        (b'{"a": 1}', b'{"a": null}'),
        (b"[1]", b"[2]"),
        (b"1", b"2"),
        (b"a\n", b"b\n"),
        (b"xyz", b"u"),
        (b"x", b""),
        (b"a=1", b"b=2"),
    ),
    "json": (({"a": 1}, {"b": 2}), ({"a": 1}, {"a": None}), ([1], [2]), (1, 2), ("x", "y"), ({"a": 1}, None)),
    "text": (("1", "2"), ("a\n", "b\n"), ("xyz", "u"), ("x", "")),
}


@law("merges", chapter=CHAPTER)
def merge_changes_nothing_else(t: Trial) -> None:
    """q ≠ r: get(q) before merge(r, v) = get(q) after it"""
    t.history()
    r = t.ref()
    q = t.other(r)
    before = t.ask("get", q)
    t.merge(r, t.value())
    t.expect(before, "get", q)


@law("merges", chapter=CHAPTER)
def merge_of_MISSING_is_a_TypeError(t: Trial) -> None:  # noqa: N802  # the words as they are written
    """merge(r, MISSING) raises TypeError and changes nothing: it neither deletes nor creates"""
    t.history()
    r = t.ref()
    before = t.ask("get", r)
    t.expect(TypeError, "merge", r, MISSING)
    t.expect(before, "get", r)
