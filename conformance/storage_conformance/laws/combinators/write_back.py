"""Write-back: write near now, far later (paper 4.6: asynchronous writer)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import Conflict, Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import behaves_like, given

FAMILY = Family("write_back", ("fast, slow = Source(), Source()", "store = make(fast, slow)"))
write_back = partial(law, kind="write_back", source="paper 4.6", chapter="chapters/03-caching.md")


@write_back(calls=1)
def a_write_back_reads_its_own_writes(t: Trial) -> None:
    """WriteBack(f, s) ≈ s at each moment, whether flushed or not, whatever s holds already"""
    behaves_like(t, "slow")


@write_back(calls=1)
def after_a_flush_slow_agrees(t: Trial) -> None:
    """flush(): s.get(r) = get(r) for every r"""
    if t.choose((False, True)):
        given(t, "slow", t.scope.refs[0], t.scope.values[0])
        t.model.put(t.scope.refs[0], t.scope.values[0])
    t.history()
    t.expect(None, "flush")
    for ref in t.scope.refs:
        t.expect(t.model.cells.get(ref, Missing), "get", ref, on="slow")


@write_back()
def before_a_flush_slow_is_not_written(t: Trial) -> None:
    """put(r, v), delete(r): s is not asked to write until flush"""
    r, v = t.ref(), t.value()
    t.put(r, v)
    t.expect([], "wrote", on="slow", because="the write waits for the flush")


@write_back()
def a_flush_writes_each_ref_once(t: Trial) -> None:
    """put(r, v); put(r, w); flush(); flush(): s is asked for one put of r"""
    r, v, w = t.ref(), *t.scope.values[:2]
    t.put(r, v)
    t.put(r, w)
    t.expect(None, "flush")
    t.expect(None, "flush")
    t.expect([("put", r)], "wrote", on="slow", because="writes of one ref become one")


@write_back(source="ours")
def the_last_write_of_a_ref_is_the_one_that_counts(t: Trial) -> None:
    """put(r, v); delete(r); put(r, w); flush(): s.get(r) = w, and the other way round Missing"""
    r, v, w = t.scope.refs[0], *t.scope.values[:2]
    writes = [("put", r, v), ("delete", r), ("put", r, w)]
    for verb, *args in writes if t.choose((False, True)) else [("delete", r), ("put", r, v), ("delete", r)]:
        t.do(verb, *args)
    t.expect(None, "flush")
    t.expect(t.model.cells.get(r, Missing), "get", r, on="slow", because="the last write decides")


@write_back(source="ours")
def a_write_that_slow_failed_keeps_waiting(t: Trial) -> None:
    """s.put fails in a flush: flush raises it, get(r) = v still, and the next flush that succeeds brings v to s"""
    r, v = t.ref(), t.value()
    if t.choose((False, True)):
        given(t, "slow", r, b"old")
    t.put(r, v)
    t.line("slow.fail('put')")
    t.expect(OSError, "flush", because="slow failed, and who flushes must know")
    t.line("slow.fail()")
    t.get(r)
    t.expect(None, "flush")
    t.expect(v, "get", r, on="slow")


@write_back(source="ours")
def a_delete_that_waits_is_not_undone_by_slow(t: Trial) -> None:
    """s.get(r) = v; delete(r): get(r) raises Missing before the flush as after it"""
    r, v = t.ref(), t.value()
    given(t, "slow", r, v)
    t.expect(None, "delete", r)
    if t.choose((False, True)):
        t.expect(None, "flush")
    t.expect(Missing, "get", r)


@write_back(source="ours")
def a_delete_that_failed_near_shows_nothing_older(t: Trial) -> None:
    """s.get(r) = v; put(r, w); f.delete(r) fails, done or not: get(r) = w or Missing, the same after the flush"""
    r, v, w = t.ref(), *t.scope.values[:2]
    when = t.choose(("before", "after"))
    given(t, "slow", r, v)
    t.put(r, w)
    t.line(f"fast.fail('delete', when={when!r})")
    t.expect(OSError, "delete", r)
    t.line("fast.fail()")
    left = Missing if isinstance(t.ask("get", r), Missing) else w
    t.expect(left, "get", r, because="v was overwritten long ago")
    t.expect(None, "flush")
    t.expect(left, "get", r)


@write_back(source="ours")
def a_merge_meets_what_waits(t: Trial) -> None:
    """put(r, v); merge(r, w); get(r) = what s.merge makes of v and w, though v had not been flushed"""
    r, v, w = t.scope.refs[0], b"1", b"2"
    t.line("slow.appends = True")
    if t.choose((False, True)):
        given(t, "slow", r, b"0")
    t.put(r, v)
    t.expect(None, "merge", r, w)
    t.expect(v + w, "get", r, because="merged into what was put last it is b'12'")


@write_back(source="ours")
def a_swap_meets_what_waits(t: Trial) -> None:
    """put(r, v): swap(r, u, w) raises Conflict for what s holds, and swap(r, v, w) succeeds"""
    r, v, u = t.scope.refs[0], *t.scope.values[:2]
    given(t, "slow", r, u)
    t.put(r, v)
    t.expect(Conflict, "swap", r, u, b"new")
    t.expect(None, "swap", r, v, b"new")
    t.expect(b"new", "get", r)


@write_back(source="ours")
def a_write_that_comes_during_a_flush_is_not_lost(t: Trial) -> None:
    """put(r, w) while flush hands put(r, v) to s: get(r) = w, and after the next flush s.get(r) = w"""
    r, v, w = t.ref(), *t.scope.values[:2]
    t.put(r, v)
    t.line(f"slow.meanwhile['put'] = lambda: store.put({r!r}, {w!r})")
    t.expect(None, "flush")
    t.expect(w, "get", r)
    t.expect(None, "flush")
    t.expect(w, "get", r, on="slow")


@write_back(source="ours")
def a_copy_of_a_write_back_shares_what_waits(t: Trial) -> None:
    """dataclasses.replace(store), as tracing does it: a flush through either writes what was put through the other"""
    t.program(the_copy_flushes_what_was_put, "store", "slow")


def the_copy_flushes_what_was_put(store: Any, slow: Any) -> None:
    from dataclasses import replace

    copy: Any = replace(store) if hasattr(store, "__dataclass_fields__") else store
    store.put(Ref("a"), b"x")
    copy.flush()
    assert slow.cells == {Ref("a"): b"x"}, "what waited was not shared with the copy"


@write_back(source="ours")
def two_write_backs_share_nothing(t: Trial) -> None:
    """what waits in one is not seen or flushed by another over other sources"""
    t.line("fast2, slow2 = Source(), Source()")
    t.line("other = make(fast2, slow2)")
    r = t.ref()
    t.expect(None, "put", r, t.value())
    t.expect(Missing, "get", r, on="other")
    t.expect(None, "flush", on="other")
    t.expect([], "wrote", on="slow2")
