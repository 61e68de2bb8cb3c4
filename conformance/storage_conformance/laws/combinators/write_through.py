"""WriteThrough: what was written is kept nearer too (ours)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import behaves_like, given

FAMILY = Family("write_through", ("fast, slow = Source(), Source()", "store = make(fast, slow)"))
write_through = partial(law, kind="write_through", group="write through")


def kept(t: Trial, ref: Ref, value: Any) -> tuple[Any, ...]:
    """A write that is kept near: of what was there, or of nothing."""
    verb = t.choose(("put", "swap"))
    return (verb, ref, *([MISSING] if verb == "swap" else []), value)


@write_through(calls=1)
def a_write_through_is_its_slow_source(t: Trial) -> None:
    """WriteThrough(f, s) ≈ s for an f that starts empty, as long as nobody writes behind it"""
    behaves_like(t, "slow")


@write_through()
def what_was_written_is_near(t: Trial) -> None:
    """put(r, v) or swap(r, MISSING, v): get(r) = v = f.get(r), and s is not asked"""
    r, v = t.ref(), t.value()
    t.expect(None, *kept(t, r, v))
    t.line("slow.notes.clear()")
    t.expect(v, "get", r)
    t.expect([], "asked", on="slow", because="what was written is near")
    t.expect(v, "get", r, on="fast")


@write_through()
def slow_has_it_before_fast(t: Trial) -> None:
    """While s is asked to write v, f does not hold it yet: who is stopped there leaves in f what s holds, or nothing"""
    r, v = t.ref(), t.value()
    verb, *args = kept(t, r, v)
    t.line("near = []")
    t.line(f"slow.meanwhile[{verb!r}] = lambda: near.append({r!r} in fast.cells)")
    t.expect(None, verb, *args)
    t.expect([False], "copy", on="near", because="slow comes first")


@write_through()
def what_slow_failed_is_not_near(t: Trial) -> None:
    """s fails, before it was done or after: the write raises it, and f holds nothing of r"""
    r, v, w = t.scope.refs[0], *t.scope.values[:2]
    if t.choose((False, True)):
        given(t, "slow", r, v)
        t.expect(v, "get", r)
        verb, args = "put", (r, w)
    else:
        verb, *args = kept(t, r, v)  # type: ignore[assignment]  # a list or a tuple
    t.line(f"slow.fail({verb!r}, when={t.choose(('before', 'after'))!r})")
    t.expect(OSError, verb, *args)
    t.expect(Missing, "get", r, on="fast", because="nobody knows whether slow has it")


@write_through()
def what_fast_refuses_is_written_all_the_same(t: Trial) -> None:
    """f.put raises Refused (too big, say): put(r, v); s.get(r) = v = get(r)"""
    r, v = t.ref(), t.value()
    t.line("fast.refusing = True")
    t.expect(None, *kept(t, r, v))
    t.expect(v, "get", r, on="slow")
    t.expect(v, "get", r)
