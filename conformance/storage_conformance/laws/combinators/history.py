"""History: what was there before is kept (ours)."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Missing, Refused

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import behaves_like, given, write

FAMILY = Family(
    "history",
    ("source, versions, now = Source(), Source(), [0.0]", "store = make(source, versions, lambda: now[0])"),
)
history = partial(law, kind="history")
A, B = Ref("a"), Ref("a", "b")
LISTINGS = ((Ref(), None), (Ref(), 1), (A, None), (A, 0), (A, 1))


@history(calls=1)
def a_history_is_its_source(t: Trial) -> None:
    """History(s) ≈ s"""
    behaves_like(t, "source")


def past(t: Trial, writes: int) -> list[dict[Ref, Any]]:
    """`writes` of them, at times 1, 2, ... : what was there until then, from what `source` held at first."""
    if t.choose((False, True)):
        given(t, "source", A, b"first")
        t.model.put(A, b"first")
    there = []
    for number in range(writes):
        there.append(dict(t.model.cells))
        ref = t.choose((A, B))
        old = t.model.cells.get(ref, MISSING)
        verb = t.choose(("put", "merge", "delete", "swap"))
        new = f"{number}".encode()
        t.line(f"now[0] = {number + 1}.0")
        t.do(verb, ref, *{"delete": (), "swap": (old, t.choose((new, MISSING)))}.get(verb, (new,)))
    return there


@history()
def as_of_reads_what_was_there_then(t: Trial) -> None:
    """as_of(m).get(r) is what get(r) answered at time m, for each m from before the first write until now"""
    there = past(t, 2)
    for moment, cells in enumerate([*there, dict(t.model.cells)]):
        t.line(f"then = store.as_of({moment}.5)")
        for ref in (A, B):
            t.expect(cells.get(ref, Missing), "get", ref, on="then")


@history()
def as_of_lists_what_was_there_then(t: Trial) -> None:
    """as_of(m).refs(b, d) is what refs(b, d) answered at time m"""
    cells = past(t, 2)[-1]
    t.model.cells = cells
    base, depth = t.choose(LISTINGS)
    t.line("then = store.as_of(1.5)")
    t.expect(sorted(t.model.refs(base, depth)), "refs", base, depth, on="then")


@history()
def the_past_is_not_written(t: Trial) -> None:
    """as_of(m).put is Refused, so is every write; nothing changes"""
    r, v, w = t.ref(), t.value(), t.value()
    given(t, "source", r, v)
    t.line("then = store.as_of(0.0)")
    t.expect(Refused, *write(t, r, v, w), on="then")
    t.expect(v, "get", r)


@history()
def a_write_that_failed_leaves_the_past_true(t: Trial) -> None:
    """source.verb fails, before it was done or after: as_of(before) reads what was there, as_of(now) what is"""
    r, v, w = t.scope.refs[0], b"v", b"w"
    given(t, "source", r, v)
    verb, *args = write(t, r, v, w)
    when = t.choose(("before", "after"))
    t.line("now[0] = 1.0")
    t.line(f"source.fail({verb!r}, when={when!r})")
    t.expect(OSError, verb, *args)
    t.line("source.fail()")
    t.line("past, present = store.as_of(0.5), store.as_of(1.0)")
    t.expect(v, "get", r, on="past")
    after = Missing if verb == "delete" else w
    t.expect(v if when == "before" else after, "get", r, on="present")


@history()
def what_cannot_be_kept_is_not_written(t: Trial) -> None:
    """versions fails: a write raises that, and source is not written"""
    r, v = t.ref(), t.value()
    given(t, "source", r, v)
    t.line("source.asked()")
    t.line("versions.fail('put', 'merge', 'swap')")
    t.expect(OSError, *write(t, r, v, b"new"))
    t.expect([], "wrote", on="source", because="what was there could not be kept")


@history()
def of_two_writes_at_one_time_both_are_kept(t: Trial) -> None:
    """n writes, while clock() stays what it is: versions only gains, n refs at least, and none is written twice"""
    r = t.ref()
    for value in (b"1", b"2", b"3")[: t.choose((2, 3))]:
        t.expect(None, "put", r, value)
    t.program(only_gained, "versions", str(len([step for step in t.steps if step.verb == "put"])))


def only_gained(versions: Any, writes: int) -> None:
    notes = [note for note in versions.notes if note[0] in ("put", "swap")]
    assert len(versions.cells) >= writes, f"of {writes} writes {len(versions.cells)} versions are kept"
    assert not [note for note in versions.notes if note[0] in ("delete", "merge")], "versions were changed"
    assert len(versions.cells) <= len(notes), "versions were written some other way"


@history()
def undo_goes_back_and_forth(t: Trial) -> None:
    """get(r) was x, and is y: undo(r); get(r) = x; undo(r); get(r) = y. So for what was created or deleted"""
    r, v, w = t.ref(), b"1", b"2"
    if held := t.choose((False, True)):
        given(t, "source", r, v)
    verb = t.choose(("put", "merge", "delete", "swap") if held else ("put", "merge", "swap"))
    t.ask(verb, r, *{"delete": (), "swap": (v if held else MISSING, w)}.get(verb, (w,)))
    was, is_ = v if held else Missing, Missing if verb == "delete" else w
    if t.choose((False, True)):  # a write that changes nothing
        t.ask("delete", r) if is_ is Missing else t.ask("put", r, w)
    for answer in (was, is_, was):
        t.line("now[0] += 1.0")
        t.expect(None, "undo", r)
        t.expect(answer, "get", r)


@history()
def nothing_is_undone_where_nothing_was_done(t: Trial) -> None:
    """r never was anything else: undo(r) is Refused, and nothing changes"""
    r, v = t.ref(), t.value()
    given(t, "source", r, v)
    t.expect(Refused, "undo", r)
    t.expect(v, "get", r)
