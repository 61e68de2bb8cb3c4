"""Our Disk store against every model, and what each of its syncs is for."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from storage_combinators import MISSING, Disk, Ref, look
from storage_conformance.crash.in_process import Functions, record
from storage_conformance.crash.models import MODELS
from storage_conformance.crash.mutate import without_sync
from storage_conformance.crash.run_judge import Judge
from storage_conformance.crash.run_places import in_folder
from storage_conformance.crash.search import states

IMPOSSIBLE = {
    "alice-worst": "a rename is three changes there, and between them the name stands for nothing",
    "ext4-writeback": "the blocks of the old value are used again before its replacement is on disk",
}
"""Models under which no replacement by rename is safe, whatever is synced: docs/decisions/crash-models.md."""


def put(folder: Path, key: str, value: bytes) -> None:
    Disk(folder / "store").put(Ref("a", key), value)


def get(folder: Path, key: str) -> bytes | None:
    found = look(Disk(folder / "store"), Ref("a", key))
    return None if found is MISSING else found


@pytest.fixture(scope="module")
def judge(tmp_path_factory) -> Iterator[Judge]:
    """Of some writes of Disk, recorded once, each state asked once."""
    with in_folder(tmp_path_factory.mktemp("disk") / "places") as places:
        asked = Functions(put, get, places)
        yield Judge(asked, record(asked))


@pytest.mark.parametrize("model", MODELS)
def test_disk_is_safe_under_every_model_under_which_a_replacement_can_be(judge, model) -> None:
    search = states(judge.recorded.trace, MODELS[model], 200)
    kinds = {violation.kind for violation in judge.violations(search)}
    assert bool(kinds) == (model in IMPOSSIBLE), (kinds, search.how)


def test_each_sync_of_disk_is_needed(judge) -> None:
    """Without it something is lost under posix-worst. One that is made in every put counts wherever it matters."""
    needed: dict[str, bool] = {}
    for call, trace in without_sync(judge.recorded.trace):
        cut = replace(judge, recorded=replace(judge.recorded, trace=trace))
        found = any(cut.violations(states(trace, MODELS["posix-worst"], 100)))
        needed[call.text] = needed.get(call.text, False) or found
    assert needed
    assert all(needed.values()), needed
