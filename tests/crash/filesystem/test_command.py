"""store-crash filesystem: exit statuses, reports, and one clear line for whatever cannot be judged."""

import errno
import json
import os
import re
import sys
from contextlib import nullcontext
from dataclasses import replace
from multiprocessing import Pipe
from pathlib import Path
from types import SimpleNamespace

import pytest

from storage_conformance.crash.cli import main
from storage_conformance.crash.filesystem import command as module
from storage_conformance.crash.filesystem import needs, running
from storage_conformance.crash.filesystem.device import Recorder
from storage_conformance.crash.filesystem.examining import Plan
from storage_conformance.crash.filesystem.kinds import kind_of
from storage_conformance.crash.filesystem.program import programs
from storage_conformance.crash.filesystem.promises import PROMISES
from storage_conformance.crash.filesystem.recording import Flush
from storage_conformance.crash.filesystem.result import Report
from storage_conformance.crash.filesystem.running import Options, run
from storage_conformance.crash.filesystem.workload import Calls
from storage_conformance.crash.readers import Command
from storage_conformance.crash.run_command import command

SYNCED = "create foo\nwrite foo 0 8192\n---\noverwrite foo 0 4096\nfsync foo\n"


@pytest.fixture(autouse=True)
def where(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "synced.txt").write_text(SYNCED)
    return tmp_path


def line(capsys) -> str:
    told = capsys.readouterr().err
    assert told.startswith("store-crash: ")
    assert told.count("\n") == 1
    assert "Traceback" not in told
    return told


BAD = {
    "nothing known": (["foofs"], "foofs is none of ext4, ext2, xfs, btrfs: say how it is made with --mkfs"),
    "not in the kernel": (["foofs", "--mkfs", "true {device}"], "a file system foofs on block devices in this"),
    "no device below": (["tmpfs", "--mkfs", "true {device}"], "a file system tmpfs on block devices in this"),
    "no name": (["../ext4"], "TYPE is the name of a file system, such as ext4, not '../ext4'"),
    "no device": (["ext4", "--mkfs", "true"], "--mkfs has no {device}"),
    "no program": (["ext4", "--mkfs", "no-such-program {device}"], "there is no program no-such-program"),
    "no dir": (["ext4", "--mount", "true {device}"], "--mount has no {dir}"),
    "unmount alone": (["ext4", "--unmount", "true {dir}"], "--unmount without --mount"),
    "options of nobody": (["ext4", "--mount", "true {device} {dir}", "--options", "sync"], "put yours into --mount"),
    "write alone": (["ext4", "--write", "true {dir}"], "--write and --read come together"),
    "one key": (["ext4", "--write", "true {dir} {key}", "--read", "true {dir}"], "{key} is in one of"),
    "no dir to read": (["ext4", "--write", "true {dir}", "--read", "true"], "--read has no {dir}"),
    "no file": (["ext4", "--workload", "no-such-file"], "no-such-file: there is no such file"),
    "no such set": (["ext4", "--workload", "seq9"], "seq9: there is no such file, and it is none of seq1, seq2, seq3"),
    "bad call": (["ext4", "--workload", "bad.txt"], "bad.txt:2: there is no call 'launch'"),
    "no recording": (["ext4", "--replay", "synced.txt"], "synced.txt: it is no recording"),
    "no JSON recording": (["ext4", "--replay", "list.json"], "list.json: it is no recording"),
    "nowhere to write": (["ext4", "--json", "no-such-folder/x.json"], "no-such-folder"),
    "replay and a maker": (["foofs", "--replay", "list.json", "--mkfs", "true {device}"], "--replay needs no --mkfs"),
    "replay and more": (["ext4", "--replay", "list.json", "--workload", "synced.txt"], "--replay is instead of"),
    "no time": (["ext4", "--time-limit", "-1"], "--time-limit"),
}


@pytest.mark.parametrize(("arguments", "said"), BAD.values(), ids=BAD)
def test_what_cannot_be_followed_is_told_in_one_line(where, capsys, arguments, said) -> None:
    (where / "bad.txt").write_text("create foo\nlaunch foo\n")
    (where / "list.json").write_text("[1]")
    assert command(["filesystem", *arguments]) == 2
    assert said in line(capsys)


def test_what_the_machine_lacks_is_told_all_at_once(where, capsys, monkeypatch) -> None:
    monkeypatch.setattr(needs, "FUSE", where / "fuse")
    monkeypatch.setattr(needs, "CONTROL", where / "loop-control")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(needs.shutil, "which", lambda name: None)
    assert command(["filesystem", "xfs"]) == 2
    told = line(capsys)
    for wanted in ("root, to mount", "loop devices", "modprobe fuse", "mkfs.xfs (package xfsprogs)", "xfs_repair"):
        assert wanted in told


def test_a_run_that_is_refused_leaves_no_report_of_an_earlier_one(where, capsys) -> None:
    (where / "o.json").write_text('{"verdict": "holds"}')
    assert command(["filesystem", "ext4", "--replay", "synced.txt", "--json", "o.json"]) == 2
    report = json.loads((where / "o.json").read_text())
    assert (report["verdict"], report["why"]) == ("incomplete", ["it was not finished"])


def test_root_that_may_not_mount_is_told_so(where, monkeypatch) -> None:
    held = Path("/proc/self/status").read_text()
    for mask, lacks in (("000001ffffffffff", False), ("000001ffffdfffff", True)):
        (where / "status").write_text(re.sub(r"(?m)^CapEff:.*$", f"CapEff:\t{mask}", held))
        monkeypatch.setattr(needs, "STATUS", where / "status")
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        monkeypatch.setattr(needs, "USERS", where / "users")
        for users, of_all in (("0 0 4294967295", True), ("0 1000 1", False)):
            (where / "users").write_text(f"{users}\n")
            assert any("to mount" in line for line in needs.missing(kind_of("ext4"))) is (lacks or not of_all)


def test_a_maker_that_fails_is_told_with_its_words(capsys, can_mount) -> None:
    assert command(["filesystem", "ext4", "--mkfs", "sh -c 'echo no way; exit 3' {device}"]) == 2
    assert "--mkfs failed with status 3: no way" in line(capsys)


def test_ext4_holds_and_the_report_has_its_figures(where, capsys, can_mount) -> None:
    arguments = ["filesystem", "ext4", "--options", "data=journal", "--workload", "synced.txt", "--json", "o.json"]
    assert command([*arguments, "--html", "o.html"]) == 0
    told = capsys.readouterr().out.splitlines()
    report = json.loads((where / "o.json").read_text())
    expected = {"verdict": "holds", "filesystem": "ext4", "options": "data=journal", "workloads": 1, "violations": []}
    assert {name: report[name] for name in expected} == expected
    assert report["states"] > report["checked"] > 5
    assert report["kernel"] == os.uname().release
    assert told[-1] == "holds"
    assert told[-2].startswith(f"ext4 (data=journal): 1 workloads, {report['states']} states, ")
    assert report["epochs"] > report["bounded"] == 0
    bounds = f"in each of {report['epochs']} epochs (what lies between two flushes)"
    assert bounds in " ".join(" ".join(told).split())
    assert all(text in (where / "o.html").read_text() for text in (f"<b>{report['states']}</b> states mounted", bounds))


def test_ext2_is_found_wanting_and_what_was_found_can_be_replayed(where, capsys, can_mount) -> None:
    (where / "create.txt").write_text("create foo\n")
    assert command(["filesystem", "ext2", "--workload", "create.txt", "--json", "o.json", "--html", "o.html"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "violated"
    (found, *_) = json.loads((where / "o.json").read_text())["violations"]
    assert found["workload"] == ["create foo"]
    assert "The power goes" in found["explanation"]
    assert found["replay"] in (where / "o.html").read_text()
    assert command(["filesystem", "ext2", "--replay", found["replay"]]) == 1
    assert ": 1 workloads, 1 states, " in capsys.readouterr().out
    assert command(["filesystem", "ext4", "--replay", found["replay"]]) == 2
    assert "is a recording of ext2, not of ext4" in line(capsys)


def test_a_run_whose_time_is_up_never_holds(where, capsys, can_mount) -> None:
    assert command(["filesystem", "ext4", "--time-limit", "0", "--json", "o.json"]) == 2
    report = json.loads((where / "o.json").read_text())
    assert (report["verdict"], report["why"]) == ("incomplete", ["the time limit was reached"])
    assert capsys.readouterr().out.splitlines()[-1] == "incomplete"


def test_a_workload_that_cannot_be_done_there_is_told(where, capsys, can_mount) -> None:
    (where / "big.txt").write_text(f"create foo\nwrite foo 0 {64 << 20}\nfsync foo\n")
    assert command(["filesystem", "ext4", "--workload", "big.txt"]) == 2
    told = " ".join(capsys.readouterr().out.split())
    assert "it cannot be done on this file system" in told
    assert "No space left on device" in told
    assert "/mount/" not in told


class ForgetsOne(Recorder):
    """A block layer that says it has flushed, and has not, when it is asked for the second time."""

    asked = 0

    def note(self, event) -> None:
        self.asked += isinstance(event, Flush) and self.base is not None
        if not (isinstance(event, Flush) and self.asked == 2):
            super().note(event)

    def freeze(self) -> None:
        self.asked = 0
        super().freeze()


class OneWriteTooEarly(Recorder):
    """A block layer that flushes as it is asked to, but for the last write, which overtakes the flush."""

    def note(self, event) -> None:
        with self.lock:
            last = self.events.pop() if self.events and isinstance(event, Flush) else None
        super().note(event)
        if last:
            super().note(last)


LONG = ("create bar", "fsync bar", "truncate A/foo 2500", "fsync A/foo")


@pytest.mark.parametrize("lies", [ForgetsOne, OneWriteTooEarly])
def test_a_flush_that_is_no_flush_is_found_and_told_by_the_shortest_workload_and_the_least_that_is_lost(
    can_mount, lies
) -> None:
    workload = Calls(LONG, ("mkdir A", "create A/foo", "write A/foo 0 8192"), PROMISES["ext4"])
    report = run(kind_of("ext4"), [workload], Options(plan=Plan(others=False), recorder=lies, at_once=1))
    assert (report.verdict, report.why) == ("violated", [])
    (found, *_) = report.violations
    assert len(found.lines) == 1 < len(LONG)
    assert re.search(r" [12] of the \d+ pieces written since flush \d+ are lost", found.explanation)
    assert run(kind_of("ext4"), [workload], Options(plan=Plan(others=False), at_once=1)).violations == []


SAFE = """import os, sys
folder, file = sys.argv[1:]
with open(folder + "/new", "wb") as new, open(file, "rb") as given:
    new.write(given.read())
    {sync}
os.rename(folder + "/new", folder + "/value")
os.fsync(os.open(folder, os.O_RDONLY))
"""
READ = 'test -e "$1/value" || exit 3; exec cat "$1/value"'


def report_on_a_writer(where: Path, sync: str, scenarios: int) -> Report:
    """One that replaces a file, and syncs its bytes before it does so."""
    (where / "write.py").write_text(SAFE.format(sync=sync))
    (where / "read.sh").write_text(READ)
    write = Command.parse(f"{sys.executable} {where}/write.py {{dir}} {{file}}", "--write")
    read = Command.parse(f"sh {where}/read.sh {{dir}}", "--read")
    among = programs(write, read, 0, where / "scratch")[:scenarios]
    kind = replace(kind_of("ext4"), part=0.0)
    return run(kind, among, Options(plan=Plan(others=False), at_once=1))  # so it has all of them


def test_a_program_that_syncs_holds_by_all_its_scenarios(where, can_mount) -> None:
    report = report_on_a_writer(where, "new.flush(); os.fsync(new.fileno())", 3)
    assert (report.verdict, report.workloads, report.why) == ("holds", 3, [])


def test_what_is_found_of_a_program_can_be_replayed_with_it_and_without_it_is_told(where, capsys, can_mount) -> None:
    report = report_on_a_writer(where, "pass", 1)
    (found, *_) = report.violations
    (where / "found.json").write_text(found.saved)
    assert command(["filesystem", "ext4", "--replay", "found.json"]) == 1
    (where / "gone.json").write_text(found.saved.replace(sys.executable, "/no-such-program"))
    capsys.readouterr()
    assert command(["filesystem", "ext4", "--replay", "gone.json"]) == 2
    assert "/no-such-program cannot be run" in " ".join(capsys.readouterr().out.split())


def test_it_is_said_of_which_workloads_only_some_were_drawn(where, capsys, monkeypatch, can_mount) -> None:
    monkeypatch.setattr(module, "run", lambda kind, workloads, *rest: Report(kind.name, workloads=len(workloads)))
    arguments = ["--workload", "seq3", "--workload", "synced.txt", "--workload", "seq2", "--seed", "5"]
    assert command(["filesystem", "ext4", *arguments, "--json", "o.json"]) == 2
    report = json.loads((where / "o.json").read_text())
    drawn = [f"of {name}, 400 workloads were drawn by chance, seed 5" for name in ("seq2", "seq3")]
    assert (report["workloads"], report["notes"]) == (801, drawn)


def test_a_device_that_does_not_answer_in_time_is_no_time_limit(monkeypatch) -> None:
    here, there = Pipe()
    there.send(TimeoutError(errno.ETIMEDOUT, "Connection timed out"))
    monkeypatch.setattr(running, "_benches", lambda *given: nullcontext([SimpleNamespace(pipe=here)]))
    with pytest.raises(TimeoutError, match="Connection timed out"):
        run(kind_of("ext4"), [], Options())


def test_who_is_interrupted_is_told_so_in_one_line(capsys, monkeypatch, can_mount) -> None:
    def interrupted(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "run", interrupted)
    assert command(["filesystem", "ext4"]) == 2
    assert line(capsys) == "store-crash: interrupted\n"


class Interrupted:
    """A module whose names are never there in time."""

    def __getattr__(self, name: str) -> None:
        raise KeyboardInterrupt


def test_also_in_the_first_second(capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "storage_conformance.crash.run_command", Interrupted())
    with pytest.raises(SystemExit, match="2"):
        main()
    assert line(capsys) == "store-crash: interrupted\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--options", "bogus=1"], "the new file system cannot be mounted with --options bogus=1: Invalid argument"),
        (["--mount", "false {device} {dir}"], "the new file system cannot be mounted: --mount failed with status 1"),
        (["--mount", "sh -c 'echo no way; exit 3' {device} {dir}"], "mounted: --mount failed with status 3: no way"),
    ],
)
def test_what_can_never_be_mounted_is_told_once(capsys, can_mount, arguments, said) -> None:
    assert command(["filesystem", "ext4", *arguments]) == 2
    assert said in line(capsys)
