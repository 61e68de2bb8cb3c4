"""examine: what a violation becomes while its workload is made shorter."""

from contextlib import nullcontext
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from types import SimpleNamespace

import pytest

from storage_conformance.crash.filesystem import examining, running
from storage_conformance.crash.filesystem.examining import Plan, examine
from storage_conformance.crash.filesystem.image import Image
from storage_conformance.crash.filesystem.kinds import kind_of
from storage_conformance.crash.filesystem.recording import Flush, Mark, Recording, Write
from storage_conformance.crash.filesystem.result import Finding, Outcome
from storage_conformance.crash.filesystem.running import Options, run
from storage_conformance.crash.filesystem.states import State, ended
from storage_conformance.crash.filesystem.workload import Calls, Complaint

WHOLE = Calls(("create foo", "fsync foo", "sync"))


def found(lines: tuple[str, ...]) -> tuple[Finding, ...]:
    return (Finding((), lines, "foo is missing", f"{len(lines)} calls"),)


@pytest.mark.parametrize(("seen_again", "told"), [(True, ("create foo",)), (False, WHOLE.lines)])
def test_a_violation_that_the_shortest_workload_shows_once_only_is_told_of_the_whole(
    monkeypatch, seen_again: bool, told: tuple[str, ...]
) -> None:
    def looked_at(bench: object, workload: Calls, plan: Plan, *tell: object) -> Outcome:
        lost = plan.small and workload.lines != WHOLE.lines and not seen_again
        return Outcome(states=7, findings=() if lost else found(workload.lines))

    monkeypatch.setattr(examining, "_looked_at", looked_at)
    outcome = examine(SimpleNamespace(), WHOLE, Plan())
    assert (outcome.states, outcome.findings) == (7, found(told))


WRITTEN = Recording(Image(16384), (Mark("begun 0"), Write(0, b"a" * 8192), Flush(), Mark("done 0"), Write(0, b"b")))


class Stub:
    """A bench on which each state is wrong, but for what is there at the end, maybe."""

    def __init__(self, end_is_wrong: bool) -> None:
        self.kind, self.end_is_wrong = kind_of("ext4"), end_is_wrong

    def record(self, workload: Calls, others: object) -> Recording:
        return WRITTEN

    def complaints(self, state: State, workload: Calls, *, thorough: bool = True) -> list[Complaint]:
        right = state == ended(WRITTEN) and not self.end_is_wrong
        return [] if right else [("foo is missing", max(state.moments))]


def test_what_is_found_is_told_before_it_is_made_small() -> None:
    told: list[Outcome] = []
    outcome = examine(Stub(False), Calls(("create foo",)), Plan(), told.append)
    assert told[0].so_far
    assert told[0].states == 1 < outcome.states
    assert [found.complaint for found in told[0].findings] == ["foo is missing"]
    assert all(found.saved for found in told[0].findings)


def test_what_is_as_wrong_at_the_end_was_not_done_by_a_crash() -> None:
    outcome = examine(Stub(True), Calls(("create foo",)), Plan())
    assert (outcome.findings, outcome.why) == ((), "create foo: wrong without any crash: foo is missing")


def test_the_end_has_all_that_was_written_and_one_moment() -> None:
    assert ended(WRITTEN).image().read(0, 8192) == b"b" + b"a" * 8191
    assert ended(WRITTEN).moments == {(1, 1)}


@pytest.mark.parametrize(("ends", "why"), [(0, "interrupted"), (1, "the time limit was reached")])
def test_what_was_found_is_told_also_if_nobody_waits_for_the_rest(monkeypatch, ends, why) -> None:
    here, there = Pipe()
    found = Finding((), ("create foo",), "foo is missing", "foo is missing. The power goes.")
    there.send("ready")
    there.send(Outcome(states=3, bad=1, findings=(found,), so_far=True))

    def waited(pipes: list[Connection], left: float) -> list[object]:
        if not (heard := wait(pipes, 0)) and not ends:
            raise KeyboardInterrupt
        return list(heard)

    bench = type("Bench", (), {"pipe": here})()
    monkeypatch.setattr(running, "_benches", lambda *given: nullcontext([bench]))
    monkeypatch.setattr(running, "wait", waited)
    report = run(kind_of("ext4"), [Calls(("create foo",))], Options())
    assert (report.verdict, report.findings, report.why) == ("violated", [found], [why])
    assert (report.workloads, report.states) == (0, 3)
