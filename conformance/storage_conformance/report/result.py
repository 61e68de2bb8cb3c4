"""Results as data: what the JSON report holds, and what the other reports are made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ..law import Law

__all__ = ["VERDICTS", "Called", "Report", "Result"]

VERDICTS = ("holds", "broken", "exempt", "not run")


class Called(NamedTuple):
    """One call of a history: which thread, the call and its answer as text, start and end in any unit of time."""

    thread: int
    call: str
    answer: str
    start: float
    end: float


@dataclass(frozen=True)
class Result:
    """What was found out about one law. `why` is the sentence of a break, the reason of an exemption, or a note.

    `level` is "must" or "should" (RFC 2119). `history`: the calls of threads that cannot have come one after the other.
    `requests`: what went over the wire in the counterexample, "METHOD path STATUS" each, where the subject is a server.
    """

    law: str
    claim: str
    verdict: str
    why: str = ""
    counterexample: tuple[str, ...] = ()
    script: str = ""
    chapter: str = ""
    equation: str = ""
    source: str = ""
    group: str = ""
    level: str = "must"
    history: tuple[Called, ...] = ()
    requests: tuple[str, ...] = ()

    @classmethod
    def of(cls, law: Law, verdict: str, why: str = "", steps: tuple[str, ...] = (), script: str = "") -> Result:
        told = (law.chapter, law.equation, law.source, law.group, law.strength)
        return cls(law.name, law.claim, verdict, why, steps, script, *told)

    def hiding(self, hide: Callable[[str], str]) -> Result:
        """The same without what `hide` takes out of the words of others; of a script, out of its last sentence."""
        why, steps, sent = hide(self.why), tuple(map(hide, self.counterexample)), tuple(map(hide, self.requests))
        script = self.script.replace(repr(self.why), repr(why))
        return replace(self, why=why, counterexample=steps, script=script, requests=sent)

    def as_dict(self) -> dict[str, Any]:
        """The object of the JSON report; history and requests only where there are any."""
        names = ("law", "claim", "verdict", "why", "counterexample", "script", "chapter", "level")
        told = {name: getattr(self, name) for name in names} | {"counterexample": list(self.counterexample)}
        history = [each._asdict() for each in self.history]
        return told | {name: of for name, of in (("history", history), ("requests", list(self.requests))) if of}


@dataclass
class Report:
    """What was found out about a subject. `seconds` is wall time."""

    subject: str
    seed: int
    step: int
    claims: dict[str, Any]
    laws: list[Result] = field(default_factory=list)
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """breaks, if a law that must hold is broken; incomplete, if one could not be judged; else conforms."""
        found = {result.verdict for result in self.laws if result.level == "must" or result.verdict != "broken"}
        return "breaks" if "broken" in found else "incomplete" if "not run" in found else "conforms"

    @property
    def broken(self) -> list[Result]:
        return [result for result in self.laws if result.verdict == "broken"]

    def as_dict(self) -> dict[str, Any]:
        """The JSON report."""
        head = {"subject": self.subject, "verdict": self.verdict, "seed": self.seed, "step": self.step}
        laws = [result.as_dict() for result in self.laws]
        return {**head, "seconds": round(self.seconds, 1), "claims": self.claims, "laws": laws}

    def status(self, known: Iterable[str] = ()) -> int:
        """The exit status: 1 if a law that must hold is broken and not `known`, else 2 if one was not judged."""
        if any(result.law not in known and result.level == "must" for result in self.broken):
            return 1
        return 2 if any(result.verdict == "not run" for result in self.laws) else 0

    def groups(self) -> dict[str, list[Result]]:
        """The results by their group, in order."""
        found: dict[str, list[Result]] = {}
        for result in self.laws:
            found.setdefault(result.group, []).append(result)
        return found
