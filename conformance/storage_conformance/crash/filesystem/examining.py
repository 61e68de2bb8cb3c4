"""examine: one workload, recorded with and without others that sync, and every state of it looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from random import Random
from typing import Protocol, TypeAlias

from ..readers import BadCommand
from .bench import Bench
from .image import BLOCK
from .kinds import Kind
from .perturb import NOBODY, Perturbation, perturbations
from .recording import Recording
from .replay_file import Replay, saved
from .result import Finding, Outcome
from .served import NoAnswer
from .shortest import shortest
from .states import BOUND, State, ended, epochs, states
from .workload import Complaint, Workload

__all__ = ["Examined", "Looks", "Plan", "examine", "replayed"]

TRIES = 60
"""States that are tried for the smallest."""
FIGURES = ("states", "bad", "checked", "epochs", "bounded")


FAILURES = (OSError, BadCommand)
"""What is no answer of a file system to a crash."""
ALIKE = "; the names of a file must have one inode number (which libfuse takes from a file system with use_ino)"
Tell: TypeAlias = Callable[[Outcome], None]
"""It is told what was found so far: who waits for the whole may not have the time."""


class Looks(Protocol):
    """Who can look at a state: a Bench does by mounting it."""

    kind: Kind

    def complaints(self, state: State, workload: Workload, *, thorough: bool = True) -> list[Complaint]:
        """What is wrong with it."""
        ...


@dataclass(frozen=True)
class Plan:
    """How closely to look."""

    seed: int = 0
    others: bool = True
    """Whether it is recorded with others that sync, too."""
    small: bool = True
    """Whether the smallest example is looked for."""
    first: bool = False
    """Whether one violation is enough."""


def examine(bench: Bench, workload: Workload, plan: Plan, tell: Tell = lambda outcome: None) -> Outcome:
    """Record it, look at each state, and tell of the first that is wrong, and of the first that needs torn blocks.

    What is told is of the shortest workload that shows it, and of a state of which little is lost, if the plan says so.
    """
    outcome = _looked_at(bench, workload, plan, tell)
    if plan.small and _is_wrong(outcome):
        tell(replace(outcome, so_far=True))
        quick = replace(plan, small=False, first=True)
        least = shortest(workload, lambda fewer: _is_wrong(_looked_at(bench, fewer, quick)))
        if least is not workload:
            again = _looked_at(bench, least, plan)  # which may see nothing: what a program does is not all by its calls
            return replace(outcome, findings=again.findings) if _is_wrong(again) else outcome
    return outcome


def _is_wrong(outcome: Outcome) -> bool:
    return any(not found.torn for found in outcome.findings)


def _looked_at(bench: Bench, workload: Workload, plan: Plan, tell: Tell = lambda outcome: None) -> Outcome:
    outcome, end = Outcome(), None

    def so_far(found: Outcome) -> None:
        tell(replace(_both(outcome, found), so_far=True))

    try:
        for others in perturbations(workload.lines, plan.seed) if plan.others else [NOBODY]:
            recording = bench.record(workload, others)
            end = end or ended(recording)  # of the first, with nobody else: it was unmounted
            found = Examined(bench, workload, recording, others, plan, so_far, end).outcome()
            sizes = [len(epoch.cut(BLOCK)) for epoch in epochs(recording.events)]
            bounded = sum(size > BOUND for size in sizes)
            outcome = _both(outcome, replace(found, epochs=len(sizes), bounded=bounded))
            if plan.first and _is_wrong(outcome):
                break
    except WrongAnyway as error:
        return replace(outcome, why=f"{workload.name}: wrong without any crash: {error}")
    except NoAnswer:
        raise  # each workload would have to wait for it
    except FAILURES as error:
        return replace(outcome, why=f"{workload.name}: it cannot be done on this file system: {_plain(error)}")
    return outcome


def _both(first: Outcome, second: Outcome) -> Outcome:
    known = {found.torn for found in first.findings}
    fresh = tuple(found for found in second.findings if found.torn not in known)
    figures = {name: getattr(first, name) + getattr(second, name) for name in FIGURES}
    return Outcome(findings=first.findings + fresh, **figures)


def _plain(error: Exception) -> str:
    """Without the paths of this machine, which the user does not know."""
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def replayed(bench: Looks, replay: Replay, plan: Plan, tell: Tell = lambda outcome: None) -> Outcome:
    """What was recorded elsewhere, looked at here: the state that was chosen, or all."""
    one = Examined(bench, replay.workload, replay.recording, replay.others, plan, tell)
    try:
        return one.outcome(replay.states(plan.seed))
    except FAILURES as error:
        return Outcome(why=f"{replay.workload.name}: it cannot be replayed here: {_plain(error)}")


class WrongAnyway(Exception):
    """The file system is wrong where nothing crashed, so that no power cut is to blame; the text says how."""


@dataclass(frozen=True)
class Examined:
    """A recording of a workload, and what is found in it."""

    bench: Looks
    workload: Workload
    recording: Recording
    others: Perturbation
    plan: Plan
    tell: Tell = lambda outcome: None
    end: State | None = None
    """What was there when all was done, and unmounted, if that is known."""

    def outcome(self, among: Iterable[State] | None = None) -> Outcome:
        """Of these states, or of all. Raises WrongAnyway."""
        some = Random(f"{self.plan.seed} {self.others} {self.workload.lines}")  # noqa: S311  # choices, not secrets
        count = bad = checked = 0
        found: dict[bool, Finding] = {}
        for state in among if among is not None else states(self.recording, self.plan.seed):
            thorough = some.random() < self.bench.kind.part
            complaints = self.bench.complaints(state, self.workload, thorough=thorough)
            count, bad, checked = count + 1, bad + bool(complaints), checked + thorough
            torn = state.size < BLOCK
            if complaints and not found:
                self.blame_the_crash()
            if complaints and not torn and self.plan.first:
                return Outcome(count, bad, checked, (self.finding(state, complaints[0]),))
            if complaints and torn not in found:
                found[torn] = self.finding(state, complaints[0])
                self.tell(Outcome(count, bad, checked, tuple(found.values()), so_far=True))
                found[torn] = self.finding(*self.smallest(state, complaints))
        return Outcome(count, bad, checked, tuple(found.values()))

    def blame_the_crash(self) -> None:
        """Raises WrongAnyway where it is as wrong without one."""
        wrong = self.end and self.bench.complaints(self.end, self.workload)
        if wrong:
            links = any(line.startswith("link ") for line in (*self.workload.before, *self.workload.lines))
            raise WrongAnyway(wrong[0][0] + ALIKE * links)

    def finding(self, state: State, complaint: Complaint) -> Finding:
        """It, told and saved."""
        where = self.bench.kind
        text = (
            ""
            if not self.plan.small
            else saved(Replay(where.name, where.options, self.workload, self.recording, self.others), state)
        )
        told = explanation(state, complaint, self.workload, self.others)
        return Finding(self.workload.before, self.workload.lines, complaint[0], told, state.size < BLOCK, text)

    def smallest(self, state: State, complaints: list[Complaint]) -> tuple[State, Complaint]:
        """A state of the same epoch that is still wrong, and of which as little as possible is lost."""
        tries = TRIES if self.plan.small else 0
        for number in sorted(frozenset(range(len(state.epoch.cut(state.size)))) - state.kept):
            if not tries:
                break
            tries -= 1
            fuller = state.keeping(state.kept | {number})
            still = self.bench.complaints(fuller, self.workload)
            if still:
                state, complaints = fuller, still
        return state, complaints[0]


def explanation(state: State, complaint: Complaint, workload: Workload, others: Perturbation) -> str:
    """The story of a state, for people."""
    said, (begun, done) = complaint
    when = _when(workload.lines, begun, done)
    count, lost = len(state.epoch.cut(state.size)), state.lost
    blocks = ", ".join(f"{len(piece.data)} bytes at {piece.offset}" for piece in lost[:4])
    more = f" and {len(lost) - 4} more" if len(lost) > 4 else ""
    since = f"flush {state.epoch.number}" if state.epoch.number else "the start"
    if not lost:
        left = f"nothing of the {count} pieces written since {since} is lost" if count else "nothing is lost"
    elif len(lost) == count:
        left = f"none of the {count} pieces written since {since} is there ({blocks}{more})"
    else:
        left = f"{len(lost)} of the {count} pieces written since {since} are lost ({blocks}{more})"
    return f"{said}. The power goes {when}; {others}; on the device, {left}."


def _when(lines: tuple[str, ...], begun: int, done: int) -> str:
    if begun > done:
        return f"while `{lines[done]}` runs (call {done + 1} of {len(lines)})"
    return f"after `{lines[done - 1]}` has returned (call {done} of {len(lines)})" if done else "before the first call"
