"""states: the crash states of a trace under a model, each that reads differently once; all, or a fair part of them.

found = states(trace, MODELS["posix-worst"])
for state in found: ...                                   # then found.states, .distinct, .bounded and .how are known
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import dropwhile, takewhile

from .choices import LEVELS, choices
from .disk import GUESSES, Choice, Disk
from .models import Model
from .plan import Plan, Point
from .split import plan
from .trace import Failed, Hardlink, Map, Mark, Msync, Seen, Sync, SyncAll, Trace
from .tree import Tree

__all__ = ["BUDGET", "Search", "State", "states", "synced_maps", "torn_maps"]

BUDGET = 2000
"""About how many choices are looked at in one trace under one model; the trees that differ are far fewer."""
LEAST = 48
"""How many each point gets, even where there are very many points; half of it where files are mapped."""


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
    def doubtful(self) -> bool:
        """Whether the guess may be worse than the truth: of a file that was synced since, of what came later, zeros."""
        return bool(self.choice.synced) or self.guess in ("as zeros", "as last seen")

    def at(self, point: Point, persisted: int) -> State | None:
        """This state with another choice or at another point; None where the model does not allow it."""
        if not self.plan.legal(point, persisted) or (self.guess and not self._as_unknown(point)):
            return None
        choice = replace(self.choice, persisted=persisted, lost=point.started & ~persisted)
        return replace(self, point=point, choice=choice)

    def _as_unknown(self, point: Point) -> bool:
        """Whether as much is known of the mapped files at another point."""
        trace, here = self.plan.trace, self.point
        return all(known(trace, point) == known(trace, here) for known in (_mapped, synced_maps, torn_maps))


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
            mapped = _mapped(self.plan.trace, point)
            least = LEAST // 2 if mapped else LEAST  # each is read once for each guess then
            for state in self._at(point, max(least, left // (len(points) - number)), disk, mapped):
                self.states += 1
                guessed = bool(state.guess and state.doubtful)  # which hides nothing that is certain
                key = state.digest, len(state.marks), guessed
                if key not in seen:
                    seen.add(key)
                    self.distinct += 1
                    yield state
            left -= self.states - before

    def _at(self, point: Point, limit: int, disk: Disk, mapped: frozenset[int]) -> Iterator[State]:
        level, masks = choices(self.plan, point, limit, self.seed)
        self.levels.add(level)
        synced = synced_maps(self.plan.trace, point)
        torn = frozenset[int]() if self.plan.model.data_in_journal else torn_maps(self.plan.trace, point)
        for mask in masks:
            for fill in self.plan.model.fills:
                choice = Choice(mask, point.started & ~mask, fill)
                here = mapped & disk.reached(choice) if mapped else mapped
                for guess in GUESSES if here else ("",):
                    guessed = replace(choice, guess=guess, mapped=here, synced=here & synced) if here else choice
                    yield State(self.plan, disk, point, guessed)
                if here & torn:
                    in_part = replace(choice, guess="in part", mapped=here & torn, synced=here & synced)
                    yield State(self.plan, disk, point, in_part)

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


def _mapped(trace: Trace, point: Point) -> frozenset[int]:
    return frozenset(s.op.node for s in trace.steps if isinstance(s.op, Map) and s.call.start < point.time)


def synced_maps(trace: Trace, point: Point) -> frozenset[int]:
    """The files that were synced after they were mapped, and of which no sync has failed since."""
    mapped, synced = set[int](), set[int]()
    for op in (step.op for step in trace.steps if step.call.end < point.time):
        match op:
            case Map(node):
                mapped.add(node)
            case Failed(node):
                mapped.discard(node)
                synced.discard(node)
            case Sync(node) | Msync(node):
                synced |= mapped & {node}
            case SyncAll():
                synced |= mapped
    return frozenset(synced)


def torn_maps(trace: Trace, point: Point) -> frozenset[int]:
    """The files whose stores may be on disk in any part: the one sync of them is under way.

    Taken for granted, as no recorder sees it: that all stores came before it, as who syncs once means them all. Before
    it, a store may not have been made; with two, nobody knows which stores came between; nor with a write.
    """
    return frozenset(node for node in _mapped(trace, point) if _in_its_one_sync(trace, node, point.time))


def _in_its_one_sync(trace: Trace, node: int, time: float) -> bool:
    """Of all that was done to the file from when it was mapped to the end of that run."""
    about = (step for step in trace.steps if isinstance(step.op, SyncAll) or getattr(step.op, "node", None) == node)
    after = list(dropwhile(lambda step: not isinstance(step.op, Map), about))
    run = list(takewhile(lambda step: not isinstance(step.op, Seen), after))
    done = [step for step in run if not isinstance(step.op, Map | Hardlink)]
    synced = [step for step in done if isinstance(step.op, Sync | Msync | SyncAll)]
    in_time = bool(synced) and synced[0].call.start < time <= synced[0].call.end
    return in_time and len(done) == 1 and len(run) < len(after)
