"""judge: from what was given to a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from signal import SIGINT, signal
from threading import current_thread, main_thread
from time import monotonic
from typing import Any

from storage_combinators.ref import Ref

from .bench import FOREVER, PATIENCE, SCOPES, Bench, checks, found
from .claims import BadClaim, Claims, claims_of
from .law import Law
from .laws import LAWS
from .laws.combinators import COMBINATOR_LAWS
from .laws.combinators.rig import TRIALS, Combinator
from .profiles import counts, step_of
from .report.result import Report, Result
from .subjects import BadSubject, Place, Subject, shown, subject, told
from .verbs import answer_of

__all__ = ["judge", "laws_for", "prepare"]


def prepare(
    given: str | Callable[..., Any] | Subject,
    profile: str = "quick",
    seed: int = 0,
    *,
    step: int | None = None,
    claims: dict[str, object] | None = None,
    without: dict[str, str] | None = None,
    time_limit: float = FOREVER,
    patience: float = PATIENCE,
) -> Bench:
    """Settle what `judge` needs to know; raises BadSubject and BadClaim, whatever the subject raises or does."""
    try:
        return _settled(given, profile, seed, step, claims, without, time_limit, patience)
    except (BadClaim, BadSubject):
        raise
    except (Exception, SystemExit) as error:  # a foreign store may raise anything, and be out of reach
        raise BadSubject(f"{shown(given)} cannot be judged: {told(error, given)}") from error


def _settled(
    given: str | Callable[..., Any] | Subject,
    profile: str,
    seed: int,
    step: int | None,
    claims: dict[str, object] | None,
    without: dict[str, str] | None,
    time_limit: float,
    patience: float,
) -> Bench:
    end, judged = monotonic() + time_limit, subject(given)
    if isinstance(judged, Combinator):
        if claims or without:
            raise BadClaim("a combinator makes no claims: the suite knows its family")
        bounds = counts(profile, step or 1)
        fewer = replace(bounds, trials=min(bounds.trials, TRIALS[profile]))
        held = Claims(values=judged.family.values)
        return Bench(judged, held, fewer, step or 1, seed, patience, end, filled=False)
    place = judged.place()
    speakers = judged.speakers(place.below if judged.wraps else place.store)
    said = claims_of(judged.kind, directory=judged.directory, said=speakers)
    said = said.with_claims(claims or {}).with_reasons(without or {})
    said = said if said.values else replace(said, values=_probed_values(place, said))
    filled = bool(found(place, said))
    place.close([place.key(Ref("probe"))])
    number = step or step_of(judged, SCOPES[said.values or "bytes"][0])
    return Bench(judged, said, counts(profile, number), number, seed, patience, deadline=end, filled=filled)


def _probed_values(place: Place, claims: Claims) -> str:
    """What the store holds: bytes, else JSON, else text: the first that is no TypeError."""
    if place.subject.kind == "mapping" or not claims.writes:
        return "bytes"
    for held, value in (("bytes", b"x"), ("json", ["x"]), ("text", "x")):
        if not isinstance(answer_of(place.store, "put", (place.key(Ref("probe")), value)), TypeError):
            return held
    return "bytes"


def judge(
    given: str | Callable[..., Any] | Subject,
    profile: str = "quick",
    seed: int = 0,
    *,
    laws: Iterable[Law] | None = None,
    watch: Callable[[Result, int], None] = lambda result, of: None,
    **options: Any,
) -> Report:
    """Judge a subject: a factory, a Subject or what the command takes; `options` as for prepare.

    `watch` is told each result, and of how many. After Ctrl-C the laws that remain are "not run". Raises BadSubject
    and BadClaim; never what the subject raises. Source: ours.
    """
    if not __debug__:
        raise BadSubject("laws are assertions, which python -O leaves out: run it without -O")
    start, bench = monotonic(), prepare(given, profile, seed, **options)
    held = laws_for(bench, laws)
    report = Report(bench.subject.name, seed, bench.step, bench.claims.as_dict())
    with interruptible(bench):
        todo = checks(bench, held)
        for _, check in todo:
            report.laws.append(check())
            watch(report.laws[-1], len(todo))
        bench.sweep()
    report.seconds, report.notes = monotonic() - start, sorted(set(bench.notes))
    return report


@contextmanager
def interruptible(bench: Bench) -> Iterator[None]:
    """Ctrl-C ends the judging, not the program; only the main thread hears it."""
    if current_thread() is not main_thread():
        yield
        return
    before = signal(SIGINT, bench.interrupt)
    try:
        yield
    finally:
        signal(SIGINT, before)


def laws_for(bench: Bench, laws: Iterable[Law] | None = None) -> list[Law]:
    """The laws that fit the kind of the subject and what it claims."""
    fitting = [law for law in ((*LAWS, *COMBINATOR_LAWS) if laws is None else laws) if law.kind == bench.subject.kind]
    return [law for law in fitting if not (law.unless[0] and bench.claims.keeps_to(*law.unless))]
