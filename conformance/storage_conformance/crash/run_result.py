"""What `store-crash run` found, as data and as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from .explain import Counterexample
from .search import State

__all__ = ["Found", "ModelResult", "Report", "Verdict"]

Verdict = Literal["safe", "unsafe", "cannot judge"]


@dataclass(frozen=True)
class Found:
    """A violation: the smallest state that shows it, and its story."""

    counterexample: Counterexample
    state: State
    scenario: str
    said: str

    def as_dict(self) -> dict[str, object]:
        """As in the JSON of the command."""
        return {**self.counterexample.as_json(), "scenario": self.scenario, "reader": self.said}


@dataclass
class ModelResult:
    """All scenarios under one model. `syncs`: calls that were left out in turn, and whether that showed."""

    states: int = 0
    distinct: int = 0
    bounded: bool = False
    seconds: float = 0.0
    found: list[Found] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    how: list[str] = field(default_factory=list)
    syncs: dict[str, bool] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """One violation is enough; "safe" only if all was seen and judged."""
        if self.found:
            return "unsafe"
        return "cannot judge" if self.why else "safe"

    def as_dict(self) -> dict[str, Any]:
        """As in the JSON of the command."""
        return {
            "verdict": self.verdict,
            "states": self.states,
            "distinct": self.distinct,
            "bounded": self.bounded,
            "seconds": round(self.seconds, 3),
            "counterexamples": [found.as_dict() for found in self.found],
            "why": self.why,
            "how": self.how,
            "syncs": [{"call": call, "needed": needed} for call, needed in self.syncs.items()],
        }


@dataclass
class Report:
    """The whole run."""

    commands: dict[str, str]
    seed: int
    models: dict[str, ModelResult] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def verdict(self) -> Verdict:
        """The worst of the models'."""
        verdicts = [result.verdict for result in self.models.values()]
        return "unsafe" if "unsafe" in verdicts else "cannot judge" if "cannot judge" in verdicts else "safe"

    @property
    def status(self) -> int:
        """The exit status of the command."""
        return {"safe": 0, "unsafe": 1, "cannot judge": 2}[self.verdict]

    def as_dict(self) -> dict[str, Any]:
        """As in the JSON of the command."""
        models = {name: result.as_dict() for name, result in self.models.items()}
        said = {"seed": self.seed, "seconds": round(self.seconds, 3), **self.commands}
        return {"verdict": self.verdict, "models": models, **said}
