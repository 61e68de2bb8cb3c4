"""What is asked of programs that seem safe: is each sync needed, and what if the power goes again during recovery?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .models import Model
from .mutate import without_sync
from .readers import Ran
from .run_judge import Judge, Violation
from .run_record import Stage
from .run_values import Put
from .search import State, states
from .strace import Strace
from .trace import Mark, Trace

__all__ = ["SECOND_BUDGET", "Recovery", "needed_syncs", "recoveries"]

SYNCS, SYNC_BUDGET = 16, 100
"""How many syncs are left out, each in its turn, and how many choices are looked at without it."""
SECOND, SECOND_BUDGET = 3, 60
"""How many states the reader, and the next writer, recover from while it is recorded; how many choices of each."""


def needed_syncs(judge: Judge, model: Model, seed: int, watch: Callable[[], None]) -> dict[str, bool]:
    """For each call that syncs, whether a violation shows without it; a call that was made several times, once."""
    needed: dict[str, bool] = {}
    for call, trace in list(without_sync(judge.recorded.trace))[:SYNCS]:
        watch()
        if not needed.get(call.text):
            found = judge.violations(states(trace, model, SYNC_BUDGET, seed))
            needed[call.text] = any(violation.certain for violation in found)
    return needed


@dataclass(frozen=True)
class Recovery:
    """What a program did to a crash state, recorded: `put` is None where it was the reader."""

    judge: Judge
    first: State
    trace: Trace
    put: Put | None

    def violation(self, state: State) -> Violation | None:
        """The first promise that a second power cut breaks: what held after the first one has to hold still."""
        answers = self.judge.read(state)
        returned = Mark("returned", 1) in state.marks
        for key, ran in answers.items():
            mine = self.put is not None and key == self.put.key
            if mine and self.put and ran == Ran(0, self.put.value + self.judge.stage.tail, ran.said):
                continue
            kind = self.judge.kind(key, ran, self.first.marks)
            if kind or (mine and returned):
                return Violation(kind or "lost after return", key, state, ran.said)
        return None

    def breaks(self, state: State, known: Violation) -> bool:
        """Whether another state breaks the same."""
        found = self.violation(state)
        return found is not None and (found.kind, found.key) == (known.kind, known.key)


def recoveries(judge: Judge, stage: Stage, seen: list[State]) -> list[Recovery]:
    """Some of these states, recovered from by the reader and by the next writer. Only who changes something counts."""
    chosen = seen[:: -(-len(seen) // SECOND) or 1]
    changed = [state for state in seen if state.digest in judge.repaired]
    wanted: list[tuple[State, Put | None]] = [(state, None) for state in changed[:: -(-len(changed) // SECOND) or 1]]
    wanted += [(state, judge.recorded.scenario.later) for state in chosen]
    made = [recovered(judge, stage, state, put) for state, put in wanted]
    return [recovery for recovery in made if len(recovery.trace.steps) > 2]


def recovered(judge: Judge, stage: Stage, state: State, put: Put | None) -> Recovery:
    """Record the reader, or the writer of `put`, where it was recorded before: links may say where that is."""
    folder = stage.places.fresh(state.tree)
    strace = Strace(stage.places.live, stage.places.scratch)
    if put:
        words, file = stage.written(put, folder)
        strace.run(words, 1, file)
    else:
        for key in judge.recorded.keys:
            strace.run(stage.commands.read.filled(dir=folder, key=key), 1)
    return Recovery(judge, state, strace.trace, put)
