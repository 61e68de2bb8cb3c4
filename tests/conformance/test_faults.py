"""Failures below: what stands over sources is made to fail at each of their calls, and must not lie."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from storage_combinators.caching.cache import Cache
from storage_combinators.caching.write_back import WriteBack
from storage_combinators.edges.mapping import as_mapping
from storage_combinators.guarding.locked import Locked
from storage_combinators.leaves.memory import Memory
from storage_combinators.ref import Ref
from storage_combinators.transforming.bytes_only import Bytes
from storage_combinators.transforming.relative import Relative
from storage_combinators.transforming.serialized import Json
from storage_conformance import LAWS, Report, Subject, judge, under
from storage_conformance.laws.faults import Faulty
from storage_conformance.outlaws import faulty

OF_FAULTS = [law for law in LAWS if law.name.startswith("what_fails_below")]


def cached() -> Any:
    return Cache(Memory(), Memory())


def written_back() -> Any:
    return WriteBack(Memory(), Memory())


def stacked() -> Any:
    return Json(Locked(Relative(cached(), Ref("below"))))


def mapping() -> Any:
    return as_mapping(Bytes(cached()))


def judged(factory: Any) -> Report:
    return judge(factory, laws=OF_FAULTS, step=1)


@pytest.mark.parametrize("factory", [cached, written_back, stacked, mapping, faulty.Above])
def test_what_is_right_does_not_lie_when_what_is_below_fails(factory: Any) -> None:
    report = judged(factory)
    assert report.laws[0].verdict == "holds", report.laws[0]


def test_below_a_wrapper_what_it_wraps_fails() -> None:
    assert judged(under(Memory, "Relative", lambda store: Relative(store, Ref("x")))).laws[0].verdict == "holds"
    assert judged(under(Memory, "Swallows", Swallows)).laws[0].verdict == "broken"


class Swallows(Relative[Any]):
    """A wrapper that hides failures of writing."""

    def __init__(self, source: Any) -> None:
        super().__init__(source, Ref("x"))

    def delete(self, ref: Ref, /) -> None:
        try:
            super().delete(ref)
        except OSError:
            return


def test_what_stands_over_nothing_is_exempt() -> None:
    assert judged(Memory).laws[0].verdict == "exempt"
    assert "stands over no store" in judged(Memory).laws[0].why


WRONG = [
    (faulty.TakesFailureForAbsence, "answered Missing, but what is below failed, which is no answer"),
    (faulty.KeepsQuietAboutFailures, "answered b'1', but b'2' was put there"),
    (faulty.DeletesBelowAndPuts, "it was b'1' before the call that failed, and would be b'2' after it"),
    (faulty.TakesFailuresForKeyErrors, "raised KeyError ('a'), but what is below failed, which is no answer"),
]


@pytest.mark.parametrize(("factory", "told"), WRONG, ids=lambda value: getattr(value, "__name__", ""))
def test_a_lie_is_told_by_a_script_that_fails_by_itself(factory: Any, told: str, tmp_path: Path) -> None:
    result = judged(factory).laws[0]
    assert told in result.why
    (tmp_path / "script.py").write_text(result.script)
    ran = subprocess.run([sys.executable, tmp_path / "script.py"], capture_output=True, text=True, timeout=60)
    assert ran.stderr.strip().splitlines()[-1].startswith("AssertionError")


def test_a_handle_that_trials_share_is_left_as_it_was() -> None:
    shared = cached()
    fast, slow = shared.fast, shared.slow
    assert (
        judge(Subject("shared", lambda: shared, ("make = ...",), url=True), laws=OF_FAULTS, step=3).laws[0].verdict
        == "holds"
    )
    assert shared.fast is fast
    assert shared.slow is slow


@pytest.mark.parametrize(("at", "when"), [(1, "before"), (2, "before"), (1, "after"), (2, "after")])
def test_the_call_that_is_named_fails_and_no_other(at: int, when: str) -> None:
    inner: Memory[bytes] = Memory()
    store, failed = Faulty(inner), []
    store.fail(at, when)
    for number in (1, 2, 3):
        try:
            store.put(Ref(str(number)), b"x")
        except OSError:
            failed.append(number)
    assert failed == [at]
    assert len(inner.cells) == (3 if when == "after" else 2)
