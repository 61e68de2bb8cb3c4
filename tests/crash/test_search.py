"""The states that the search finds are those that a brute-force oracle finds, and obey what holds for every model."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crash.oracle import all_outcomes
from crash.programs_by_chance import SYNCS, known, made, possible, programs, seen, unhurried
from storage_conformance.crash.choices import LEVELS
from storage_conformance.crash.litmus import outcomes, shown, trace_of
from storage_conformance.crash.models import MODELS, Model
from storage_conformance.crash.mutate import without_sync
from storage_conformance.crash.plan import Freed
from storage_conformance.crash.search import LEAST, Search, states
from storage_conformance.crash.split import plan
from storage_conformance.crash.trace import Create, Hardlink, Trace, Unlink, Write

POSIX, ALICE, EXT4, LOCK, WRITEBACK, JOURNAL, XFS, BTRFS = MODELS.values()
KEPT = replace(WRITEBACK, fills=POSIX.fills)  # no model but this one lets freed blocks be used again
STRONGER = [
    (POSIX, ALICE), (EXT4, POSIX), (LOCK, EXT4), (EXT4, WRITEBACK), (KEPT, POSIX), (XFS, POSIX), (BTRFS, POSIX),
    (JOURNAL, WRITEBACK),
]  # fmt: skip
models = st.sampled_from(list(MODELS.values()))


@given(programs(), models)
@example(("d/ d/f=a2 f=b1", ["exchange d/f f", "fsync ."]), ALICE)  # which it has shown to be told apart
@unhurried(250)
def test_the_search_agrees_with_brute_force(program: tuple[str, list[str]], model: Model) -> None:
    trace, plain = made(program), replace(model, fills=("zeros",))
    assert outcomes(trace, plain) == all_outcomes(trace, plain)


@given(programs(), models)
@example(("f=a2", ["truncate f 1", "unlink f"]), POSIX)
@unhurried(100)
def test_garbage_is_where_brute_force_finds_it(program: tuple[str, list[str]], model: Model) -> None:
    """Not all of it: the search lets all lost bytes be garbage, brute force those that were written so far."""
    trace, dirty = made(program), replace(model, fills=("zeros", "garbage", "reused"))
    (ever, after), (ever_more, after_more) = outcomes(trace, dirty), all_outcomes(trace, dirty)
    assert ever <= ever_more
    assert after == after_more


@given(programs(), models)
@unhurried(100)
def test_a_program_that_syncs_all_at_its_end_leaves_one_state(program: tuple[str, list[str]], model: Model) -> None:
    before, calls = program
    assert outcomes(made((before, [*calls, "sync"])), model)[1] == {shown(seen(before, calls))}


@given(programs(), models, st.data())
@unhurried(150)
def test_one_sync_more_never_allows_more(program: tuple[str, list[str]], model: Model, data: st.DataObject) -> None:
    before, calls = program
    place = data.draw(st.integers(0, len(calls)))
    sync = data.draw(st.sampled_from(SYNCS)).format("f")
    if possible(known(seen(before, calls[:place])), sync):
        synced = made((before, [*calls[:place], sync, *calls[place:]]))
        plain = replace(model, fills=("zeros",))  # where less had been called, less is garbage
        (ever, after), (ever_more, after_more) = outcomes(synced, plain), outcomes(made(program), plain)
        assert ever <= ever_more
        assert after <= after_more


@pytest.mark.parametrize(("less", "more"), STRONGER, ids=lambda model: model.name)
def test_what_a_stronger_model_allows_the_weaker_one_does(less: Model, more: Model) -> None:
    @given(programs())
    @unhurried(100)
    def holds(program: tuple[str, list[str]]) -> None:
        (ever, after), (ever_more, after_more) = outcomes(made(program), less), outcomes(made(program), more)
        assert ever <= ever_more
        assert after <= after_more

    holds()


@given(programs(), models)
@unhurried(60)
def test_a_sync_that_is_dropped_allows_no_less(program: tuple[str, list[str]], model: Model) -> None:
    trace = made(program)
    for call, without in without_sync(trace):
        assert call.text.split()[0] in ("fsync", "fdatasync", "sync", "dsync-write")
        assert outcomes(trace, model)[1] <= outcomes(without, model)[1]


REPLACE = "create t; write t 0 {0}; fsync t; rename t f; fsync ."
LONG = trace_of("f=a9000", REPLACE.format("b20000"))


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_every_state_is_legal_and_told_apart_by_its_digest(model: Model) -> None:
    found = list(states(LONG, model))
    assert all(state.plan.legal(state.point, state.choice.persisted) for state in found)
    assert all(not state.choice.persisted & state.choice.lost for state in found)
    assert len({(state.tree.digest(), len(state.marks)) for state in found}) == len(found)


@given(st.integers(0, 2**30), st.integers(1, 300))
@unhurried(15)
def test_a_bound_leaves_legal_states_and_is_told(seed: int, budget: int) -> None:
    search = states(LONG, POSIX, budget, seed)
    found = [state.digest for state in search]
    assert all(state.plan.legal(state.point, state.choice.persisted) for state in Search(search.plan, budget, seed))
    assert found == [state.digest for state in states(LONG, POSIX, budget, seed)]
    assert search.bounded
    assert search.states <= len(POSIX.fills) * (budget * 5 // 4 + LEAST * len(search.plan.points()) * 5 // 4)
    assert f"seed {seed}" in search.how
    assert search.distinct == len(found)


def test_another_seed_draws_other_states() -> None:
    digests = [{state.digest for state in states(LONG, POSIX, 300, seed)} for seed in (1, 2)]
    assert digests[0] != digests[1]


@pytest.mark.parametrize("start", [Create(2, None, "/x"), Create(2, 0, "x")])
def test_the_last_name_inside_frees_what_is_in_a_file_whatever_its_name_outside(start: Create) -> None:
    trace = trace_of("-", "create g")
    for op in (start, Write(2, 0, b"a" * 4096), Hardlink(2, 0, "f"), Unlink(0, "f")):
        trace.add("a call", op)
    freed = [effect for unit in plan(trace, WRITEBACK).units for effect in unit.effects if isinstance(effect, Freed)]
    assert bool(freed) == (start.directory is None)


def test_few_choices_are_all_looked_at() -> None:
    search = states(trace_of("f=a1", REPLACE.format("b1024")), POSIX)
    list(search)
    assert not search.bounded
    assert search.levels == {LEVELS[0]}
    assert search.how == f"all {search.states} choices"


def test_a_bound_never_hides_what_one_lost_call_does() -> None:
    """However many sectors and calls: each call missing alone, each prefix, is among the states."""
    calls = ";".join(f"create f{n}; write f{n} 0 a3000" for n in range(8))
    search = states(trace_of("-", calls), POSIX, budget=3000)
    found = {frozenset(state.tree.nodes[0].entries) for state in search}
    names = frozenset(f"f{n}" for n in range(8))
    assert search.levels == {""}
    assert all(names - {name} in found for name in names)
    assert all(frozenset(f"f{n}" for n in range(end)) in found for end in range(9))


def test_a_bound_never_hides_what_one_lost_sector_does() -> None:
    """Each sector missing alone, each there alone, each prefix of them, is among the states."""
    search = states(trace_of("f=a20000", "write f 0 b20000"), POSIX, budget=250)
    found = {state.choice.persisted for state in search}
    whole = (1 << len(search.plan.units)) - 1
    assert search.bounded
    assert all({1 << i, whole ^ 1 << i, (1 << i) - 1} <= found for i in range(len(search.plan.units)))


def test_a_tear_of_a_page_leaves_no_half_page() -> None:
    paged = replace(POSIX, tear=4096)
    halves = {shown(state.tree) for state in states(trace_of("f=a4096", "write f 0 b4096"), paged)}
    assert halves == {"f=a4096", "f=b4096"}
    assert "f=b512a3584" in {shown(state.tree) for state in states(trace_of("f=a4096", "write f 0 b4096"), POSIX)}


def test_calls_that_overlap_have_no_order_that_a_sync_could_use() -> None:
    """A write that had not returned when the sync started is not covered by it."""
    alone = trace_of("f=a1", "write f 0 b1; fsync f")
    write, sync = alone.steps
    at_once = Trace(alone.initial, [replace(write, call=replace(write.call, end=sync.call.end)), sync])
    assert outcomes(alone, POSIX)[1] == {"f=b1"}
    assert outcomes(at_once, POSIX)[1] == {"f=a1", "f=b1"}
    assert isinstance(write.op, Write)


def test_the_power_may_go_while_a_later_call_has_not_started() -> None:
    made_plan = plan(trace_of("-", "create f; create g"), POSIX)
    early = made_plan.point(made_plan.starts[1])
    assert early.started == 1
    assert made_plan.legal(early, 1)
    assert not made_plan.legal(early, 2)
