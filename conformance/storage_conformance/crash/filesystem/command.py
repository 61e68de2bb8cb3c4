"""store-crash filesystem: options in, report out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ...report.files import write as write_file
from ...report.terminal import Terminal
from ..readers import BadCommand, Command
from .device import NoDevice
from .examining import Plan, replayed
from .generate import sequences
from .isolation import CannotIsolate, place
from .kinds import LARGE, SECONDS, Kind, Unknown, kind_of
from .needs import missing, missing_programs
from .page import page, show_report
from .program import programs
from .promises import USER_SPACE, promised
from .replay import READABLE, Unmounted
from .replay_file import BadReplay, Replay, load
from .result import Finding, Report
from .running import Options, Stopped, run
from .workload import BadWorkload, Workload, parse

__all__ = ["REFUSALS", "filesystem"]

REFUSALS = (BadCommand, BadReplay, BadWorkload, CannotIsolate, NoDevice, Stopped, Unknown)
"""What is told in one line, with exit status 2."""
LENGTHS = {"seq1": (1, 0), "seq2": (2, 400), "seq3": (3, 400)}
"""How many calls each workload has, and how many workloads are drawn by the seed; 0: all that there are."""
ALIKE = (
    "--write and --read were run once for states with the same names, contents, modes, owners, links, attributes and "
    "order of changes"
)
"""Nobody knows what a program makes of anything else, such as the very time."""
MOUNT = (
    f"mounts {{device}} at {{dir}} within {SECONDS} s: one of your own, in the background or not. The device has "
    f"{LARGE} MiB if you give --mkfs; only fsync counts, for sync does not reach a file system in user space"
)
Text = Annotated[str, typer.Option(metavar="CMD")]


def filesystem(
    name: Annotated[str, typer.Argument(metavar="TYPE", help="ext4, xfs, btrfs, ext2, or any that the kernel has")],
    mkfs: Annotated[str, typer.Option(metavar="CMD", help="makes it on {device}")] = "",
    options: Annotated[str, typer.Option(metavar="O", help="of the mount, such as data=journal,nodelalloc")] = "",
    mount: Annotated[str, typer.Option(metavar="CMD", help=MOUNT)] = "",
    unmount: Annotated[str, typer.Option(metavar="CMD", help="unmounts {dir}")] = "",
    workload: Annotated[list[str] | None, typer.Option(metavar="W", help="seq1, seq2, seq3 or a FILE")] = None,
    write: Annotated[str, typer.Option(metavar="CMD", help="a program as workload, as for store-crash run")] = "",
    read: Annotated[str, typer.Option(metavar="CMD", help="its reader; {dir} is a folder in the mount")] = "",
    replay: Annotated[Path | None, typer.Option(metavar="F", help="a saved recording, instead of workloads")] = None,
    seed: Annotated[int, typer.Option(help="of what is random")] = 0,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="F", help="write the report as JSON")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", metavar="F", help="write it as one page")] = None,
    time_limit: Annotated[float, typer.Option(min=0, metavar="S", help="seconds")] = float("inf"),
) -> int:
    """Crash-test a file system: record what reaches the device, cut the power everywhere, mount what is left.

    Needs root, /dev/fuse and loop devices, and no kernel module. A recording of ext4 is replayed without any of them.
    """
    kind = kind_of(name, mkfs, options, mount, unmount, recorded=bool(replay))
    asked = _Asked(kind, tuple(workload or ()), write, read, seed)
    if replay and (workload or write):
        raise BadCommand("--replay is instead of workloads: leave --workload, --write and --read out")
    unfinished = Report(kind.name, kind.options, seed, why=["it was not finished"])
    _write(unfinished, json_file, html_file)  # first, so that no report of an earlier run is left if this one fails
    given = Options(seed, time_limit)
    report = _replayed(kind, replay, given) if replay else _judged(asked, given)
    if not kind.check:
        report.notes.append(f"no checker of {name} is known here: only what can be read and written was judged")
    report.findings = list(_kept(report.findings, json_file, name, replay))
    if any(found.saved and not found.replay for found in report.findings):
        report.notes.append("not all replays could be written: is the disk full, or the folder read-only?")
    show_report(report, Terminal())
    _write(report, json_file, html_file)
    return report.status


def _write(report: Report, json_file: Path | None, html_file: Path | None) -> None:
    if json_file:
        write_file(json_file, json.dumps(report.as_dict(), indent=1, ensure_ascii=False) + "\n")
    if html_file:
        write_file(html_file, page(report))


class _Asked:
    """The workloads that the user asks for. Raises BadCommand, BadWorkload and OSError at once."""

    def __init__(self, kind: Kind, names: tuple[str, ...], write: str, read: str, seed: int) -> None:
        if bool(write) != bool(read):
            raise BadCommand("--write and --read come together")
        self.kind, self.seed = kind, seed
        self.commands = _pair(write, read) if write else None
        self.promises = USER_SPACE if kind.mount else promised(kind.name, kind.options)
        self.names = names or (() if write else ("seq1",))
        self.files = {name: parse(_file(name), self.promises) for name in self.names if name not in LENGTHS}

    def workloads(self, scratch: Path) -> list[Workload]:
        """All of them, the short ones first."""
        parts = [self._named(name) for name in sorted(self.names)]
        ran = programs(*self.commands, self.seed, scratch) if self.commands else []
        return [*chain.from_iterable(parts), *ran]

    def bounds(self) -> list[str]:
        """What was not looked at, in words: workloads that are not drawn, and states that look alike to a program."""
        drawn = [(name, LENGTHS[name][1]) for name in sorted(self.names) if name in LENGTHS and LENGTHS[name][1]]
        told = [f"of {name}, {limit} workloads were drawn by chance, seed {self.seed}" for name, limit in drawn]
        return told + [ALIKE] * bool(self.commands)

    def _named(self, name: str) -> Iterator[Workload]:
        if name in self.files:
            return iter([self.files[name]])
        count, limit = LENGTHS[name]
        return iter(sequences(count, seed=self.seed, limit=limit, promises=self.promises))


def _file(name: str) -> Path:
    if not Path(name).exists():
        raise BadCommand(f"--workload {name}: there is no such file, and it is none of {', '.join(LENGTHS)}")
    return Path(name)


def _pair(write: str, read: str) -> tuple[Command, Command]:
    commands = Command.parse(write, "--write"), Command.parse(read, "--read")
    if commands[0].has("key") != commands[1].has("key"):
        raise BadCommand("{key} is in one of --write and --read only: both need it, or none of them")
    for option, command in zip(("--write", "--read"), commands, strict=True):
        if not command.has("dir"):
            raise BadCommand(f"{option} has no {{dir}}: where its files are")
    return commands


def _judged(asked: _Asked, options: Options) -> Report:
    lacking = missing(asked.kind)
    if lacking:
        raise Unknown(f"to crash-test {asked.kind.name}, this is missing: {'; '.join(lacking)}")
    with place() as scratch:
        workloads = asked.workloads(scratch)
        with _progress() as progress:
            task = progress.add_task(asked.kind.name, total=len(workloads), states=0)
            report = run(
                asked.kind, workloads, options, lambda now: progress.update(task, advance=1, states=now.states)
            )
    report.notes += asked.bounds()
    return report


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} of {task.total} workloads"))
    console = Console(stderr=True)
    shown = (*columns, TextColumn("{task.fields[states]} states"), TimeElapsedColumn())
    return Progress(*shown, console=console, transient=True, disable=not console.is_terminal)


def _replayed(kind: Kind, file: Path, options: Options) -> Report:
    """What is saved, mounted where that is possible, else read by the tools of the file system."""
    with place() as scratch:
        saved = load(file, scratch / "programs")
        if saved.filesystem != kind.name:
            raise BadReplay(f"{file} is a recording of {saved.filesystem}, not of {kind.name}")
        kind = replace(kind, options=kind.options or saved.options, part=1.0)
        if not missing(kind):
            return run(kind, [saved], replace(options, at_once=1))
        return _unmounted(kind, saved, scratch, options)


def _unmounted(kind: Kind, saved: Replay, scratch: Path, options: Options) -> Report:
    lacking = missing_programs(["e2fsck", "debugfs"]) if kind.name in READABLE else missing(kind)
    if lacking:
        raise Unknown(f"to replay {kind.name}, this is missing: {'; '.join(lacking)}")
    report = Report(kind.name, kind.options, options.seed, notes=["nothing was mounted: read with e2fsck and debugfs"])
    report.add(replayed(Unmounted(kind, scratch), saved, Plan(options.seed)))
    return report


def _kept(found: list[Finding], json_file: Path | None, name: str, replay: Path | None) -> Iterator[Finding]:
    """Those with a replay, in files beside the report, as it is written over too; without one, in new files.

    Never in the file that was replayed.
    """
    beside = json_file or Path(f"store-crash-{name}")
    paths = (beside.with_name(f"{beside.stem}-{number}.replay.json") for number in count(1))
    free = (path for path in paths if not path.exists() or (json_file and not (replay and path.samefile(replay))))
    for each, path in zip(found, free, strict=False):
        yield replace(each, replay=str(path)) if each.saved and _is_saved(path, each.saved) else each


def _is_saved(path: Path, text: str) -> bool:
    """Whole or not at all: what was there may be the user's only recording."""
    new = path.with_name(f"{path.name}.new")
    try:
        new.write_text(text, "utf-8")
        new.replace(path)
    except OSError:
        with suppress(OSError):
            new.unlink()
        return False
    return True
