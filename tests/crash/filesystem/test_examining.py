"""examine: what a violation becomes while its workload is made shorter."""

from types import SimpleNamespace

import pytest

from storage_conformance.crash.filesystem import examining
from storage_conformance.crash.filesystem.examining import Plan, examine
from storage_conformance.crash.filesystem.result import Finding, Outcome
from storage_conformance.crash.filesystem.workload import Calls

WHOLE = Calls(("create foo", "fsync foo", "sync"))


def found(lines: tuple[str, ...]) -> tuple[Finding, ...]:
    return (Finding((), lines, "foo is missing", f"{len(lines)} calls"),)


@pytest.mark.parametrize(("seen_again", "told"), [(True, ("create foo",)), (False, WHOLE.lines)])
def test_a_violation_that_the_shortest_workload_shows_once_only_is_told_of_the_whole(
    monkeypatch, seen_again: bool, told: tuple[str, ...]
) -> None:
    def looked_at(bench: object, workload: Calls, plan: Plan) -> Outcome:
        lost = plan.small and workload.lines != WHOLE.lines and not seen_again
        return Outcome(states=7, findings=() if lost else found(workload.lines))

    monkeypatch.setattr(examining, "_looked_at", looked_at)
    outcome = examine(SimpleNamespace(), WHOLE, Plan())
    assert (outcome.states, outcome.findings) == (7, found(told))
