"""Quota: so many bytes and no more, by subtree (ours)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Refused

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import behaves_like, done, given

FAMILY = Family("quota", ("source, used = Source(), Source()", "store = make(source, used, 10, 1)"))
quota = partial(law, kind="quota")
R, Q, ELSEWHERE = Ref("a", "b"), Ref("a"), Ref("b")


@quota(calls=1)
def a_quota_that_is_never_reached_is_its_source(t: Trial) -> None:
    """Quota(s, u, ∞) ≈ s"""
    t.line(f"store = make(source, used, 10**9, {t.choose((0, 1, 2))})")
    behaves_like(t, "source")


@quota()
def a_quota_is_never_exceeded(t: Trial) -> None:
    """after any writes: sum(len(v)) <= n in each subtree; what was refused changed nothing, and was over n"""
    sizes = [t.choose((0, 4, 6, 7, 11)) for _ in range(3)]
    verbs = [t.choose(("put", "merge", "swap")) for _ in range(2)]
    t.program(never_exceeds, "store", "source", repr(sizes), repr([*verbs, "put"]))


def never_exceeds(store: Any, source: Any, sizes: list[int], verbs: list[str]) -> None:
    for size, verb, ref in zip(sizes, verbs, (Ref("a", "b"), Ref("a"), Ref("a", "b")), strict=True):
        before = dict(source.cells)
        fits = sum(len(v) for r, v in before.items() if r != ref) + size <= 10
        old = before.get(ref, MISSING)
        try:
            getattr(store, verb)(ref, *([old] if verb == "swap" else []), b"v" * size)
            assert fits, f"{verb} of {size} bytes leaves {sum(map(len, source.cells.values()))}, and 10 is the most"
        except Refused:
            assert not fits, f"{verb} of {size} bytes was refused, with {sum(map(len, before.values()))} of 10 in use"
            assert source.cells == before, "what was refused changed something"


@quota()
def a_quota_is_each_subtrees_own(t: Trial) -> None:
    """a subtree that is full leaves others as they are, and what is deleted or made smaller there is room again"""
    t.expect(None, "put", R, b"1234567890")
    t.expect(None, "put", ELSEWHERE, b"1234567890")
    t.expect(Refused, "put", Q, b"1")
    done(t, ("delete", R), ("swap", R, b"1234567890", MISSING), ("put", R, b"1"), ("merge", R, b""))
    t.expect(None, "put", Q, b"12345")
    t.expect(Refused, "put", Ref("a", "c"), b"123456")
    t.expect(Refused, "put", Ref("b", "c"), b"1")
    t.expect(None, "put", Ref(), b"1234567890")


@quota()
def a_quota_counts_what_was_there_before(t: Trial) -> None:
    """source had v and w before: what is put then is refused as if v had been put, also if w goes first"""
    given(t, "source", R, b"12345678")
    if t.choose((False, True)):
        given(t, "source", Q, b"12")
        done(t, ("delete", Q), ("put", Q, b""), ("swap", Q, b"12", MISSING))
    t.expect(Refused, "put", Q, b"123")
    t.expect(None, "put", t.choose((R, Q)), b"12")


@quota()
def a_conflict_takes_no_room(t: Trial) -> None:
    """swap(r, w, v) is a Conflict: as much room is left as before; so when a delete finds nothing"""
    t.expect(None, "put", R, b"12345")
    for _ in range(3):
        t.expect(Conflict, "swap", *t.choose(((R, b"12", b"123"), (Q, b"1", b"123"), (R, MISSING, b"123"))))
        t.expect(None, "delete", Q)
    t.expect(None, "put", Q, b"12345")
    t.expect(Refused, "put", Ref("a", "c"), b"1")


@quota()
def a_quota_stopped_midway_never_lets_more_in(t: Trial) -> None:
    """source or used fails in a write, before or after it is done: sum(len(v)) <= n, whatever is put then"""
    t.line(f"store.put({R!r}, b'12345')")
    where, verb = t.choose((("source", "swap"), ("source", "put"), ("source", "delete"), ("used", "swap")))
    t.line(f"{where}.fail({verb!r}, when={t.choose(('before', 'after'))!r})")
    call = t.choose((f"put({Q!r}, b'12345')", f"delete({R!r})", f"put({R!r}, b'1')", f"swap({R!r}, b'12345', MISSING)"))
    t.program(keeps_to_it_after, "store", "source", "used", f"lambda: store.{call}")


def keeps_to_it_after(store: Any, source: Any, used: Any, stopped: Any) -> None:
    try:
        stopped()
    except (OSError, Conflict, Refused):
        pass  # whether it happened is open
    source.fail()
    used.fail()
    for size in (8, 5, 3, 1, 1, 1):
        try:
            store.put(Ref("a", "later", str(size)), b"v" * size)
        except Refused:
            continue
    total = sum(len(value) for ref, value in source.cells.items() if ref[:1] == ("a",))
    assert total <= 10, f"{total} bytes are in, and 10 is the most"


@quota()
def two_who_write_at_once_share_what_is_left(t: Trial) -> None:
    """another hand puts w just before put(r, v) writes: sum(len) <= n, whichever of the two is refused"""
    t.line("other = make(source, used, 10, 1)")
    size = t.choose((4, 6, 7))
    t.program(shares, "store", "other", "source", "used", str(size), repr(t.choose(("source", "used"))))


def shares(store: Any, other: Any, source: Any, used: Any, size: int, where: str) -> None:
    def racing() -> None:
        try:
            other.put(Ref("a", "theirs"), b"w" * size)
        except Refused:
            pass

    store.put(Ref("a"), b"")
    {"source": source, "used": used}[where].meanwhile.update(put=racing, swap=racing)
    try:
        store.put(Ref("a", "mine"), b"v" * 5)
    except Refused:
        assert Ref("a", "theirs") in source.cells or size + 5 <= 10, "both were refused, and one of them fits"
    total = sum(map(len, source.cells.values()))
    assert total <= 10, f"together they put {total} bytes in, and 10 is the most"
