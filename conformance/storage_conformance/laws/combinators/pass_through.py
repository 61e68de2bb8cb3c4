"""Pass-through: nothing changes (paper 3.1.1). Also held against whatever should not be felt: a proxy, a wire."""

from __future__ import annotations

from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import Conflict, Missing, Refused

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import WRITES, behaves_like, given

FAMILY = Family("pass_through", ("source = Source()", "store = make(source)"))
pass_through = partial(law, kind="pass_through", source="paper 3.1.1", chapter="chapters/02-mapping.md")


@pass_through(calls=1)
def a_pass_through_is_its_source(t: Trial) -> None:
    """PassThrough(s) ≈ s: no sequence of operations tells them apart, whatever s holds already"""
    behaves_like(t, "source")


@pass_through(calls=1)
def a_pass_through_leaves_in_the_source_what_it_was_given(t: Trial) -> None:
    """put(r, v): source.get(r) = v, and so for every write"""
    t.history()
    for ref in t.scope.refs:
        t.expect(t.model.cells.get(ref, Missing), "get", ref, on="source")


@pass_through()
def a_pass_through_keeps_every_ref_and_value(t: Trial) -> None:
    """put(r, v); get(r) = v = source.get(r), whatever r and v are"""
    r, v = (t.choose(t.family()), t.value()) if t.choose((True, False)) else (t.ref(), t.hostile_value())
    t.expect(None, "put", r, v)
    t.expect(v, "get", r)
    t.expect(v, "get", r, on="source")
    t.expect([r], "refs", Ref())


@pass_through()
def a_pass_through_lets_failures_through_as_failures(t: Trial) -> None:
    """source.verb(r) fails: so does verb(r), and it answers neither Missing, Conflict nor Refused"""
    given(t, "source", t.scope.refs[0], t.value())
    verb = t.choose(("get", *WRITES, "refs"))
    t.program(a_failure_is_no_answer, "store", "source", repr(verb))


def a_failure_is_no_answer(store: Any, source: Any, verb: str) -> None:
    arguments = {"get": (), "delete": (), "refs": (None,), "swap": (b"x", b"y")}.get(verb, (b"y",))
    source.fail(verb)
    try:
        answer: Any = getattr(store, verb)(Ref("a"), *arguments)
        answer = list(answer) if verb == "refs" else answer
    except (Missing, Conflict, Refused) as wrong:
        answer = type(wrong).__name__
    except Exception:  # noqa: BLE001  # whatever failure it is
        return
    raise AssertionError(f"the source failed, but {verb} answered {answer}")


@pass_through()
def a_pass_through_swaps_in_the_source_in_one_step(t: Trial) -> None:
    """swap(r, v, w) after which somebody else has put u: Conflict, and source.get(r) = u"""
    r, v, u = t.scope.refs[0], *t.scope.values[:2]
    given(t, "source", r, v)
    t.line(f"source.meanwhile['swap'] = lambda: source.cells.update({{{r!r}: {u!r}}})")
    t.expect(Conflict, "swap", r, v, b"new")
    t.expect(u, "get", r, on="source")
