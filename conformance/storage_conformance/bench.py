"""The judge: which laws are held against a subject, by which engine, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from signal import SIGINT, default_int_handler, signal
from time import monotonic
from typing import Any
from zlib import crc32

from storage_combinators.ref import Ref

from .claims import Claims
from .content import values
from .diagnosis import diagnosed
from .engines.exhaustive import Odometer, every
from .engines.random_runs import Drawn, random_runs
from .engines.shrink import shrunk, was_wrong_before
from .engines.watch import Hung, OutOfTime, watched
from .law import Law
from .modesty import PROBED, stale
from .names import families
from .profiles import Counts
from .report.lacking import lacking
from .report.result import Called, Result
from .report.script import hang_script, script, steps
from .scope import SMALL, Scope
from .subjects import Place, Subject
from .trial import Broken, Chooser, Exempted, Pulse, Trial, Void
from .verbs import answer_of, call_text

__all__ = ["PATIENCE", "PROBED", "SCOPES", "Bench", "checks", "found", "results"]

PATIENCE = 30.0  # seconds without progress after which an operation is ended
WRITES = {"mapping": "[]="}  # of others it is put: what is there when a place is opened again was put there
DIRECTED = 500  # trials at most of a law that asks for no history: each of its choices was written down for a reason
SHORT = 10_000  # bytes of a value in a random history
LONG = 2  # steps; for longer histories the small scope has fewer refs
FOREVER = float("inf")
HANGS = 5  # laws, after which no other is tried: each costs the whole patience
APART = ("fresh_stores_share_nothing", "fresh_mappings_share_nothing")
SCOPES = {"bytes": (b"x", b""), "json": (None, ["x"]), "text": ("x", "")}  # the values of the small scope


@dataclass
class Bench:
    """Everything that is settled before the first law: subject, claims, step, counts."""

    subject: Subject
    claims: Claims
    bounds: Counts
    step: int
    seed: int = 0
    patience: float = PATIENCE
    deadline: float = FOREVER
    ended: str = "the time limit came first"  # why it is late
    filled: bool = True  # there is something in a fresh place
    mixed: bool = False  # fresh stores share what is in them
    hangs: int = 0  # laws that met an operation that did not come back
    pulse: Pulse = field(default_factory=Pulse)
    notes: list[str] = field(default_factory=list)

    scopes: dict[int, Scope] = field(default_factory=dict)  # those of empty places, by the number of refs

    def __post_init__(self) -> None:
        self.families = families(self.claims.keys, self.claims.max_key)[: self.bounds.families]
        self.hostile = values(self.claims.values or "bytes", self.claims.max_value)[: self.bounds.values]

    def late(self) -> bool:
        """Is the time up?"""
        return monotonic() > self.deadline

    def interrupt(self, *_signal: object) -> None:
        """End as if the time were up; a handler for Ctrl-C, of which the second one is not handled any more."""
        signal(SIGINT, default_int_handler)
        self.deadline, self.ended = 0.0, "interrupted"

    def run(self, law: Law) -> Result:
        """The verdict on one law."""
        reason = self.claims.exempts(law)
        if reason:
            return Result.of(law, "exempt", reason)
        if self.mixed and law.kind == self.subject.kind:
            return Result.of(
                law, "not run", "what is put into one fresh store shows in others, so nothing else can be told"
            )
        if self.hangs >= HANGS:
            return Result.of(law, "not run", f"{HANGS} laws have met an operation that does not come back")
        result = self._judged(law)
        self.mixed = self.mixed or (law.name in APART and result.verdict == "broken")
        return result

    def _judged(self, law: Law) -> Result:
        if self.late():
            return Result.of(law, "not run", self.ended)
        self.pulse = Pulse(notes=self.notes)
        try:
            watched(lambda: self._engines(law), self.pulse, self.patience, self.late)
        except Broken as broken:
            return self._broken(law, broken)
        except Hung as hung:
            return self._hung(law, str(hung))
        except OutOfTime:
            return Result.of(law, "not run", self.ended)
        except Exempted as exempted:
            return Result.of(law, "exempt", str(exempted))
        except Void as void:
            return Result.of(law, "not run", str(void))
        except (OSError, SystemExit) as error:  # of the factory, for what a verb raises is an answer
            return Result.of(law, "not run", f"no fresh place: {type(error).__name__}: {error}")
        return Result.of(law, "holds")

    def _broken(self, law: Law, broken: Broken) -> Result:
        trial = self._trial()
        trial, broken = self._shorter(trial, broken) or (trial, broken)
        broken = diagnosed(trial, broken)
        told = Result.of(law, "broken", broken.sentence, steps(trial, broken.sentence), script(trial, broken))
        sent = tuple(trial.place.requests.told if trial.place.requests else ())
        return replace(told, history=tuple(Called(*each) for each in broken.history), requests=sent)

    def _shorter(self, trial: Trial, broken: Broken) -> tuple[Trial, Broken] | None:
        """The break without the steps that it does not need; None where that hangs or takes too long."""
        self.pulse = Pulse()
        try:
            work = partial(shrunk, trial, broken, partial(self._again, trial), self._close)
            return watched(work, self.pulse, self.patience, self.late)
        except (Hung, OutOfTime):
            return None

    def _hung(self, law: Law, how: str) -> Result:
        self.hangs += 1
        trial, (handle, verb, args) = self._trial(), self.pulse.calling or ("", "", ())
        call = call_text(handle, verb, args, trial.text) if verb else ""
        why = f"{call or (trial.steps[-1].verb if trial.steps else 'A step')} {how}."
        told = (*steps(trial, why), *[call] * bool(call))
        return Result.of(law, "broken", why, told, hang_script(trial, why, self.patience))

    def _trial(self) -> Trial:
        if self.pulse.trial is None:
            raise RuntimeError("a law broke before its first trial")
        return self.pulse.trial

    # Engines

    def _engines(self, law: Law) -> None:
        if self._exhaustive(law):
            number = crc32(law.name.encode(), self.seed & 0xFFFFFFFF)
            random_runs(lambda drawn: self._attempt(law, drawn), self.bounds.examples, self.bounds.length, number)

    def _exhaustive(self, law: Law) -> bool:
        """Run it; is there anything to choose, so that random choices could add something?"""
        odometer, own, void = Odometer(0), 0, None
        limit = getattr(self.bounds, law.bound)
        for number, _ in enumerate(every(odometer, limit if law.bound == "schedules" else max(limit, DIRECTED))):
            if odometer.asked and number >= limit:
                break
            void = self._attempt(law, odometer)
            own = max(own, len(self._trial().steps))
        if void and not odometer.asked:
            raise void
        for size, again in self._sizes(max(1, self.bounds.calls - (law.calls or own or 2))) if odometer.asked else ():
            longer = Odometer(size, again, WRITES.get(self.subject.kind, "put") if again else "")
            for _ in every(longer, limit):
                self._attempt(law, longer)
        return odometer.asked or (odometer.chosen and self._trial().drawn)

    def _sizes(self, largest: int) -> Iterator[tuple[int, bool]]:
        for size in range(1, largest + 1):
            yield size, False
            if size == 1 and self.reopens:
                yield size, True

    @property
    def reopens(self) -> bool:
        """Can a place be opened again with what is in it?"""
        if self.subject.wraps and not self.subject.directory and not self.subject.url:
            return "survives" not in self.subject.without
        return self.claims.keeps_to("survives", "reopen") and (self.subject.directory or self.subject.url)

    def _attempt(self, law: Law, chooser: Chooser) -> Void | None:
        trial = self._new_trial(self.subject.place(), chooser)
        try:
            law(trial)
        except Void as void:
            return void
        except Broken:
            if not self._was_wrong_before(trial):
                raise
            return Void("the history itself broke another law")
        except (Exempted, OSError):
            raise
        except Exception as error:  # an answer that even the law did not foresee, such as a pair that is none
            raise Broken(f"The answers are such that the law itself fails: {type(error).__name__}: {error}.") from error
        finally:
            self._close(trial)
        return None

    def _was_wrong_before(self, trial: Trial) -> bool:
        if not trial.before:
            return False
        tried = self._again(trial)
        try:
            return was_wrong_before(trial, tried)
        finally:
            self._close(tried)
            self.pulse.trial = trial

    def _again(self, trial: Trial) -> Trial:
        """A trial on a fresh place, to repeat `trial`."""
        tried = self._new_trial(self.subject.place(), Odometer(0))
        tried.remark = trial.remark
        return tried

    def _new_trial(self, place: Place, chooser: Chooser) -> Trial:
        initial = found(place, self.claims) if self.filled else {}
        chooser.again = chooser.again and self.reopens
        scope, rounds = self._scope(place, initial, chooser), self.bounds.rounds
        given = (place, chooser, scope, self.claims, self.pulse, initial)
        return Trial(*given, self.families, self.hostile, rounds, self.reopens and bool(place.directory))

    def _scope(self, place: Place, initial: dict[Any, Any], chooser: Chooser) -> Scope:
        """The scope of a trial: the small one, or a random one, which is larger."""
        few = self.bounds.deep if isinstance(chooser, Odometer) and chooser.size > LONG else self.bounds.refs
        small, held = SMALL[:few], SCOPES[self.claims.values or "bytes"]
        if isinstance(chooser, Drawn) and chooser.choose((False, True)):
            refs = tuple(dict.fromkeys((*small, *chooser.choose(self.families).refs[:4])))
            more = chooser.choose(
                [value for value in self.hostile if not isinstance(value, bytes) or len(value) < SHORT]
            )
            return self._scope_of(place, refs, held if more in held else (*held, more), initial)
        if place.root or initial:
            return self._scope_of(place, small, held, initial)
        if few not in self.scopes:
            self.scopes[few] = self._scope_of(place, small, held, initial)
        return self.scopes[few]

    def _scope_of(self, place: Place, refs: tuple[Ref, ...], held: tuple[Any, ...], initial: dict[Any, Any]) -> Scope:
        keys = tuple(dict.fromkeys((*map(place.key, refs), *sorted(initial)[:2])))
        bases = tuple(dict.fromkeys((place.root, *keys))) if self.subject.kind != "mapping" else ()
        return Scope(self.subject.kind, keys, held, bases)

    def _close(self, trial: Trial) -> None:
        known = trial.root and not (self.subject.wraps and self.claims.lists)  # a wrapper may write to other refs
        try:
            trial.place.close(trial.left() if known else None)
        except Exception as error:  # noqa: BLE001  # a place that cannot be removed is no verdict on the law
            self.notes.append(f"a place could not be cleaned up: {type(error).__name__}: {error}")

    def sweep(self) -> None:
        """Remove what is left at a shared place."""
        try:
            self.subject.sweep()
        except Exception as error:  # noqa: BLE001  # a store that cannot be listed is told by laws, not here
            self.notes.append(f"what is left at {self.subject.prefix} was not removed: {type(error).__name__}: {error}")


def found(place: Place, claims: Claims) -> dict[Any, Any]:
    """What is there already."""
    listing, reading = ("iter", "[]") if place.subject.kind == "mapping" else ("refs", "get")
    keys = answer_of(place.store, listing, (place.root,) if listing == "refs" else ()) if claims.lists else []
    held = {key: answer_of(place.store, reading, (key,)) for key in keys} if isinstance(keys, list) else {}
    return {key: value for key, value in held.items() if not isinstance(value, BaseException)}


def checks(bench: Bench, laws: list[Law]) -> list[tuple[str, Callable[[], Result]]]:
    """What there is to judge, by name: each law, then each claim that a probe decides."""
    found: list[tuple[str, Callable[[], Result]]] = [(law.name, partial(bench.run, law)) for law in laws]
    probed = PROBED if bench.subject.kind == "store" else ()
    found += [(claim, partial(stale, bench, claim, laws)) for claim in probed]
    if bench.subject.lacks:
        found.insert(0, ("a_mapping_has_every_method", partial(lacking, bench.subject)))
    return [(name, partial(_shown, bench.subject.hides, check)) for name, check in found]


def _shown(hides: Callable[[str], str], check: Callable[[], Result]) -> Result:
    return check().hiding(hides)


def results(bench: Bench, laws: list[Law]) -> Iterator[Result]:
    """One result after the other."""
    for _, check in checks(bench, laws):
        yield check()
