"""What the recording of a writer tells those who run it later, and a writer that fails before any fault."""

import shutil

import pytest

from storage_conformance.crash.readers import Command, Programs
from storage_conformance.crash.run_errors import with_errors
from storage_conformance.crash.run_places import in_folder
from storage_conformance.crash.run_record import Commands, Stage, Unfit
from storage_conformance.crash.run_values import scenarios
from storage_conformance.crash.strace import Ended, Strace

READ = "sh -c 'test -e {dir}/value || exit 3; cat {dir}/value'"


@pytest.fixture
def stage(tmp_path):
    with in_folder(tmp_path / "place") as places:
        write = "sh -c 'cat > {dir}/value; exit $(cat {dir}/../../status 2>/dev/null || echo 0)'"
        commands = Commands(Command.parse(write, "--write"), Command.parse(READ, "--read"))
        yield Stage(commands, places, Programs(places.scratch))


def test_a_recorded_run_tells_how_long_writers_take(stage, monkeypatch) -> None:
    def recorded(strace, words, number, file):
        (stage.places.live / "data" / "value").write_bytes(file.read_bytes())
        taken.append(number)
        return Ended(0, "")

    taken: list[int] = []
    monkeypatch.setattr(Strace, "run", recorded)
    monkeypatch.setattr("storage_conformance.crash.run_record.monotonic", lambda: 40.0 * len(taken))
    stage.record(next(iter(scenarios(0, keyed=False))), stage.set_up(), lambda what: None)
    assert taken
    assert stage.programs.longest[True] == 40.0
    assert stage.programs.longest[False] < 40.0


@pytest.mark.skipif(not shutil.which("strace"), reason="programs are recorded with strace, only on Linux")
def test_a_writer_that_fails_before_any_fault_is_not_judged(stage) -> None:
    before = stage.set_up()
    (stage.places.base / "status").write_text("124")
    with pytest.raises(Unfit, match="--write failed with status 124 before any fault: it said nothing"):
        next(with_errors(stage, before, keyed=False))
