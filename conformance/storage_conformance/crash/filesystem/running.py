"""run: workloads on a file system, shared out among processes that each have their own copy of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import monotonic

from .bench import Bench
from .device import NoDevice, Recorder
from .examining import Plan, examine, replayed
from .isolation import Isolated, place
from .kinds import Kind, Unknown
from .replay_file import Replay
from .result import Outcome, Report
from .served import NoAnswer
from .workload import Workload

__all__ = ["AT_ONCE", "Options", "Stopped", "run"]

AT_ONCE = min(2, os.cpu_count() or 1)
"""More gain little: mounting and unmounting wait for each other inside the kernel."""
TOLD = 5
"""Workloads with a violation that are made small; of the others the first state is told as it is."""


class Stopped(Exception):
    """The process of a bench has ended by itself; the text says what is known."""


class TimeIsUp(Exception):
    """The time limit was reached. No TimeoutError: that is also what a device answers."""


@dataclass(frozen=True)
class Options:
    """What the user gave, apart from the file system and the workloads."""

    seed: int = 0
    time_limit: float = float("inf")
    plan: Plan = field(default_factory=Plan)
    at_once: int = AT_ONCE
    recorder: Callable[[], Recorder] = Recorder
    """What stands for the device; tests put a lying one here."""


def run(
    kind: Kind,
    tasks: Iterable[Workload | Replay],
    options: Options,
    watch: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Judge a file system by workloads, or by what was recorded before.

    Raises Unknown, CannotIsolate and NoDevice where it cannot be made, mounted or recorded; Stopped.
    After KeyboardInterrupt, the time limit and where it hangs without any crash, the report is of what was seen until
    then, and never "holds".
    """
    start, early = monotonic(), dict[Isolated, Outcome]()
    report = Report(kind.name, kind.options, options.seed)
    with place() as folder:
        try:
            with _benches(kind, folder, options) as benches:
                for outcome in _shared_out(benches, iter(tasks), options, start + options.time_limit, early):
                    report.add(outcome)
                    report.seconds = monotonic() - start
                    watch(report)
        except (KeyboardInterrupt, TimeIsUp, NoAnswer) as error:
            for outcome in early.values():
                report.add(outcome)
            report.why.append(_why(error))
    report.seconds = monotonic() - start
    return report


def _why(error: BaseException) -> str:
    if isinstance(error, NoAnswer):
        return f"without any crash: {error.strerror}"
    return "interrupted" if isinstance(error, KeyboardInterrupt) else "the time limit was reached"


@contextmanager
def _benches(kind: Kind, folder: Path, options: Options) -> Iterator[list[Isolated]]:
    """As many as work at once; they are gone afterwards."""
    with ExitStack() as stack:
        folders = [folder / str(number) for number in range(options.at_once)]
        yield [stack.enter_context(closing(Isolated(_serve, kind, each, options.recorder))) for each in folders]


def _shared_out(
    benches: list[Isolated],
    tasks: Iterator[Workload | Replay],
    options: Options,
    end: float,
    early: dict[Isolated, Outcome],
) -> Iterator[Outcome]:
    """Each bench gets a task when it is free; `early` is filled with what those that are busy have found.

    Raises TimeIsUp, Stopped, and what a bench raises.
    """
    free: list[Isolated] = []
    busy = list(benches)
    wrong = 0
    plan = replace(options.plan, seed=options.seed)
    while busy:
        for bench in _heard(busy, end):
            answer = _answer(bench)
            if answer and answer.so_far:
                early[bench] = answer
                continue
            early.pop(bench, None)
            free.append(bench)
            busy.remove(bench)
            if answer:
                wrong += any(not found.torn for found in answer.findings)
                yield answer
        for bench in list(free):
            task = next(tasks, None)
            if task is None:
                break
            bench.pipe.send((task, replace(plan, small=plan.small and wrong < TOLD)))
            free.remove(bench)
            busy.append(bench)


def _heard(busy: list[Isolated], end: float) -> list[Isolated]:
    """Those that have answered. Raises TimeIsUp."""
    left = end - monotonic()
    pipes = wait([bench.pipe for bench in busy], None if left == float("inf") else max(left, 0))
    if not pipes:
        raise TimeIsUp
    return [bench for bench in busy if bench.pipe in pipes]


def _answer(bench: Isolated) -> Outcome | None:
    """An Outcome, or None for "ready"."""
    try:
        answer = bench.pipe.recv()
    except EOFError:
        raise Stopped("a process of the tester has ended by itself: see above, or the kernel's log") from None
    if isinstance(answer, Exception):
        raise answer
    return answer if isinstance(answer, Outcome) else None


def _serve(pipe: Connection, kind: Kind, folder: Path, recorder: Callable[[], Recorder]) -> None:
    """The other end: a bench, which examines one workload after the other until it is closed."""
    bench = Bench(kind, folder, recorder)
    pipe.send("ready")
    try:
        while True:
            task, plan = pipe.recv()
            if isinstance(task, Replay):
                pipe.send(replayed(bench, task, plan, pipe.send))
            else:
                assert bench.made  # here, so that what is wrong with it is told once, and not of each workload
                pipe.send(examine(bench, task, plan, pipe.send))
    except (Unknown, NoDevice, OSError) as error:
        pipe.send(error)
    except EOFError:
        bench.close()
