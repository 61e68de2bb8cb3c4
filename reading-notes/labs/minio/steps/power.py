"""What a power cut can take from MinIO: our crash tester, at one moment and with so many states.

`store-crash run` asks its reader at every moment of a write. Here each asking starts a server, so a count bounds it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from lab.servers import version
from lab.step import Lab, NotRun, Step
from storage_conformance.crash.choices import choices
from storage_conformance.crash.disk import Choice, Disk
from storage_conformance.crash.explain import explain
from storage_conformance.crash.models import MODELS
from storage_conformance.crash.readers import Command, Programs
from storage_conformance.crash.run_judge import Judge
from storage_conformance.crash.run_places import BadPlace, places
from storage_conformance.crash.run_record import Commands, Recorded, Stage, Unfit
from storage_conformance.crash.run_values import Put, Scenario, value
from storage_conformance.crash.search import State
from storage_conformance.crash.smallest import smallest
from storage_conformance.crash.split import plan
from storage_conformance.crash.strace import NoStrace

WRITER = f"{sys.executable} {Path(__file__).parents[1] / 'writer.py'}"
MODEL = "posix-worst"
STATES = 24  # that are looked at, at most
ASKS = 16  # states more, to make the first bad one smaller
PATIENCE = 120.0  # seconds for a server to start and answer on a busy machine


def power(lab: Lab) -> None:
    """One PUT is recorded, its server with it; then the power goes just after the answer.

    The server is started over some of the states that the strictest model allows then, and asked for the object.
    """
    lab.program("strace")
    lab.versions["minio"] = version(lab.program("minio"), "--version")
    try:
        with places(lab.place("crash")) as place:
            programs = Programs(place.scratch, PATIENCE)
            lab.ends.callback(programs.close)
            asked(lab, stage := Stage(commands(), place, programs), recorded(stage))
    except (BadPlace, NoStrace, Unfit) as why:
        raise NotRun(f"store-crash says: {why}") from None


def commands() -> Commands:
    """Each starts MinIO over the folder, asks for one thing, and stops it."""
    words = ("write {dir} {file}", "read {dir}", "setup {dir}")
    return Commands(*(Command.parse(f"{WRITER} {each}", each.split()[0]) for each in words))


def recorded(stage: Stage) -> Recorded:
    """One PUT of 700 bytes into a bucket that is there. Raises Unfit, NoStrace."""
    put, later = Put("", value("A", 700)), Put("", value("B", 700))
    return stage.record(Scenario("one PUT", (put,), later), stage.set_up(), lambda what: None)


def asked(lab: Lab, stage: Stage, found: Recorded) -> None:
    """What the server says in each state; the first bad one as small as it gets, with its story."""
    judge = Judge(stage, found)
    looked = list(after_the_answer(found))
    bad = [violation for state in looked if (violation := judge.violation(state))]
    lab.saw(f"{MODEL}: {len(found.trace.steps)} calls recorded; {len(looked)} states of the moment after the answer")
    for kind in sorted({each.kind for each in bad}):
        lab.saw(f"{kind}: in {sum(each.kind == kind for each in bad)} of them")
    for first in bad[:1]:
        small = smallest(first.state, partial(judge.breaks, known=first), ASKS)
        for line in explain(small, first.kind).explanation.splitlines():
            lab.saw(f"  {re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}', 'UUID', line)}")
    lost = any(each.kind == "lost after return" for each in bad)
    lab.expect("what was answered 200 can be gone", lost)


def after_the_answer(found: Recorded) -> Iterator[State]:
    """STATES of the last moment at most, each that reads differently once: a part of all, taken fairly."""
    whole = plan(found.trace, MODELS[MODEL])
    point, disk, seen = whole.points()[-1], Disk(whole), set[bytes]()
    for mask in choices(whole, point, STATES, seed=0)[1]:
        for fill in whole.model.fills:
            state = State(whole, disk, point, Choice(mask, point.started & ~mask, fill))
            if state.digest not in seen and len(seen) < STATES:
                seen.add(state.digest)
                yield state


STEPS = [Step("power", "no folder is synced, so a power cut can take what was answered 200", power, 1500)]
