"""Each model allows exactly what is written down for it, with its source."""

from collections.abc import Iterator
from dataclasses import fields, replace

import pytest

from storage_conformance.crash.litmus import Litmus, shown, spelled, trace_of
from storage_conformance.crash.litmus_cases import LITMUS
from storage_conformance.crash.models import MODELS, Model
from storage_conformance.crash.replay import after


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
@pytest.mark.parametrize("litmus", LITMUS, ids=lambda litmus: litmus.name)
def test_the_search_finds_what_is_written_down_and_no_more(litmus: Litmus, model: Model) -> None:
    assert litmus.found(model) == litmus.allowed(model)


@pytest.mark.parametrize("litmus", LITMUS, ids=lambda litmus: litmus.name)
def test_what_the_program_saw_at_its_end_is_allowed_everywhere(litmus: Litmus) -> None:
    seen = shown(after(trace_of(litmus.before, litmus.calls)))
    assert all(seen in litmus.allowed(model)[1] for model in MODELS.values())


def test_there_is_one_outcome_for_each_model_and_a_source() -> None:
    assert {name for litmus in LITMUS for name in litmus.outcomes} == set(MODELS)
    assert all(len(litmus.outcomes) == len(MODELS) and litmus.source for litmus in LITMUS)
    assert len({litmus.name for litmus in LITMUS}) == len(LITMUS)


def test_alternatives_are_spelled_out() -> None:
    assert spelled("f=(a1|) g=(b1|c1);-") == {"f=a1 g=b1", "f= g=b1", "f=a1 g=c1", "f= g=c1", "-"}


BYTES = {"tear", "fills", "sectors_keep_order", "freed_blocks_wait", "size_waits_for_data", "replacing_takes_size"}


def idle(model: Model) -> set[str]:
    """Promises that say nothing beside the others that this model makes."""
    return {
        *(BYTES | {"tail_waits_for_data"} if model.data_in_journal else ()),  # a byte is never there before its size
        *(() if model.size_waits_for_data else ("tail_waits_for_data",)),
        *(() if model.rename_is_atomic else ("replacing_takes_size",)),  # then nothing replaces at once
        *(("fsync_takes_names",) if model.sync_commits_journal else ()),
    }


def changed(model: Model) -> Iterator[Model]:
    """The model with each of its promises turned round, in turn."""
    for promise in fields(model):
        value = getattr(model, promise.name)
        if isinstance(value, bool) and promise.name not in idle(model):
            yield replace(model, **{promise.name: not value})
    if "fills" not in idle(model):
        every = [("zeros",), ("zeros", "garbage"), ("zeros", "garbage", "reused")]
        yield from (replace(model, fills=fills) for fills in every if fills != model.fills)
    if "tear" not in idle(model):
        yield replace(model, tear=4096 if model.tear == 512 else 512)


def turned(model: Model, other: Model) -> str:
    name = next(each.name for each in fields(model) if getattr(model, each.name) != getattr(other, each.name))
    return f"fills-{other.fills[-1]}" if name == "fills" else name


PROMISES = [(model, other) for model in MODELS.values() for other in changed(model)]
NAMES = [f"{model.name}-{turned(model, other)}" for model, other in PROMISES]


@pytest.mark.parametrize(("model", "other"), PROMISES, ids=NAMES)
def test_a_promise_turned_round_is_seen(model: Model, other: Model) -> None:
    assert any(litmus.found(other) != litmus.allowed(model) for litmus in LITMUS)
