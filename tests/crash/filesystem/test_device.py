"""The device: what is written to it comes in order, and can be read again; file systems on it are recorded."""

import os
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from storage_conformance.crash.filesystem.bench import Bench
from storage_conformance.crash.filesystem.device import Device, Recorder
from storage_conformance.crash.filesystem.image import Image
from storage_conformance.crash.filesystem.isolation import Isolated
from storage_conformance.crash.filesystem.kinds import kind_of
from storage_conformance.crash.filesystem.loops import unmount
from storage_conformance.crash.filesystem.perturb import NOBODY, Perturbation, perturbations
from storage_conformance.crash.filesystem.recording import Flush, Mark, Write
from storage_conformance.crash.filesystem.states import epochs
from storage_conformance.crash.filesystem.workload import Calls

pytestmark = pytest.mark.usefixtures("can_mount")


def answer_of(target, *arguments):
    bench = Isolated(target, *arguments)
    try:
        return bench.pipe.recv()
    finally:
        bench.close()


def writes_to_it(pipe: Connection, folder: Path) -> None:
    device = Device(folder)
    device.ask("load", Image(1 << 20))
    file = os.open(device.path, os.O_RDWR)
    os.pwrite(file, b"before", 0)
    device.ask("freeze")
    os.pwrite(file, b"a" * 5000, 4000)
    device.mark("begun 0")
    os.fsync(file)
    device.mark("done 0")
    os.pwrite(file, b"b", 100)
    read = os.pread(file, 9000, 0)
    os.close(file)
    pipe.send((device.recorded(), read, device.held(), device.recorded()))
    unmount(folder)


def test_writes_flushes_and_marks_are_recorded_in_their_order(tmp_path) -> None:
    recording, read, held, after = answer_of(writes_to_it, tmp_path / "device")
    assert recording.base.read(0, 10) == b"before" + bytes(4)
    assert recording.events == (Write(4000, b"a" * 5000), Mark("begun 0"), Flush(), Mark("done 0"), Write(100, b"b"))
    plain = b"before".ljust(100, b"\0") + b"b" + bytes(3899) + b"a" * 5000
    assert read == plain.ljust(9000, b"\0") == held.read(0, 9000)
    assert after.events == ()


def records(pipe: Connection, folder: Path, name: str, others: Perturbation) -> None:
    bench = Bench(kind_of(name), folder)
    try:
        pipe.send(bench.record(WORKLOAD, others))
    finally:
        bench.close()


WORKLOAD = Calls(("create foo", "write foo 0 8192", "rename foo bar", "fsync bar"))


def marks_with_flushes(recording) -> list[str]:
    """The marks, "|" where at least one flush came between."""
    told: list[str] = []
    for event in recording.events:
        if isinstance(event, Mark):
            told.append(event.text)
        elif isinstance(event, Flush) and told and told[-1] != "|":
            told.append("|")
    return told


@pytest.mark.parametrize("name", ["ext4", "xfs", "btrfs"])
def test_a_file_system_flushes_before_a_sync_has_returned(tmp_path, name) -> None:
    told = marks_with_flushes(answer_of(records, tmp_path / "bench", name, NOBODY))
    calls = [f"{word} {n}" for n in range(4) for word in ("begun", "done")]
    assert told == [*calls[:7], "|", "done 3", "|"]


def test_the_data_of_a_synced_file_has_reached_the_device_before_the_flush(tmp_path) -> None:
    recording = answer_of(records, tmp_path / "bench", "ext4", NOBODY)
    done = next(n for n, event in enumerate(recording.events) if event == Mark("done 3"))
    image = recording.base.copy()
    for epoch in list(epochs(recording.events[:done]))[:-1]:
        for write in epoch.writes:
            image.write(write.offset, write.data)
    assert b"0100000" in b"".join(image.blocks.values())  # "01": made by call 1


@pytest.mark.parametrize("how", ["sync of the file system", "fsync of an unrelated file"])
def test_syncs_of_others_come_between_the_calls_where_they_are_asked_for(tmp_path, how) -> None:
    others = Perturbation(how, frozenset({2, 4}))
    told = marks_with_flushes(answer_of(records, tmp_path / "bench", "ext4", others))
    assert told[told.index("done 1") + 1] == "|"
    assert told[-1] == "|"  # after "done 3"; unmounting is not recorded with others
    assert "|" not in told[: told.index("done 1")]


def test_the_same_seed_perturbs_at_the_same_points() -> None:
    drawn = [perturbations(("create foo", "fsync foo"), seed) for seed in (1, 1, *range(20))]
    assert drawn[0] == drawn[1]
    assert len(set(map(str, drawn))) > 2
    assert all(first == NOBODY and second.before for first, second in drawn)


class Forgetful(Recorder):
    """A block layer that says that it has flushed, and has not."""

    def note(self, event) -> None:
        if not isinstance(event, Flush):
            super().note(event)


def records_without_flushes(pipe: Connection, folder: Path) -> None:
    bench = Bench(kind_of("ext4"), folder, Forgetful)
    try:
        pipe.send(bench.record(WORKLOAD))
    finally:
        bench.close()


def test_what_stands_for_the_device_may_be_another(tmp_path) -> None:
    recording = answer_of(records_without_flushes, tmp_path / "bench")
    assert recording.events
    assert Flush() not in recording.events
