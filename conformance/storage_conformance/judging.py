"""judge: from what was given to a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import Any, TypeVar

from storage_combinators.ref import Ref
from storage_combinators.store import Refused

from .bench import FOREVER, PATIENCE, SCOPES, Bench, checks, found
from .claims import BadClaim, Claims, claims_of
from .engines.watch import Hung, OutOfTime, watched
from .interrupts import heeding
from .law import Law
from .laws import LAWS
from .laws.combinators import COMBINATOR_LAWS
from .laws.combinators.rig import TRIALS, Combinator
from .laws.wire import spoken
from .profiles import counts, step_of
from .report.result import Report, Result
from .subjects import BadSubject, Place, Subject, shown, subject, told
from .trial import Pulse
from .verbs import answer_of

__all__ = ["Unsettled", "judge", "laws_for", "prepare"]

T = TypeVar("T")
SLOWEST = 4  # the step of a subject that does not come back


class Unsettled(BadSubject):
    """The time was up, or somebody interrupted, before the first law could be tried; the text says which."""


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
    """Settle what `judge` needs to know; raises BadSubject and BadClaim, whatever the subject raises or does.

    Unsettled, if the time is up first, or somebody interrupts.
    """
    end = monotonic() + time_limit
    try:
        return _settled(given, profile, seed, step, claims or {}, without or {}, end, patience)
    except (BadClaim, BadSubject):
        raise
    except Hung:
        raise BadSubject(f"{shown(given)} cannot be judged: opening it did not end within {patience:g} s") from None
    except OutOfTime:
        raise Unsettled("the time limit came first") from None
    except KeyboardInterrupt:
        raise Unsettled("interrupted") from None
    except (Exception, SystemExit) as error:  # a foreign store may raise anything, and be out of reach
        raise BadSubject(f"{shown(given)} cannot be judged: {told(error, given)}") from error


def _settled(
    given: str | Callable[..., Any] | Subject,
    profile: str,
    seed: int,
    step: int | None,
    claims: dict[str, object],
    without: dict[str, str],
    end: float,
    patience: float,
) -> Bench:
    def work(function: Callable[..., T], *args: object) -> T:
        return watched(partial(function, *args), Pulse(), patience, lambda: monotonic() > end)

    judged = work(subject, given)
    if isinstance(judged, Combinator):
        if claims or without:
            raise BadClaim("a combinator makes no claims: the suite knows its family")
        bounds = counts(profile, step or 1)
        fewer = replace(bounds, trials=min(bounds.trials, TRIALS[profile]))
        held = Claims(values=judged.family.values)
        return Bench(judged, held, fewer, step or 1, seed, patience, end, filled=False)
    said = work(_claimed, judged, claims, without)
    try:
        said, filled, number = work(_probed, judged, said, step, given)
    except Hung:  # the laws tell it, each with a watchdog of its own
        said, filled, number = replace(said, values=said.values or "bytes"), False, step or SLOWEST
    return Bench(judged, said, counts(profile, number), number, seed, patience, deadline=end, filled=filled)


def _claimed(judged: Subject, claims: dict[str, object], without: dict[str, str]) -> Claims:
    """What the subject declares, and then what was said for it."""
    place = judged.place()
    speakers = judged.speakers(place.below if judged.wraps else place.store)
    said = claims_of(judged.kind, directory=judged.directory, said=speakers)
    place.close([])
    return said.with_claims(claims).with_reasons(without)


def _probed(judged: Subject, said: Claims, step: int | None, given: object) -> tuple[Claims, bool, int]:
    """The claims with the type of values; is something in a fresh place; the step.

    The place is of its own: each piece of work has its thread, and some stores are to be closed where they were opened.
    """
    place = judged.place()
    filled = bool(found(place, said))  # before a probe writes
    said = said if said.values else replace(said, values=_probed_values(place, said))
    if place.subject.url and said.writes:
        _try_writing(place, said, given)
    place.close([place.key(Ref("probe"))] if said.writes and not said.lists else None)
    return said, filled, step or step_of(place.subject, SCOPES[said.values or "bytes"][0])


def _try_writing(place: Place, claims: Claims, given: object) -> None:
    """Behind a URL may be a full disk, or one who may only read: that is no broken law. BadSubject says what to do."""
    value: object = {"bytes": b"x", "json": ["x"], "text": "x"}[claims.values or "bytes"]
    answer = answer_of(place.store, "put", (place.key(Ref("probe")), value))
    if isinstance(answer, Exception) and not isinstance(answer, (TypeError, Refused)):
        what = f"{place.subject.name} cannot be judged, since nothing can be written: {told(answer, given)}"
        raise BadSubject(f"{what}; --without writes=REASON judges reading alone")


def _probed_values(place: Place, claims: Claims) -> str:
    """What the store holds: bytes, else JSON, else text: the first that is no TypeError, to whatever sees it later."""
    if place.subject.kind == "mapping" or not claims.writes:
        return "bytes"
    for held, value in (("bytes", b"x"), ("json", ["x"]), ("text", "x")):
        ref = place.key(Ref("probe"))
        calls: list[tuple[str, tuple[Any, ...]]] = [("put", (ref, value))]
        calls += [("swap", (ref, value, value))] * claims.keeps_to("swaps", "write")  # which writes out what waits
        answers = [answer_of(place.store, verb, args) for verb, args in calls]
        if not any(isinstance(answer, TypeError) for answer in answers):
            return held
        answer_of(place.store, "delete", (ref,))  # it may be waiting to be written
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
    start = monotonic()
    try:
        bench = prepare(given, profile, seed, **options)
    except Unsettled as why:
        unopened = Result("the_subject_opens", "", "not run", str(why), equation="the factory answers", group="opening")
        return Report(shown(given), seed, options.get("step") or 1, {}, [unopened], monotonic() - start)
    held = laws_for(bench, laws)
    report = Report(bench.subject.name, seed, bench.step, bench.claims.as_dict())
    with heeding(bench.interrupt):  # the first one ends the judging, not the program
        todo = checks(bench, held)
        for _, check in todo:
            report.laws.append(check())
            watch(report.laws[-1], len(todo))
        bench.sweep()
    report.seconds, report.notes = monotonic() - start, sorted(set(bench.notes))
    return report


def laws_for(bench: Bench, laws: Iterable[Law] | None = None) -> list[Law]:
    """The laws that fit the kind of the subject and what it claims."""
    kinds = (bench.subject.kind, *["wire"] * spoken(bench.subject))
    fitting = [law for law in ((*LAWS, *COMBINATOR_LAWS) if laws is None else laws) if law.kind in kinds]
    return [law for law in fitting if not (law.unless[0] and bench.claims.keeps_to(*law.unless))]
