"""Cache: what was read is kept nearer (paper 3.1.6)."""

from __future__ import annotations

from functools import partial

from storage_combinators.ref import Ref
from storage_combinators.store import Conflict, Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import behaves_like, given, write

FAMILY = Family("cache", ("fast, slow = Source(), Source()", "store = make(fast, slow)"))
cache = partial(law, kind="cache", source="paper 3.1.6", chapter="chapters/03-caching.md")
A = Ref("a")


@cache(calls=1)
def a_cache_is_its_slow_source(t: Trial) -> None:
    """Cache(f, s) ≈ s for an f that starts empty, as long as nobody writes behind it, whatever s holds already"""
    behaves_like(t, "slow")


@cache(calls=1)
def a_cache_leaves_in_slow_what_was_written(t: Trial) -> None:
    """After each write, s.get(r) is what the cache's get(r) is"""
    t.history()
    for ref in t.scope.refs:
        t.expect(t.model.cells.get(ref, Missing), "get", ref, on="slow")


@cache()
def a_hit_asks_nothing_of_slow(t: Trial) -> None:
    """get(r) = v; get(r) again = v, and s is not asked"""
    r, v = t.ref(), t.value()
    given(t, "slow", r, v)
    t.expect(v, "get", r)
    t.line("slow.notes.clear()")
    t.expect(v, "get", r)
    t.expect([], "asked", on="slow", because="what was read once is kept near")


@cache()
def what_a_cache_reads_it_keeps_in_fast(t: Trial) -> None:
    """get(r) = v: f.get(r) = v, so that f decides how much is kept and for how long"""
    r, v = t.ref(), t.value()
    given(t, "slow", r, v)
    t.expect(v, "get", r)
    t.expect(v, "get", r, on="fast")


@cache()
def none_is_cached_like_any_value(t: Trial) -> None:
    """s.get(r) = None: get(r) = None, and s is asked once"""
    r = t.ref()
    given(t, "slow", r, None)
    t.expect(None, "get", r)
    t.line("slow.notes.clear()")
    t.expect(None, "get", r)
    t.expect([], "asked", on="slow", because="None is a value, and was read before")


@cache()
def a_cache_asks_again_for_what_was_absent(t: Trial) -> None:
    """get(r) raises Missing; s.put(r, v) behind it; get(r) = v"""
    r, v = t.ref(), t.value()
    t.expect(Missing, "get", r)
    given(t, "slow", r, v)
    t.expect(v, "get", r, because="absence is not cached, and by now it is there")


@cache()
def a_cache_lets_failures_of_slow_through(t: Trial) -> None:
    """s.get(r) fails: so does get(r), and never answers Missing; nothing is kept"""
    r, v = t.ref(), t.value()
    given(t, "slow", r, v)
    t.line("slow.fail('get')")
    t.expect(OSError, "get", r, because="slow failed, which says nothing about what it holds")
    t.line("slow.fail()")
    t.expect(v, "get", r)


@cache()
def a_write_that_slow_failed_leaves_nothing_stale(t: Trial) -> None:
    """s.put(r, w) fails, before it was done or after: put raises it, and then get(r) = s.get(r); so for every write"""
    r, v, w = t.scope.refs[0], *t.scope.values[:2]
    given(t, "slow", r, v)
    if t.choose((False, True)):
        t.expect(v, "get", r)
    verb, *args = write(t, r, v, w)
    when = t.choose(("before", "after"))
    t.line(f"slow.fail({verb!r}, when={when!r})")
    t.expect(OSError, verb, *args, because="slow failed")
    t.line("slow.fail()")
    after = Missing if verb == "delete" else w
    t.expect(v if when == "before" else after, "get", r, because="slow holds something else")


@cache(source="ours")
def a_reader_during_a_write_leaves_nothing_stale(t: Trial) -> None:
    """get(r) while s is about to write: after the write get(r) = s.get(r); so for every write"""
    r, v, w = t.scope.refs[0], *t.scope.values[:2]
    given(t, "slow", r, v)
    verb, *args = write(t, r, v, w)
    t.line("from threading import Thread")
    t.line("from storage_combinators.functions import look")
    t.line(f"reader = Thread(target=look, args=(store, {r!r}), daemon=True)")
    t.line(f"slow.meanwhile[{verb!r}] = lambda: (reader.start(), reader.join(1))  # a lock may make it wait")
    t.expect(None, verb, *args)
    t.line("reader.is_alive() and reader.join(5)")
    t.expect(Missing if verb == "delete" else w, "get", r, because="what the reader filled in is old by now")


@cache(source="ours")
def a_cache_merges_as_slow_does(t: Trial) -> None:
    """merge(r, w); get(r) = what s.merge makes of it, whatever f.merge would, cached before or not"""
    r, v, w = t.scope.refs[0], b"1", b"2"
    appending = t.choose(("slow", "fast"))
    t.line(f"{appending}.appends = True")
    given(t, "slow", r, v)
    if t.choose((False, True)):
        t.expect(v, "get", r)
    t.expect(None, "merge", r, w)
    merged = v + w if appending == "slow" else w
    t.expect(merged, "get", r, because=f"slow makes {merged!r} of it")
    t.expect(merged, "get", r, on="slow")


@cache(source="ours")
def after_a_conflict_a_cache_is_fresh(t: Trial) -> None:
    """swap(r, v, w) raises Conflict since s holds u by now: get(r) = u, so that reading and swapping again ends"""
    r, v, u = t.scope.refs[0], *t.scope.values[:2]
    given(t, "slow", r, v)
    t.expect(v, "get", r)
    given(t, "slow", r, u)
    t.expect(Conflict, "swap", r, v, b"new")
    t.expect(u, "get", r, because="the next get after a Conflict is as new as its cause")


@cache()
def invalidate_forgets_here_and_changes_nothing_there(t: Trial) -> None:
    """get(r) = v; s.put(r, w) behind it; invalidate(r); get(r) = w, and s was not written"""
    r, v, w = t.scope.refs[0], *t.scope.values[:2]
    given(t, "slow", r, v)
    t.expect(v, "get", r)
    given(t, "slow", r, w)
    t.line("slow.notes.clear()")
    t.expect(None, "invalidate", r)
    t.expect([], "wrote", on="slow", because="invalidate is about what is near")
    t.expect(w, "get", r)


@cache(source="ours")
def what_fast_refuses_is_answered_all_the_same(t: Trial) -> None:
    """f.put raises Refused (too big, say): get(r) = s.get(r)"""
    r, v = t.ref(), t.value()
    t.line("fast.refusing = True")
    given(t, "slow", r, v)
    t.expect(v, "get", r)
    t.expect(v, "get", r)


@cache(source="ours")
def a_cache_lists_what_slow_has(t: Trial) -> None:
    """refs(b, d) = s.refs(b, d), not what happens to be near"""
    r, q, v = t.ref(), t.ref(), t.value()
    for ref in (r, q):
        given(t, "slow", ref, v)
        t.model.put(ref, v)
    t.expect(v, "get", r)
    for depth in (None, 0, 1):
        t.refs(t.base(), depth)
