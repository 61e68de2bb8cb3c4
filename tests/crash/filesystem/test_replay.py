"""Saved recordings of ext4: read without mounting anything, and with; what is written is what is read."""

import json
from pathlib import Path

import pytest

from storage_conformance.crash.filesystem import command as module
from storage_conformance.crash.filesystem import needs
from storage_conformance.crash.filesystem.replay_file import BadReplay, load, saved
from storage_conformance.crash.filesystem.states import states
from storage_conformance.crash.run_command import command

HERE = Path(__file__).with_name("recordings")
GOOD, FORGOTTEN = HERE / "ext4.replay.json", HERE / "ext4-without-a-flush.replay.json"


@pytest.fixture
def unmounted(monkeypatch) -> None:
    """As where nothing may be mounted."""
    monkeypatch.setattr(module, "missing", lambda kind: ["root"])


@pytest.fixture(autouse=True)
def where(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_recording_that_was_saved_is_the_same_again_and_small(where) -> None:
    replay = load(GOOD, where)
    (where / "again").write_text(saved(replay))
    assert load(where / "again", where) == replay
    assert sum(file.stat().st_size for file in HERE.iterdir()) < 200_000


def test_a_state_that_was_saved_is_that_state(where) -> None:
    replay = load(GOOD, where)
    for state in list(states(replay.recording))[::7]:
        (where / "one").write_text(saved(replay, state))
        (again,) = load(where / "one", where).states(seed=5)
        assert (again.image(), again.kept, again.size) == (state.image(), state.kept, state.size)
        assert again.moments <= state.moments


def test_without_mounting_a_sound_recording_holds(where, capsys, unmounted) -> None:
    assert command(["filesystem", "ext4", "--replay", str(GOOD), "--json", "o.json"]) == 0
    report = json.loads((where / "o.json").read_text())
    assert report["states"] == len(list(states(load(GOOD, where).recording)))
    told = capsys.readouterr().out
    assert "nothing was mounted" in told
    assert "store-crash-filesystem-" not in told  # no place of this run


def test_without_mounting_a_flush_that_was_forgotten_is_found(where, capsys, unmounted) -> None:
    assert command(["filesystem", "ext4", "--replay", str(FORGOTTEN), "--json", "o.json"]) == 1
    (found, *_) = json.loads((where / "o.json").read_text())["violations"]
    assert "though `fsync bar` had returned" in found["explanation"]
    assert command(["filesystem", "ext4", "--replay", found["replay"]]) == 1


def test_a_replay_is_written_over_nothing(where, unmounted) -> None:
    (where / "store-crash-ext4-1.replay.json").write_text("mine")
    assert command(["filesystem", "ext4", "--replay", str(FORGOTTEN)]) == 1
    assert (where / "store-crash-ext4-1.replay.json").read_text() == "mine"
    assert load(where / "store-crash-ext4-2.replay.json", where).chosen


def test_a_replay_that_cannot_be_written_takes_no_finding_with_it(where, capsys, unmounted) -> None:
    (where / "o-1.replay.json").mkdir()
    assert command(["filesystem", "ext4", "--replay", str(FORGOTTEN), "--json", "o.json"]) == 1
    assert json.loads((where / "o.json").read_text())["violations"][0]["replay"] == ""
    assert "not all replays could be written" in capsys.readouterr().out


def test_a_replay_that_cannot_be_written_leaves_the_one_that_was_there(where, unmounted) -> None:
    (where / "o-1.replay.json").write_text("mine")
    (where / "o-1.replay.json.new").mkdir()  # so that writing fails
    assert command(["filesystem", "ext4", "--replay", str(FORGOTTEN), "--json", "o.json"]) == 1
    assert (where / "o-1.replay.json").read_text() == "mine"


def test_what_is_replayed_is_not_written_over(where, unmounted) -> None:
    mine = where / "o-1.replay.json"
    mine.write_bytes(FORGOTTEN.read_bytes())
    assert command(["filesystem", "ext4", "--replay", mine.name, "--json", "o.json"]) == 1
    assert mine.read_bytes() == FORGOTTEN.read_bytes()
    assert json.loads((where / "o.json").read_text())["violations"][0]["replay"] == "o-2.replay.json"


@pytest.mark.parametrize(("file", "status"), [(GOOD, 0), (FORGOTTEN, 1)])
def test_the_kernel_reads_the_same(can_mount, file, status) -> None:
    assert command(["filesystem", "ext4", "--replay", str(file)]) == status


def test_another_file_system_than_ext4_needs_to_be_mounted(where, capsys, unmounted) -> None:
    other = json.loads(GOOD.read_text()) | {"filesystem": "xfs"}
    (where / "xfs.json").write_text(json.dumps(other))
    assert command(["filesystem", "xfs", "--replay", "xfs.json"]) == 2
    assert "to replay xfs, this is missing: root" in capsys.readouterr().err


def test_a_replay_needs_no_maker_and_says_what_it_is_a_recording_of(where, capsys, monkeypatch) -> None:
    assert command(["filesystem", "foofs", "--replay", str(GOOD)]) == 2
    assert "is a recording of ext4, not of foofs" in capsys.readouterr().err
    monkeypatch.setattr(needs, "FILE_SYSTEMS", where / "known")
    (where / "known").write_text("nodev\tproc\n\tsquashfs\n")
    monkeypatch.setattr(needs.shutil, "which", lambda name: name in ("e2fsck", "debugfs"))
    assert command(["filesystem", "ext4", "--replay", str(GOOD)]) == 0
    assert "nothing was mounted" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [{"form": "other"}, {"recording": "???"}, {"recording": "AAAA"}, {"state": {"epoch": 1}}, {"workload": {}}],
)
def test_a_damaged_file_is_told_in_one_line(where, change) -> None:
    (where / "bad.json").write_text(json.dumps(json.loads(GOOD.read_text()) | change))
    with pytest.raises(BadReplay, match=r"bad\.json: it is no recording"):
        load(where / "bad.json", where)
