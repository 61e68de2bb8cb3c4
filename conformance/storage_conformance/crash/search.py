"""states: the crash states of a trace under a model, each that reads differently once; all, or a fair part of them.

found = states(trace, MODELS["posix-worst"])
for state in found: ...                                   # then found.states, .distinct, .bounded and .how are known
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from .choices import LEVELS, choices
from .disk import Choice, Disk
from .maps import maps
from .models import Model
from .plan import Plan, Point
from .split import plan
from .trace import Mark, Trace
from .tree import Tree

__all__ = ["BUDGET", "Search", "State", "states"]

BUDGET = 2000
"""About how many choices are looked at in one trace under one model; the trees that differ are far fewer."""
LEAST = 48
"""How many each point gets, even where there are very many points."""


@dataclass(frozen=True)
class State:
    """What may be on disk when the power goes at `point`."""

    plan: Plan = field(repr=False)
    disk: Disk = field(repr=False)
    point: Point
    choice: Choice

    @property
    def tree(self) -> Tree:
        """What can be read then, made anew."""
        return self.disk.tree(self.choice)

    @property
    def digest(self) -> bytes:
        """Equal for states of one search that read alike."""
        return self.disk.digest(self.choice)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Which runs of the writer had begun and returned."""
        return self.point.marks

    @property
    def guess(self) -> str:
        """One of GUESSES where the tree holds a file that was mapped, so that what it holds is a guess; else ""."""
        return self.choice.guess

    @property
    def msynced(self) -> bool:
        """Whether a file that is guessed at was synced since it was mapped: a guess may be worse than the truth."""
        return bool(self.choice.mapped & maps(self.plan.trace, self.point).synced)

    def at(self, point: Point, persisted: int) -> State | None:
        """This state with another choice or at another point; None where the model does not allow it."""
        if not self.plan.legal(point, persisted):
            return None
        if self.choice.guess and maps(self.plan.trace, point) != maps(self.plan.trace, self.point):
            return None  # what is known of the mapped files is another thing there
        choice = replace(self.choice, persisted=persisted, lost=point.started & ~persisted)
        return replace(self, point=point, choice=choice)


def states(trace: Trace, model: Model, budget: int = BUDGET, seed: int = 0) -> Search:
    """What to iterate over. Raises BadTrace for operations that cannot have happened."""
    return Search(plan(trace, model), budget, seed)


@dataclass
class Search:
    """Iterated once: each state that reads differently, once for each set of marks that were passed."""

    plan: Plan
    budget: int = BUDGET
    seed: int = 0
    states: int = 0
    """Legal choices that were looked at."""
    distinct: int = 0
    """States that were yielded."""
    levels: set[str] = field(default_factory=set)
    """What was all or nothing where all choices were looked at; "" where that was too much."""

    def __iter__(self) -> Iterator[State]:
        disk, seen, left = Disk(self.plan), set[tuple[bytes, int, bool]](), self.budget
        points = self.plan.points()
        for number, point in enumerate(points):
            before = self.states
            for state in self._at(point, max(LEAST, left // (len(points) - number)), disk):
                self.states += 1
                guessed = bool(state.guess and state.msynced)  # which hides nothing that is certain
                key = state.digest, len(state.marks), guessed
                if key not in seen:
                    seen.add(key)
                    self.distinct += 1
                    yield state
            left -= self.states - before

    def _at(self, point: Point, limit: int, disk: Disk) -> Iterator[State]:
        level, masks = choices(self.plan, point, limit, self.seed)
        self.levels.add(level)
        known = maps(self.plan.trace, point)
        for mask in masks:
            for fill in self.plan.model.fills:
                choice = Choice(mask, point.started & ~mask, fill)
                for guessed in known.guesses(disk.tree(choice).nodes) if known.mapped else [choice]:
                    added = replace(choice, guess=guessed.guess, mapped=guessed.mapped, settled=guessed.settled)
                    yield State(self.plan, disk, point, added)

    @property
    def bounded(self) -> bool:
        """Whether there are legal states that were not looked at."""
        return bool(self.levels - {LEVELS[0]})

    @property
    def how(self) -> str:
        """In one line, what was looked at."""
        if not self.bounded:
            return f"all {self.states} choices"
        whole = [f"every way to lose whole {level}" for level in LEVELS[1:] if level in self.levels]
        part = f"a fair part of those that tear single sectors (seed {self.seed})"
        return f"{self.states} choices: {' or '.join(whole)}{', and ' * bool(whole)}{part}"
