"""run: a writer and a reader, judged against power cuts under some models."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic

from .explain import explain
from .models import MODELS, Model
from .readers import Programs, Stopped
from .run_deeper import SECOND_BUDGET, needed_syncs, recoveries
from .run_errors import with_errors
from .run_judge import Judge, Violation
from .run_places import Places, places
from .run_record import Commands, Stage
from .run_result import Found, ModelResult, Report
from .run_values import scenarios
from .search import State, states
from .smallest import smallest
from .tree import Tree

__all__ = ["Options", "Watch", "by_kind", "run"]

Watch = Callable[[str, int], None]
"""Is told what is done now, and how many states more were judged."""
BUDGETS = {"several blocks": 1.0, "small": 0.4, "large": 0.5}
"""The part of Options.budget that a scenario gets."""
FAULT_BUDGET = 0.2
DEEPER, DEEPER_BUDGET = "several blocks", 100
MAPPED = "a file that is mapped into memory may hold something else than is known"
Breaks = Callable[[State, Violation], bool]
KINDS = 3
"""Different kinds of violation that are told for each scenario and model."""


@dataclass(frozen=True)
class Options:
    """What the user gave, apart from the commands."""

    where: Path
    models: tuple[str, ...] = ("posix-worst",)
    seed: int = 0
    time_limit: float = float("inf")
    budget: int = 1000
    """Choices looked at in the first scenario under each model."""
    errors: bool = False
    """Whether calls also fail: the program may fail then, and must not lie."""
    deeper: bool = True
    """Whether safe programs are also asked which syncs they need, and crashed again while they recover."""


def run(commands: Commands, options: Options, watch: Watch = lambda what, count: None) -> Report:
    """Judge the programs. Raises Unfit, NoStrace, BadCommand and BadPlace where they cannot be run as they should.

    After Ctrl-C and after the time limit the report is of what was seen until then, and never "safe".
    """
    start = monotonic()
    shown = {"write": " ".join(commands.write.words), "read": " ".join(commands.read.words)}
    report = Report(shown, options.seed, {name: ModelResult() for name in options.models})
    with places(options.where) as place, ThreadPoolExecutor(os.cpu_count()) as pool:
        programs = Programs(place.scratch, end=start + options.time_limit)
        try:
            _Run(commands, options, place, programs, pool, watch).all(report)
        except (Stopped, KeyboardInterrupt) as error:
            for result in report.models.values():
                result.why.append("the time limit was reached" if isinstance(error, Stopped) else "interrupted")
        finally:
            pool.shutdown(cancel_futures=True)
            programs.close()
    report.seconds = monotonic() - start
    return report


@dataclass
class _Run:
    commands: Commands
    options: Options
    places: Places
    programs: Programs
    pool: ThreadPoolExecutor
    watch: Watch
    stage: Stage = field(init=False)
    hurry: bool = False

    def all(self, report: Report) -> None:
        """Each scenario, recorded once, under each model that has shown no violation yet."""
        self.stage = Stage(self.commands, self.places, self.programs)
        before = self.stage.set_up()
        for scenario in scenarios(self.options.seed, keyed=self.commands.write.has("key")):
            left = [name for name, result in report.models.items() if not result.found]
            if left:
                recorded = self.stage.record(scenario, before, lambda what: self.tell(what, 0))
                judge = Judge(self.stage, recorded, self.pool.map)
                for name in left:
                    self.model(report.models[name], MODELS[name], judge)
        if self.options.errors:
            self.errors(report, before)

    def errors(self, report: Report, before: Tree) -> None:
        """Each fault, recorded once, under each model that has shown no violation yet."""
        for fault, recorded in with_errors(self.stage, before, keyed=self.commands.write.has("key")):
            judge = Judge(self.stage, recorded, self.pool.map)
            for name, result in report.models.items():
                if not result.found:
                    self.tell(f"{fault.what}, {name}", 0)
                    self.model(result, MODELS[name], judge)

    def tell(self, what: str, count: int) -> None:
        """Say what is done now. Raises Stopped when the time is over."""
        self.watch(what, count)
        if monotonic() >= self.programs.end:
            raise Stopped

    def model(self, result: ModelResult, model: Model, judge: Judge) -> None:
        """One scenario under one model, into the result."""
        start, name = monotonic(), judge.recorded.scenario.name
        unseen = judge.recorded.trace.unseen()
        if unseen:
            result.why += [why for why in unseen if why not in result.why]
            return
        budget = int(self.options.budget * BUDGETS.get(name, FAULT_BUDGET))
        search = states(judge.recorded.trace, model, budget, self.options.seed)
        found: dict[str, Violation] = {}
        try:
            try:
                by_kind(judge.violations(search, lambda count: self.tell(f"{name}, {model.name}", count)), found)
            except (Stopped, KeyboardInterrupt):
                self.hurry = True  # what was found is told, if not as small as it gets
                raise
            finally:
                self.note(result, judge, list(found.values()), judge.breaks)
            if result.verdict == "safe" and self.options.deeper and name == DEEPER:
                self.deeper(result, model, judge)
        finally:
            result.states += search.states
            result.distinct += search.distinct
            result.bounded |= search.bounded
            result.how.append(f"{name}: {search.how}")
            result.seconds += monotonic() - start

    def note(
        self, result: ModelResult, judge: Judge, violations: list[Violation], breaks: Breaks, when: str = ""
    ) -> None:
        """Violations, each made as small as it gets, with its story."""
        for violation in violations:
            if not violation.certain:
                result.why += [MAPPED] if MAPPED not in result.why else []
                continue
            state, name = violation.state, judge.recorded.scenario.name + when
            try:
                state = state if self.hurry else smallest(state, partial(self._bad, breaks, violation))
            finally:
                result.found.append(Found(explain(state, violation.kind), state, name, violation.said))

    def _bad(self, breaks: Breaks, violation: Violation, state: State) -> bool:
        self.tell("looking for the smallest state", 0)
        return breaks(state, violation)

    def deeper(self, result: ModelResult, model: Model, judge: Judge) -> None:
        """What is asked of programs that seem safe."""
        search = states(judge.recorded.trace, model, DEEPER_BUDGET, self.options.seed)
        seen = list({state.digest: state for state in search}.values())
        for recovery in recoveries(judge, self.stage, seen):
            if result.found:
                return
            self.tell(f"recovery, {model.name}", 0)
            again = states(recovery.trace, model, SECOND_BUDGET, self.options.seed)
            found = by_kind(filter(None, map(recovery.violation, again)), {})
            self.note(result, judge, found, recovery.breaks, ", and again during recovery")
        if result.verdict == "safe":
            watch = partial(self.tell, f"without each sync, {model.name}", 0)
            result.syncs |= needed_syncs(judge, model, self.options.seed, watch)


def by_kind(violations: Iterable[Violation], found: dict[str, Violation]) -> list[Violation]:
    """The first of each kind, certain ones rather than others, until there are enough; in `found` as they come."""
    for violation in violations:
        if violation.kind not in found or (violation.certain and not found[violation.kind].certain):
            found[violation.kind] = violation
        if sum(each.certain for each in found.values()) == KINDS:
            break
    return list(found.values())
