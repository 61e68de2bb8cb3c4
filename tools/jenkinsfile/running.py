"""Runs the stages of a pipeline on this machine, one after the other, parallel ones and the cells of a matrix too.

As in Jenkins a failure ends the stages after it, but no other branch of a parallel or matrix without failFast, and
post is run by outcome. What only a server can do (archive, show results, check out) is named and left to it.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from jenkinsfile import rules
from jenkinsfile.model import Section, Step, Steps
from jenkinsfile.plan import environment, limits, shown
from jenkinsfile.values import Facts, holds, text, value


class Stopped(Exception):
    """A stage did not succeed: `outcome` is failure, or aborted when its time was up."""

    def __init__(self, why: str, outcome: str = "failure"):
        super().__init__(why)
        self.outcome = outcome


@dataclass(frozen=True)
class Place:
    """Where steps run, what they know, and when their time is up (seconds of time.monotonic)."""

    folder: Path
    facts: Facts
    end: float = float("inf")


@dataclass(frozen=True)
class Run:
    """Runs sections; `only` names the one stage to run, None for all. Raises Stopped after every post is done."""

    only: str | None = None

    def section(self, found: Section, place: Place, inside: bool = False) -> None:
        inside = inside or found.name == self.only
        if self.only and not inside and self.only not in found.names():
            return
        place = replace(place, facts=place.facts.having(environment(found, place.facts)))
        if found.when is not None and not holds(found.when, place.facts):
            say(f"{found.name}: skipped by when {found.when}")
            return
        if found.steps:
            say(f"stage {found.name}")
        ended: Stopped | None = None
        try:
            within(found.options, place, lambda limited: self.body(found, limited, inside))
        except Stopped as stopped:
            ended = stopped
            say(f"{found.name}: {stopped}")
        self.post(found, place, ended)

    def body(self, found: Section, place: Place, inside: bool) -> None:
        if found.body == "matrix":
            cells = [replace(place, facts=place.facts.having(cell)) for cell in found.cells]
            self.branches(found, [partial(self.cell, found, cell, inside) for cell in cells])
        elif found.body == "parallel":
            self.branches(found, [partial(self.section, stage, place, inside) for stage in found.inner])
        for stage in found.inner if found.body in ("pipeline", "stages", "cell") else ():
            self.section(stage, place, inside)
        run_steps(found.steps, place)

    def cell(self, found: Section, place: Place, inside: bool) -> None:
        names = found.cells[0]
        say(f"cell {shown({name: place.facts.environment[name] for name in names})}")
        self.section(found.inner[0], place, inside)

    def branches(self, found: Section, branches: Sequence[Callable[[], None]]) -> None:
        stopped: list[Stopped] = []
        for branch in branches:
            try:
                branch()
            except Stopped as failure:
                stopped.append(failure)
                if found.fail_fast:
                    break
        if stopped:
            outcome = "failure" if any(failure.outcome == "failure" for failure in stopped) else "aborted"
            raise Stopped(f"{len(stopped)} of {len(branches)} did not succeed", outcome)

    def post(self, found: Section, place: Place, ended: Stopped | None) -> None:
        """Run what the outcome asks for; a failure in there is one of the section, and the rest still runs."""
        place = replace(place, end=float("inf"))  # a timeout that is over shall not take the results with it
        for name, outcomes in rules.OUTCOMES.items():
            if name in found.post and (ended.outcome if ended else "success") in outcomes:
                try:
                    run_steps(found.post[name], place)
                except Stopped as stopped:
                    say(f"{found.name}: post {name}: {stopped}")
                    ended = ended or stopped
        if ended:
            raise ended


def within(options: Sequence[Step], place: Place, work: Callable[[Place], None]) -> None:
    """Do work, again as often as retry allows, all of it before the timeout. What was aborted is not tried again."""
    seconds, attempts = [limit for option in options if (limit := limits(option)[0])], 1
    for option in options:
        attempts = max(attempts, limits(option)[1])
    limited = replace(place, end=min(place.end, *(time.monotonic() + limit for limit in seconds), float("inf")))
    for attempt in range(1, attempts + 1):
        try:
            work(limited)
            break
        except Stopped as stopped:
            if attempt == attempts or stopped.outcome == "aborted":
                raise
            say(f"{stopped}; attempt {attempt + 1} of {attempts}")


def run_steps(steps: Steps, place: Place) -> None:
    """Run steps in order. Raises Stopped at the first that fails."""
    for step in steps:
        run_step(step, place)


def run_step(step: Step, place: Place) -> None:
    """Run one step, or say that it is left to Jenkins."""
    given = step.arguments
    match step.name:
        case "sh":
            shell(text(given["script"], place.facts), place)
        case "echo":
            say(text(given["message"], place.facts))
        case "error":
            raise Stopped(text(given["message"], place.facts))
        case "dir":
            run_steps(step.steps, replace(place, folder=place.folder / text(given["path"], place.facts)))
        case "withEnv":
            pairs = value(given["overrides"], place.facts)
            more = dict(pair.split("=", 1) for pair in pairs) if isinstance(pairs, list) else {}
            run_steps(step.steps, replace(place, facts=place.facts.having(more)))
        case "timeout" | "retry":
            within([step], place, lambda limited: run_steps(step.steps, limited))
        case _:
            say(f"left to Jenkins: {step}")


def shell(script: str, place: Place) -> None:
    """Run a script by bash -xe. One that runs out of time is ended with all that it started."""
    known = {**os.environ, **place.facts.environment}
    command = ["bash", "-xe", "-c", script]
    started = subprocess.Popen(command, cwd=place.folder, env=known, stdin=subprocess.DEVNULL, start_new_session=True)
    left = None if place.end == float("inf") else max(0.0, place.end - time.monotonic())
    try:
        status = started.wait(left)
    except subprocess.TimeoutExpired:
        raise Stopped(f"sh {script}: its time is up", "aborted") from None
    finally:  # at an interrupt too
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()
    if status:
        raise Stopped(f"sh {script}: exit {status}")


def say(what: str) -> None:
    """Print a line at once, so that it stands where the commands around it print theirs."""
    print(what, flush=True)
