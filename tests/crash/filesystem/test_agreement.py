"""What real kernels do, their models allow; what is published is what was measured, held to the models of today."""

import json
from pathlib import Path

import pytest

from storage_conformance.crash.filesystem.agreement import SETTINGS, Setting, seen_on, workload
from storage_conformance.crash.filesystem.agreement_page import FINDINGS, forbidden, page
from storage_conformance.crash.filesystem.kinds import Unknown
from storage_conformance.crash.filesystem.promises import PROMISES
from storage_conformance.crash.filesystem.workload import Calls
from storage_conformance.crash.litmus_cases import LITMUS
from storage_conformance.crash.models import MODELS

ROOT = Path(__file__).parents[3]
MEASURED = json.loads((ROOT / "benchmarks/results/crash_agreement.json").read_text())
SAMPLE = [
    litmus for litmus in LITMUS if litmus.name in ("replace by rename", "truncate", "link, unlink", "append, fsync")
]


def test_the_page_is_what_was_measured_held_to_the_models() -> None:
    assert (ROOT / "docs/crash-agreement.md").read_text() == page(MEASURED, LITMUS, MODELS)


def test_every_file_system_was_measured_by_every_test() -> None:
    assert {setting["model"] for setting in MEASURED.values()} == set(MODELS) - {"posix-worst", "alice-worst"}
    assert set(MEASURED) == {setting.name for setting in SETTINGS}
    assert all(set(setting["tests"]) == {litmus.name for litmus in LITMUS} for setting in MEASURED.values())
    assert all(seen["states"] > 1 for setting in MEASURED.values() for seen in setting["tests"].values())


@pytest.mark.parametrize("name", MEASURED)
def test_what_was_seen_is_allowed_but_for_findings(name: str) -> None:
    model, tests = MODELS[MEASURED[name]["model"]], MEASURED[name]["tests"]
    strange = {litmus.name for litmus in LITMUS if forbidden(litmus, model, tests[litmus.name])}
    assert strange <= {test for of, test in FINDINGS if of == model.name}


def test_a_finding_has_a_page_and_a_workload_that_can_be_replayed() -> None:
    for link in FINDINGS.values():
        told = ROOT / "docs" / link.partition("(")[2].rstrip(")")
        assert told.with_suffix(".txt").name in told.read_text()
        assert json.loads(told.with_suffix(".replay.json").read_text())["workload"]


@pytest.mark.usefixtures("can_mount")
def test_a_sample_on_the_kernel_of_this_machine() -> None:
    setting = SETTINGS[0]
    for name, seen in seen_on(setting, SAMPLE).items():
        (litmus,) = (each for each in SAMPLE if each.name == name)
        found = {"ever": seen.ever, "after": seen.after}
        assert forbidden(litmus, MODELS[setting.model], found) == set()
        assert len(seen.ever) > 1, "a crash was seen"
        assert seen.after <= seen.ever


@pytest.mark.usefixtures("can_mount")
def test_what_cannot_be_mounted_is_said() -> None:
    with pytest.raises(Unknown, match="no_such_option: Invalid argument"):
        seen_on(Setting("ext4", "no_such_option", "ext4-ordered"), SAMPLE)


def test_garbage_is_any_byte_and_no_other_size() -> None:
    (litmus,) = (each for each in LITMUS if each.name == "unlink, fsync of the folder")
    seen = {"ever": ["f=m1", "f=m2", "g=m1"], "after": ["f=m1"]}
    assert forbidden(litmus, MODELS["ext4-writeback"], seen) == {"f=m2", "g=m1", "f=m1, after"}
    assert forbidden(litmus, MODELS["ext4-ordered"], seen) == {"f=m1", "f=m2", "g=m1"}


def test_what_no_model_allows_is_forbidden() -> None:
    (litmus,) = (each for each in LITMUS if each.name == "append, fsync")
    model = MODELS["xfs"]
    assert forbidden(litmus, model, {"ever": ["f=a2", "f=a2b2"], "after": ["f=a2b2"]}) == set()
    assert forbidden(litmus, model, {"ever": ["f=a2", "f=a1"], "after": ["f=a2"]}) == {"f=a1", "f=a2, after"}


@pytest.mark.parametrize("litmus", LITMUS, ids=lambda litmus: litmus.name)
def test_every_litmus_test_can_be_made_on_a_real_folder(litmus, tmp_path: Path) -> None:
    calls = workload(litmus)
    calls.prepare(tmp_path)
    calls.perform(tmp_path, lambda mark: None)
    for promises in PROMISES.values():
        whole = Calls(calls.lines, calls.before, promises)
        assert whole.judge(tmp_path, [(len(calls.lines),) * 2]) == []
