"""Logging: tell what was written (paper 3.2)."""

from __future__ import annotations

from functools import partial

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import behaves_like, given, write
from .sources import Sink, Source

FAMILY = Family("logging", ("source, log = Source(), Sink()", "store = make(source, log)"), classes=(Source, Sink))
logging = partial(law, kind="logging", source="paper 3.2", chapter="chapters/03-caching.md")
NAMES = {"put": "PUT", "merge": "MERGE", "delete": "DELETE", "swap": "PUT"}


@logging(calls=1)
def a_logging_is_its_source(t: Trial) -> None:
    """Logging(s, log) ≈ s, whatever s holds already"""
    behaves_like(t, "source")


@logging()
def the_log_is_the_writes_in_order(t: Trial) -> None:
    """After writes w1, w2: log = [w1, w2] as verb and ref, each once; a swap is a PUT, or a DELETE if it removes"""
    r, v, w = t.scope.refs[0], *t.scope.values[:2]
    verb, *args = write(t, r, v, w)
    t.expect(None, "put", r, v)
    t.expect(None, verb, *args)
    t.expect([("PUT", r), (NAMES[verb], r)], "took", on="log")
    if verb != "delete":
        t.expect(None, "swap", r, w, MISSING)
        t.expect([("DELETE", r)], "took", on="log")


@logging()
def reading_is_not_logged(t: Trial) -> None:
    """get and refs leave the log as it was"""
    r, v = t.ref(), t.value()
    given(t, "source", r, v)
    t.expect(v, "get", r)
    t.expect([r], "refs", Ref())
    t.expect([], "took", on="log")


@logging()
def a_write_that_failed_is_not_logged(t: Trial) -> None:
    """source.put(r, v) fails, or a swap raises Conflict: the log stays as it was"""
    r, v, w = t.scope.refs[0], *t.scope.values[:2]
    given(t, "source", r, v)
    if t.choose((False, True)):
        t.expect(Conflict, "swap", r, w, w)
    else:
        verb, *args = write(t, r, v, w)
        t.line(f"source.fail({verb!r})")
        t.expect(OSError, verb, *args)
    t.expect([], "took", on="log", because="nothing was written")


@logging()
def a_write_is_logged_when_it_has_happened(t: Trial) -> None:
    """log(operation) is called after source.verb: who reads then reads what was written"""
    r, v, w = t.scope.refs[0], *t.scope.values[:2]
    given(t, "source", r, v)
    t.line("seen = []")
    t.line(f"log.meanwhile = lambda: seen.append(source.cells.get({r!r}))")
    verb, *args = write(t, r, v, w)
    t.expect(None, verb, *args)
    t.expect(None if verb == "delete" else w, "pop", on="seen", because="the write has happened when it is logged")


@logging(source="ours")
def a_log_that_fails_fails_the_write(t: Trial) -> None:
    """log(operation) fails: so does the write, and it is not taken back; nothing is swallowed"""
    r, v, w = t.scope.refs[0], *t.scope.values[:2]
    given(t, "source", r, v)
    t.line("log.failing = True")
    verb, *args = write(t, r, v, w)
    t.expect(OSError, verb, *args, because="the log failed, and who writes must know")
