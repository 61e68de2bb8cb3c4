"""What `store-crash filesystem` found, as data and as JSON."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from typing import Any, Literal

from .states import BOUND, CHANCES

__all__ = ["Finding", "Outcome", "Report"]


@dataclass(frozen=True)
class Finding:
    """A state of a workload that is wrong, and why.

    `torn`: only a device that may leave a block of 4096 bytes in part (512 of them are kept whole) shows it.
    """

    before: tuple[str, ...]
    lines: tuple[str, ...]
    complaint: str
    explanation: str
    torn: bool = False
    saved: str = field(default="", repr=False)
    """The text of a replay file."""
    replay: str = ""
    """Where it was written."""

    @property
    def workload(self) -> str:
        """What was recorded, on one line."""
        return "; ".join(self.lines)

    @property
    def key(self) -> tuple[object, ...]:
        """Alike in two findings that are one: what torn blocks lead to is one thing for all workloads."""
        return (self.torn, self.complaint) if self.torn else (self.torn, self.before, self.lines, self.complaint)

    def as_dict(self) -> dict[str, object]:
        """As in the JSON of the command; "workload" is also the text of a file for --workload."""
        whole = [*self.before, "---", *self.lines] if self.before else list(self.lines)
        return {"workload": whole, "explanation": self.explanation, "replay": self.replay}


@dataclass(frozen=True)
class Outcome:
    """One workload: how many states were looked at, what was found, or why it could not be judged."""

    states: int = 0
    bad: int = 0
    checked: int = 0
    """States that the file system's checker looked at."""
    findings: tuple[Finding, ...] = ()
    why: str = ""
    epochs: int = 0
    bounded: int = 0
    """Epochs of so many pages that not each was lost, and alone."""
    so_far: bool = False
    """Whether it is told while the workload is still being looked at."""


@dataclass
class Report:
    """The whole run."""

    filesystem: str
    options: str = ""
    seed: int = 0
    kernel: str = field(default_factory=platform.release)
    workloads: int = 0
    states: int = 0
    bad: int = 0
    checked: int = 0
    epochs: int = 0
    bounded: int = 0
    seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """One workload more."""
        self.workloads += not (outcome.why or outcome.so_far)
        self.states += outcome.states
        self.bad += outcome.bad
        self.checked += outcome.checked
        self.epochs += outcome.epochs
        self.bounded += outcome.bounded
        told = {found.key for found in self.findings}
        self.findings += [found for found in outcome.findings if found.key not in told]
        self.why += [outcome.why] if outcome.why and outcome.why not in self.why else []

    @property
    def violations(self) -> list[Finding]:
        """What a device shows that keeps each 4096 bytes whole."""
        return [found for found in self.findings if not found.torn]

    @property
    def torn(self) -> list[Finding]:
        """What only a device shows that does not."""
        whole = {found.lines for found in self.violations}
        return [found for found in self.findings if found.torn and found.lines not in whole]

    @property
    def verdict(self) -> Literal["holds", "violated", "incomplete"]:
        """One violation is enough; "holds" only if all was seen and judged."""
        if self.violations:
            return "violated"
        return "incomplete" if self.why or not self.states else "holds"

    @property
    def status(self) -> int:
        """The exit status of the command."""
        return {"holds": 0, "violated": 1, "incomplete": 2}[self.verdict]

    def summary(self) -> str:
        """The figures, on one line."""
        shown = f"{self.filesystem} ({self.options})" if self.options else self.filesystem
        figures = f"{self.workloads} workloads, {self.states} states, {self.seconds:.0f} s"
        return f"{shown}: {figures}, {len(self.violations)} violations"

    def bounds(self) -> str:
        """Which states were looked at, on one line."""
        return (
            f"in each of {self.epochs} epochs (what lies between two flushes): nothing, all, each page lost, each page "
            f"alone, and {sum(times for _, times in CHANCES)} choices by chance; of more than {BOUND} pages, which "
            f"{self.bounded} epochs had, {BOUND} were lost and alone"
        )

    def as_dict(self) -> dict[str, Any]:
        """As in the JSON of the command."""
        return {
            "verdict": self.verdict,
            "filesystem": self.filesystem,
            "options": self.options,
            "kernel": self.kernel,
            "workloads": self.workloads,
            "states": self.states,
            "checked": self.checked,
            "epochs": self.epochs,
            "bounded": self.bounded,
            "seconds": round(self.seconds, 3),
            "seed": self.seed,
            "violations": [found.as_dict() for found in self.violations],
            "torn": [found.as_dict() for found in self.torn],
            "why": self.why,
            "notes": self.notes,
        }
