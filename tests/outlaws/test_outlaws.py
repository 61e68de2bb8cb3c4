"""Every outlaw is caught by each law that it is meant to break, and the script that tells it really fails alone."""

import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

from storage_conformance import BadClaim, judge
from storage_conformance.bench import PROBED
from storage_conformance.outlaws import CONTROLS, OUTLAWS, Outlaw
from storage_conformance.outlaws.running import ALL, CHANCES, free, meant, one

STORES = [each for each in CONTROLS if not hasattr(each, "family")]


def fails_alone(script: str) -> str:
    """What the script says on its way out; it must be a failure of the store, not of the script."""
    for _ in range(20 if "Thread" in script or "Popen" in script else 1):  # these meet the moment only by chance
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
        if done.returncode:
            break
    last = (done.stderr.strip().splitlines() or [""])[-1]
    assert done.returncode == 1, f"the script did not fail:\n{script}"
    assert not last.startswith(("NameError", "ImportError", "ModuleNotFoundError", "SyntaxError")), f"{last}\n{script}"
    return done.stderr


@pytest.mark.parametrize("outlaw", OUTLAWS, ids=lambda outlaw: outlaw.name)
def test_an_outlaw_is_caught_and_its_script_fails(outlaw: Outlaw) -> None:
    broken: dict[str, Any] = {}
    laws = meant(outlaw.laws)
    chances = [(laws, None), (laws, 1), *[([law for law in laws if free(law)], None)] * CHANCES]
    for some, step in chances:  # a busy machine chooses a step of fewer trials; some laws meet the moment by chance
        if not set(outlaw.laws) <= set(broken):
            broken |= {result.law: result for result in judge(outlaw.factory, laws=some, step=step).broken}
    assert set(outlaw.laws) <= set(broken)
    for law in outlaw.laws:
        assert broken[law].why
        assert law in PROBED or fails_alone(broken[law].script)  # of a claim that is stale there is nothing to run


def test_every_law_and_every_probe_has_an_outlaw() -> None:
    broken = {law for outlaw in OUTLAWS for law in outlaw.laws}
    assert broken == {law.name for law in ALL} | set(PROBED)


CATALOGUE = [
    "NeverFills",
    "MergesSeparately",
    "WritesFastFirst",
    "MergesOverTheDirty",
    "CoalescesVerbAndRef",
    "DropsInFlight",
    "PutsNoneForGone",
    "DropsMerges",
    "RenamesGetAlone",
    "LeaksInListing",
    "SharesItsDefault",
    "OverridesAStaleName",
    "LosesUnroutedWrites",
    "SwallowsFailures",
    "draws_class_names",
    "OverridesAnotherName",
    "MergesByFast",
]  # each was met in a real implementation of the paper


def test_the_bugs_of_real_implementations_are_among_them() -> None:
    seen = {outlaw.name: outlaw.seen for outlaw in OUTLAWS}
    assert len(CATALOGUE) == 17
    assert all(seen[name] for name in CATALOGUE)


def test_laws_and_outlaws_have_names_of_their_own() -> None:
    for names in ([law.name for law in ALL], [outlaw.name for outlaw in OUTLAWS], [each.__name__ for each in CONTROLS]):
        assert len(set(names)) == len(names)


def test_an_outlaw_says_what_is_wrong_in_a_sentence() -> None:
    assert not [outlaw.name for outlaw in OUTLAWS if not outlaw.wrong.endswith((".", "?"))]
    assert not [outlaw.name for outlaw in OUTLAWS if outlaw.family != getattr(outlaw.factory, "family", "")]


@pytest.mark.parametrize("control", STORES, ids=lambda control: control.__name__)
def test_no_law_alarms_on_a_control(control: Any) -> None:
    with ProcessPoolExecutor(1, get_context("spawn")) as alone:  # an outlaw that hung may have left threads in this one
        row = alone.submit(one, control.__name__).result()
    assert not row.others, row.why


@pytest.mark.parametrize(
    "control", [each for each in CONTROLS if each not in STORES], ids=lambda control: control.__name__
)
def test_no_law_alarms_on_a_combinator_that_is_right(control: Any) -> None:
    report = judge(control)
    assert report.verdict == "conforms", [(result.law, result.why) for result in report.broken]


@pytest.mark.parametrize(
    ("name", "law"),
    [("AnswersNone", "get_of_what_is_not_there_is_missing"), ("NeverFills", "a_hit_asks_nothing_of_slow")],
)
def test_store_conform_names_the_law(name: str, law: str) -> None:
    program = "from storage_conformance.cli import main; main()"
    command = [sys.executable, "-c", program, f"storage_conformance.outlaws:{name}", "--step", "4"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1, done.stderr
    assert law.replace("_", " ") in done.stdout


def test_a_combinator_makes_no_claims() -> None:
    with pytest.raises(BadClaim):
        judge(next(each.factory for each in OUTLAWS if each.family == "cache"), claims={"merges": True})
