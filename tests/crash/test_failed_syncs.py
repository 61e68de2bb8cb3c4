"""A sync that failed: what it was to make durable no later sync does; what is written after it, one does."""

from dataclasses import replace

import pytest
from hypothesis import given

from crash.programs_by_chance import made, programs, unhurried
from storage_conformance.crash.explain import FAILED, explain
from storage_conformance.crash.litmus import outcomes
from storage_conformance.crash.models import MODELS
from storage_conformance.crash.mutate import without_sync
from storage_conformance.crash.search import states, synced_maps
from storage_conformance.crash.split import plan
from storage_conformance.crash.trace import ROOT, Failed, Map, Mark, Msync, Op, Step, Sync, SyncAll, Trace
from storage_conformance.crash.words import Script

LATER = [Sync(1), Sync(1, data=True), Msync(1), SyncAll(), Sync(ROOT)]
ANEW = [
    ["write f 0 x9", "fsync f"],
    ["write f 0 x9", "fdatasync f"],
    ["write f 0 x9", "sync"],
    ["truncate f 0", "write f 0 x9", "fsync f"],
    ["create g", "write g 0 x9", "fsync g", "rename g f", "fsync ."],
]
models = pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)


def written(*calls: str, then: Op | None = None) -> Trace:
    """A new file of which the first sync fails; then a sync that does not, and more calls."""
    script = Script(Trace())
    for call in ("create f", "fsync .", "write f 0 a9"):
        script.do(call)
    script.add("fsync that fails", Failed(1))
    if then:
        script.add("later", then)
    for call in calls:
        script.do(call)
    return script.trace


def failing(op: Op) -> Op:
    return Failed(op.node) if isinstance(op, Sync) else op


@models
@pytest.mark.parametrize("later", LATER, ids=str)
def test_no_later_sync_brings_back_what_was_lost(model, later) -> None:
    assert {"f=", "f=a9"} <= outcomes(written(then=later), model)[1]
    renamed = outcomes(written("rename f g", "fsync .", then=later), model)[1]
    assert {"g=", "g=a9"} <= renamed
    assert all(word.startswith("g=") for word in renamed)


@models
@pytest.mark.parametrize("calls", ANEW, ids=" ".join)
def test_what_is_written_anew_is_as_durable_as_ever(model, calls) -> None:
    assert outcomes(written(*calls), model)[1] == {"f=x9"}


@models
def test_a_folder_whose_sync_failed_keeps_no_name_for_certain(model) -> None:
    script = Script(Trace())
    script.do("create f")
    script.add("fsync that fails", Failed(ROOT))
    for call in ("fsync .", "sync"):
        script.do(call)
    assert outcomes(script.trace, model)[1] == {"-", "f="}


@models
def test_a_write_that_ran_while_the_sync_failed_may_be_lost_too(model) -> None:
    trace = written(then=SyncAll())
    *before, write, failed, synced = trace.steps
    at_once = Step(failed.op, write.call), Step(write.op, replace(write.call, end=failed.call.end)), synced
    assert outcomes(Trace(trace.initial, [*before, *at_once]), model)[1] >= {"f=", "f=a9"}


@given(programs())
@unhurried(60)
def test_a_sync_that_fails_allows_all_that_none_does(program) -> None:
    trace = made(program)
    for call, none in without_sync(trace):
        steps = [Step(failing(step.op), call) if step.call == call else step for step in trace.steps]
        for model in MODELS.values() if steps != trace.steps else ():
            ever, after = outcomes(none, model)
            ever_more, after_more = outcomes(Trace(trace.initial, steps), model)
            assert ever <= ever_more
            assert after <= after_more


def test_it_is_explained() -> None:
    trace = written(then=SyncAll())
    trace.add("run 1 of the writer returned", Mark("returned", 1))
    lost = next(s for s in states(trace, MODELS["posix-worst"]) if s.marks and s.choice.lost)
    told = explain(lost, "zero-length")
    assert FAILED in told.explanation
    assert told.add == ()


def test_a_mapped_file_whose_sync_failed_is_not_synced_by_a_later_one() -> None:
    trace = written()
    for op in (Map(1), Msync(1), Failed(1), Msync(1), SyncAll()):
        trace.add("a call", op)
    everything = plan(trace, MODELS["posix-worst"])
    assert synced_maps(trace, everything.point(trace.steps[-3].call.start)) == {1}
    assert synced_maps(trace, everything.points()[-1]) == set()
