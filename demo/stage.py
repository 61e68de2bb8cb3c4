"""What the steps of the demo share: where they work, what they tell, and the claims that they make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, track
from serving import Api
from tree import tree

from storage_combinators import Store
from storage_combinators.transforming.serialized import JSON
from storage_conformance import Report, Result

T = TypeVar("T")


class NotSo(Exception):
    """A claim of the demo that does not hold; the text says which, and what was found."""


def holds(true: object, claim: str, found: object = "") -> None:
    """Go on if it is true; else NotSo."""
    if not true:
        raise NotSo(f"{claim}: not so{f', {found}' if found != '' else ''}")


@dataclass(frozen=True)
class Stage:
    """The settings of one run. `facts`: what the page shows, by name. `seed`: of all that is random."""

    console: Console
    folder: Path
    api: Api
    bucket: str
    seed: int
    kills: int
    step: int
    facts: dict[str, Any] = field(default_factory=dict)

    def fresh(self, name: str) -> Path:
        """A new folder of that name."""
        made = self.folder / name
        made.mkdir(parents=True)
        return made

    def each(self, things: Sequence[T], doing: str) -> Iterable[T]:
        """The things, with progress where somebody watches."""
        quiet = not self.console.is_terminal
        return track(things, doing, console=self.console, transient=True, disable=quiet)

    def opened(self) -> Store[JSON]:
        """A new handle on the tree of the demo."""
        return tree(self.folder / "data", self.api.url, self.bucket)


def watched(stage: Stage, name: str, judging: Callable[[Callable[[Result, int], None]], Report]) -> Report:
    """The report, with progress; Ctrl-C, which ends only the judging, ends the demo too."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=stage.console, transient=True, disable=not stage.console.is_terminal) as progress:
        task = progress.add_task(name, total=None)

        def watch(result: Result, of: int) -> None:
            progress.update(task, advance=1, total=of, description=f"{name}: {result.law.replace('_', ' ')}")

        report = judging(watch)
    if any(result.why == "interrupted" for result in report.laws):
        raise KeyboardInterrupt
    return report
