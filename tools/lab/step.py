"""A step of a lab: what it expects, what it saw, and the private place where it may break things."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from .programs import found

__all__ = ["Lab", "NotRun", "Step", "steps_of"]


class NotRun(Exception):
    """The step cannot be tried on this machine; the text says why, in one line."""


@dataclass(frozen=True)
class Step:
    """One experiment: `work` is run with a Lab of its own, and stopped after `limit` seconds."""

    name: str
    expects: str  # one sentence: what a reader of the source would bet on
    work: Callable[[Lab], None]
    limit: float = 120.0

    @property
    def told(self) -> str:
        """The docstring of the program: what is done, in a sentence or two."""
        return " ".join((self.work.__doc__ or "").split())


@dataclass
class Lab:
    """What a step works with: an empty folder, what must be ended after it, and the note that it writes."""

    folder: Path
    ends: ExitStack = field(default_factory=ExitStack)
    observed: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)
    numbers: list[dict[str, object]] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    keeps: Path | None = None  # where the results of a recorded run belong
    say: Callable[[str], None] = lambda text: None

    def saw(self, text: str) -> None:
        """Note something that no expectation is about."""
        self.observed.append(text)
        self.say(text)

    def expect(self, text: str, holds: bool, seen: object = "") -> None:
        """Note that `text` was expected and whether it `holds`; `seen` is what was there."""
        shown = f"{text}: {seen}" if seen != "" else text
        self.saw(shown if holds else f"NOT AS EXPECTED: {shown}")
        if not holds:
            self.differs.append(shown)

    def lack(self, text: str) -> None:
        """Note what was not judged to the end: the step does not count as run, unless something differs."""
        self.saw(f"NOT JUDGED: {text}")
        self.lacks.append(text)

    def program(self, name: str, needed: bool = True) -> str:
        """The path of a program; if there is none, NotRun where it is `needed`, else empty."""
        path = found(name)
        if needed and not path:
            built = ", nor an image of it (make images)" if name == "minio" else ""
            raise NotRun(f"no program {name} on PATH{built}")
        return path

    def place(self, name: str) -> Path:
        """A folder of that name, made empty if it is new."""
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def steps_of(module: object) -> list[Step]:
    """The steps that a module defines in its list STEPS."""
    return list(getattr(module, "STEPS", []))
