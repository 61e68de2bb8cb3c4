"""The suite on a place that others use too: it works below a prefix of its own, and removes that and nothing else."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from provision.kind import Server
from storage_combinators import Memory, PassThrough
from storage_combinators.edges.open_store import open_store
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Depth, Refused
from storage_conformance import LAWS, Report, Subject, Trial, judge, law
from storage_conformance.subjects import subject

FOREIGN = {Ref("mine"): b"1", Ref("mine", "below"): b"2", Ref("conform-of-somebody", "a"): b"3"}
FEW = [
    each
    for each in LAWS
    if each.name in ("get_answers_what_was_put", "put_changes_nothing_else", "refs_agrees_with_get")
]


@law()
def breaks_midway(trial: Trial) -> None:
    """What is put, and then is not what it should be."""
    trial.put(trial.place.key(Ref("left")), b"x")
    trial.put(trial.place.key(Ref("left", "below")), b"x")
    trial.expect(b"other", "get", trial.place.key(Ref("left")))


def reads_until_it_is_ended(trial: Trial) -> None:
    end = monotonic() + 60
    while monotonic() < end:
        trial.get(trial.place.key(Ref("left")))


@law()
def is_interrupted_midway(trial: Trial) -> None:
    """Ctrl-C while something is there, and calls that go on until the trial is ended."""
    trial.put(trial.place.key(Ref("left")), b"x")
    os.kill(os.getpid(), signal.SIGINT)
    reads_until_it_is_ended(trial)


@law()
def is_late_midway(trial: Trial) -> None:
    """The same, until the time limit."""
    trial.put(trial.place.key(Ref("left")), b"x")
    reads_until_it_is_ended(trial)


@law()
def is_never_reached(trial: Trial) -> None:
    """Nothing."""
    trial.expect(b"other", "get", trial.place.key(Ref("left")))


ENDS: dict[str, tuple[list[Any], dict[str, Any], Callable[[Report], bool]]] = {
    "success": (FEW, {}, lambda report: report.verdict == "conforms"),
    "failure": ([breaks_midway], {}, lambda report: [each.law for each in report.broken] == ["breaks_midway"]),
    "ctrl-c": (
        [is_interrupted_midway, is_never_reached],
        {},
        lambda report: [each.why for each in report.laws[:2]] == ["interrupted"] * 2,
    ),
    "time limit": ([is_late_midway], {"time_limit": 0.5}, lambda report: report.verdict == "incomplete"),
}


@pytest.fixture(params=["file", "s3", "fsspec+memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A place that holds what is FOREIGN."""
    place: Server | None = request.getfixturevalue("s3_place") if request.param == "s3" else None
    url = place.url if place else f"file://{tmp_path}/shared" if request.param == "file" else "fsspec+memory://shared"
    store = open_store(url)
    for ref, value in FOREIGN.items():
        store.put(ref, value)
    yield url
    for ref in list(store.refs(Ref())):
        store.delete(ref)


@pytest.mark.parametrize("end", ENDS)
def test_what_others_have_there_is_all_that_is_left(url: str, end: str) -> None:
    laws, options, as_meant = ENDS[end]
    report = judge(url, step=4, laws=laws, **options)
    assert as_meant(report), report.as_dict()
    store = open_store(url)
    assert {ref: store.get(ref) for ref in store.refs(Ref())} == FOREIGN
    assert not report.notes


class ListsNothing(PassThrough[Any]):
    """What is forgotten here is not found again; and a swap removes nothing, whether it says so or not."""

    def __init__(self, below: Any, failure: type[Exception] | None) -> None:
        super().__init__(below)
        self.failure = failure

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        raise Refused("no listing")

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if new is not MISSING:
            super().swap(ref, old, new)
        elif self.failure:
            raise self.failure("not done")


@pytest.mark.parametrize("failure", [OSError, None])
@pytest.mark.parametrize("wraps", [(), ((PassThrough, ("wrap = PassThrough",)),)], ids=["alone", "wrapped"])
def test_nothing_is_left_where_nothing_can_be_listed(wraps: Any, failure: type[Exception] | None) -> None:
    below: Memory[Any] = Memory()
    store = ListsNothing(below, failure)
    given = Subject("lists nothing", lambda: store, (), url=True, wraps=wraps, without={"lists": "no listing"})
    report = judge(given, step=4, laws=[each for each in LAWS if each.name in ("swap_removes", "put_replaces")])
    assert [each.law for each in report.broken] == ["swap_removes"]
    assert list(below.refs(Ref())) == []


def test_no_folder_of_the_suite_stays(tmp_path: Path) -> None:
    (tmp_path / "not-ours.txt").write_text("kept")
    judge(f"file://{tmp_path}", step=4, laws=FEW)
    assert [path.name for path in tmp_path.rglob("*") if "conform" in path.name] == []
    assert (tmp_path / "not-ours.txt").read_text() == "kept"


def test_two_runs_at_once_have_prefixes_of_their_own() -> None:
    one, two = (subject("fsspec+memory://shared") for _ in range(2))
    assert one.prefix != two.prefix
    places = [one.place(), one.place()]
    assert len({one.prefix, *(place.root for place in places)}) == 3
    assert all(place.root.within(one.prefix) for place in places)
    for place in places:
        place.close()


WAITS = """
import sys, time
from pathlib import Path
sys.path.insert(0, {folder!r})
def make(directory):
    Path({seen!r}).write_text(str(directory))
    for _ in range({seconds}):  # one long sleep does not heed what comes just before it
        time.sleep(1)
    return {{}}
"""


@pytest.mark.parametrize("seconds", [0, 100])
def test_folders_that_were_made_for_a_factory_are_removed(seconds: int, tmp_path: Path) -> None:
    """Whether it comes back or is interrupted first."""
    seen = tmp_path / "seen"
    (tmp_path / "waits.py").write_text(WAITS.format(folder=str(tmp_path), seen=str(seen), seconds=seconds))
    command = [sys.executable, "-c", "from storage_conformance.cli import main; main()", "waits.py:make"]
    with subprocess.Popen(
        [*command, "--time-limit", "0"], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        end = monotonic() + 60
        while seconds and not (seen.exists() and seen.read_text()) and monotonic() < end:
            os.sched_yield()
        if seconds:
            child.send_signal(signal.SIGINT)
        child.wait(timeout=60)
    assert seen.read_text()
    assert not Path(seen.read_text()).exists()
