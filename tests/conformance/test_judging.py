"""What the judge finds: right stores conform, wrong ones break the law that they break, told by a script that fails."""

import gc
import subprocess
import sys
from pathlib import Path
from threading import current_thread
from typing import Any

import pytest

import wrong_stores as stores
from storage_combinators.edges.open_store import open_store
from storage_combinators.leaves.memory import Memory
from storage_combinators.ref import Ref
from storage_conformance import LAWS, Report, Subject, judge, under
from storage_conformance.subjects import subject

FEW = {"step": 4}  # small counts: what is looked for here is found in short histories


def broken(report: Report) -> set[str]:
    return {result.law for result in report.broken}


def verdicts(report: Report) -> dict[str, str]:
    return {result.law: result.verdict for result in report.laws}


@pytest.mark.parametrize(
    "factory", [Memory, stores.filled, stores.KeepsBytes, stores.Folder, stores.Json, stores.read_only]
)
def test_what_is_right_conforms(factory: Any) -> None:
    report = judge(factory, **FEW)
    assert report.verdict == "conforms", report.broken


def test_memory_conforms_in_every_short_history() -> None:
    laws = [law for law in LAWS if law.name in ("get_answers_what_was_put", "refs_agrees_with_get", "swap_replaces")]
    assert judge(Memory, laws=laws, step=1).verdict == "conforms"


def test_a_dict_breaks_three_laws() -> None:
    assert broken(judge(dict, **FEW)) == {
        "other_types_are_TypeErrors",
        "a_buffer_is_copied_in",
        "iteration_bears_changes",
    }


WRONG = [
    (stores.DeletesBelow, "delete_changes_nothing_else"),
    (stores.Raises, "get_answers_what_was_put"),
    (stores.ForgetsFalse, "every_value_comes_back"),
    (stores.ListsTwice, "refs_to_depth_1_is_one_name_further"),
    (stores.SwapsUnseen, "swap_creates_only_where_nothing_is"),
    (stores.SwapsUnseen, "swap_replaces_only_what_was_said"),
    (stores.ChecksThenWrites, "no_put_is_overwritten_by_a_swap_that_saw_less"),
    (stores.shares_its_default, "fresh_stores_share_nothing"),
    (stores.overlooks_what_is_there, "refs_to_depth_1_is_one_name_further"),
    (stores.WritesLate, "every_key_is_there_after_a_kill"),
]


# When a thread runs or a process is killed is nobody's to say: law and script are run until they meet the moment.
BY_CHANCE = {"no_put_is_overwritten_by_a_swap_that_saw_less", "every_key_is_there_after_a_kill"}


@pytest.mark.parametrize(("factory", "law"), WRONG, ids=lambda value: getattr(value, "__name__", value))
def test_what_is_wrong_is_told_by_a_script_that_fails_by_itself(factory: Any, law: str, tmp_path: Path) -> None:
    stores.SHARED.clear()
    chosen = [each for each in LAWS if each.name == law]
    found = (judge(factory, laws=chosen, step=2).broken for _ in range(5 if law in BY_CHANCE else 1))
    (result,) = next(filter(None, found))
    assert "storage_conformance" not in result.script
    (tmp_path / "script.py").write_text(result.script, "utf-8")
    for _ in range(20 if law in BY_CHANCE else 1):
        ran = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        if ran.returncode:
            break
    assert ran.returncode == 1
    assert "AssertionError" in ran.stderr.splitlines()[-1]


def test_the_counterexample_is_the_shortest() -> None:
    report = judge(stores.DeletesBelow, laws=[law for law in LAWS if law.name == "delete_changes_nothing_else"], step=2)
    assert list(report.laws[0].counterexample) == [
        "store.put(Ref('a', 'b'), b'x')",
        "store.delete(Ref('a'))",
        "store.get(Ref('a', 'b')) -> Missing, but b'x' was put there",
    ]
    assert report.laws[0].why == (
        "store.get(Ref('a', 'b')) answered Missing, but b'x' was put there. "
        "Diagnosis: deleting a ref deletes what is below it."
    )


def test_what_no_law_foresees_breaks_the_law() -> None:
    report = judge(stores.Raises, laws=[law for law in LAWS if law.name == "get_answers_what_was_put"], **FEW)
    assert "raised ZeroDivisionError" in report.laws[0].why


def test_every_broken_law_is_told_and_no_other() -> None:
    found = broken(judge(stores.DeletesBelow, step=2))
    assert "delete_changes_nothing_else" in found
    assert "every_history_answers_as_a_dictionary_does" in found
    assert not any(law.startswith(("swap", "merge", "put")) for law in found)  # they are not to blame


def test_a_claim_that_is_too_modest_is_a_broken_law_of_its_name() -> None:
    report = judge(stores.TooModest, **FEW)
    assert "swaps" in broken(report)
    assert next(each.why for each in report.broken if each.law == "swaps").startswith(
        "The claim is too modest: swaps=write"
    )


def test_a_claim_that_is_true_is_not_stale_and_exempts() -> None:
    report = judge(stores.OnlyCreates, **FEW)
    assert report.verdict == "conforms"
    assert verdicts(report)["swap_replaces"] == "exempt"
    assert verdicts(report)["swap_refuses_what_it_cannot_do_in_one_step"] == "holds"


def test_a_claim_that_is_too_proud_breaks_its_laws() -> None:
    assert "swap_replaces" in broken(judge(stores.OnlyCreates, claims={"swaps": "all"}, **FEW))


def test_only_laws_of_reading_run_without_writes() -> None:
    found = verdicts(judge(stores.read_only, **FEW))
    assert found["get_answers_what_was_put"] == "exempt"
    assert found["refs_agrees_with_get"] == found["what_takes_no_writes_refuses_them"] == "holds"


def test_the_type_of_values_is_found_out() -> None:
    assert judge(stores.Json, laws=[], **FEW).claims["values"] == "json"
    assert judge(Memory, laws=[], **FEW).claims["values"] == "bytes"


def test_a_hang_is_ended_and_the_other_laws_are_judged() -> None:
    laws = [law for law in LAWS if law.name in ("merge_replaces", "get_answers_what_was_put")]
    report = judge(stores.Hangs, laws=laws, patience=3, **FEW)
    assert verdicts(report)["merge_replaces"] == "broken"
    assert "did not come back within 3 s" in report.broken[0].why
    assert report.broken[0].counterexample[-1].startswith("store.merge(")
    assert verdicts(report)["get_answers_what_was_put"] == "holds"


def test_the_script_of_a_hang_fails(tmp_path: Path) -> None:
    laws = [law for law in LAWS if law.name == "merge_replaces"]
    script = judge(stores.Hangs, laws=laws, patience=3, **FEW).laws[0].script
    ran = subprocess.run([sys.executable, "-"], input=script, capture_output=True, text=True, timeout=60)
    assert "AssertionError" in ran.stderr


def test_the_time_limit_is_kept() -> None:
    report = judge(Memory, time_limit=0, **FEW)
    assert report.verdict == "incomplete"
    assert report.laws[0].verdict == "not run"
    assert report.laws[0].why == "the time limit came first"
    assert report.status() == 2


def test_the_same_seed_gives_the_same_report() -> None:
    laws = [law for law in LAWS if law.claim != "threads"]
    first, second = (judge(stores.DeletesBelow, seed=5, laws=laws, step=3).as_dict() for _ in range(2))
    assert first | {"seconds": 0} == second | {"seconds": 0}


def test_of_a_large_process_not_all_is_collected_for_each_law() -> None:
    """As Hypothesis would at its first run in a thread, and each law has a thread of its own."""
    there, seen = len(gc.get_objects()), []

    def look(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and info["generation"] == 2:
            seen.append(len(gc.get_objects()))

    gc.callbacks.append(look)
    try:
        judge(Memory, laws=[law for law in LAWS if law.name == "get_answers_what_was_put"], **FEW)
    finally:
        gc.callbacks.remove(look)
    assert min(seen, default=0) < there / 2
    assert len(gc.get_objects()) > there / 2  # and afterwards all is as it was


def test_what_the_caller_has_frozen_stays_frozen() -> None:
    gc.freeze()
    there = gc.get_freeze_count()
    try:
        judge(Memory, laws=[law for law in LAWS if law.name == "get_answers_what_was_put"], **FEW)
        assert gc.get_freeze_count() > there / 2
    finally:
        gc.unfreeze()


class OfOneThread(stores.KeepsBytes):
    """Whoever is in another thread than the one that opened it is refused, as by a connection of sqlite3."""

    def __init__(self) -> None:
        self.owner = current_thread()
        super().__init__()

    def close(self) -> None:
        if current_thread() is not self.owner:
            raise RuntimeError("closed in another thread")


def test_what_is_of_one_thread_is_closed_where_it_was_opened() -> None:
    laws = [law for law in LAWS if law.name in ("a_key_holds_what_was_set", "setting_changes_no_other_key")]
    report = judge(OfOneThread, laws=laws, without={"threads": "a connection is of one thread"}, **FEW)
    assert report.verdict == "conforms", report.broken
    assert not report.notes


def test_a_shared_place_is_left_as_it_was(tmp_path: Path) -> None:
    url = tmp_path.as_uri()
    store = open_store(url)
    store.put(Ref("mine"), b"1")
    laws = [law for law in LAWS if law.name in ("get_answers_what_was_put", "refs_that_look_alike_stay_apart")]
    report = judge(url, laws=laws, **FEW)
    assert [result.verdict for result in report.laws[:2]] == ["holds", "holds"]
    assert list(store.refs(Ref())) == [Ref("mine")]


def test_a_break_at_a_shared_place_is_told_from_its_root() -> None:
    shared = stores.DeletesBelow()
    laws = [law for law in LAWS if law.name == "delete_changes_nothing_else"]
    report = judge(Subject("shared", lambda: shared, ("make = ...",), url=True), laws=laws, **FEW)
    assert "store.delete(root / 'a')" in report.laws[0].counterexample
    assert not shared.cells


def test_under_a_wrapper_that_changes_nothing_a_store_conforms() -> None:
    report = judge(under(Memory, "PassThrough", stores.wrap), **FEW)
    assert report.verdict == "conforms", report.broken
    assert report.subject.startswith("PassThrough over ")


def test_a_wrapper_runs_over_what_was_there_before() -> None:
    laws = [law for law in LAWS if law.name == "refs_lists_each_ref_with_a_value_once"]
    report = judge(under(Memory, "Drops", stores.drop), laws=laws, **FEW)
    assert report.verdict == "breaks"
    assert "store = wrap(below)" in report.laws[0].counterexample


def test_what_a_wrapper_gives_up_is_exempt() -> None:
    report = judge(under(Memory, "PassThrough", stores.wrap, without={"lists": "not today"}), laws=LAWS[:20], **FEW)
    assert verdicts(report)["get_answers_what_was_put"] == "holds"
    assert not report.claims["lists"]


def test_a_subject_is_told_by_what_its_factory_makes() -> None:
    assert subject(dict).kind == "mapping"
    assert subject(Memory).kind == "store"
    assert subject(stores.Folder).directory
    assert not subject(Memory).directory
