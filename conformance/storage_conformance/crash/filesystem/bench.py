"""Bench: records workloads on a file system, and looks at what power cuts leave. It runs in a process of its own.

Everything of a file system's own (its lost+found, the tester's probe) lies at the top of the mount; workloads have a
folder there, `WORK`.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep

from ..readers import Command
from .device import Device, Recorder
from .image import Image
from .kinds import SECONDS, Kind, Unknown, ran
from .loops import CannotMount, attached, mount, unmount
from .perturb import NOBODY, UNRELATED, Perturbation, Perturber, sync_all
from .recording import Recording
from .states import State
from .workload import Workload

__all__ = ["WORK", "Bench"]

WORK = "work"
PROBE = "probe"
WAIT = 0.005


@dataclass
class Bench:
    """One file system, made once; `folder` is new, and for this bench alone."""

    kind: Kind
    folder: Path
    recorder: Callable[[], Recorder] = Recorder
    device: Device = field(init=False)
    made: Image = field(init=False)
    prepared: dict[tuple[str, ...], Image] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the file system. Raises NoDevice, and Unknown with what its maker says."""
        self.top.mkdir(parents=True)
        self.device = Device(self.folder / "device", self.recorder)
        self.device.ask("load", Image(self.kind.size << 20))
        with attached(self.device.path) as loop:
            status, said = ran(self.kind.mkfs.filled(device=loop))
        if status:
            raise Unknown(f"--mkfs failed with status {status}: {said or 'it said nothing'}")
        self.made = self.device.held()

    @property
    def top(self) -> Path:
        """Where it is mounted."""
        return self.folder / "mount"

    def close(self) -> None:
        """Unmount what serves the device."""
        unmount(self.device.path.parent)

    def record(self, workload: Workload, others: Perturbation = NOBODY) -> Recording:
        """Prepare it, and record it from there until the file system is unmounted. Raises what the workload raises."""
        self.device.ask("load", self.prepare(workload).copy())
        perturber = Perturber(others, self.top)

        def mark(text: str) -> None:
            self.device.mark(text)
            perturber.hear(text)

        try:
            with self.mounted(self.device.path):
                self.device.ask("freeze")
                workload.perform(self.top / WORK, mark)
        finally:
            perturber.close()
        return self.device.recorded()

    def prepare(self, workload: Workload) -> Image:
        """The device with what the workload needs, unmounted; workloads that need the same share it."""
        if workload.before not in self.prepared:
            self.device.ask("load", self.made.copy())
            with self.mounted(self.device.path):
                (self.top / WORK).mkdir()
                (self.top / UNRELATED).write_bytes(b"")
                workload.prepare(self.top / WORK)
                sync_all(self.top)
            self.prepared[workload.before] = self.device.held()
        return self.prepared[workload.before]

    def complaints(self, state: State, workload: Workload, *, thorough: bool = True) -> list[str]:
        """What is wrong with a state, a sentence each. `thorough`: the file system's checker looks at it too."""
        return self.looked(state.image(), lambda root: self._judged(root, state, workload), thorough=thorough)

    def _judged(self, root: Path, state: State, workload: Workload) -> list[str]:
        told = [said for begun, done in sorted(state.moments) for said in workload.judge(root, begun, done)]
        return list(dict.fromkeys(told)) + _written(self.top / PROBE)

    def looked(self, image: Image, look: Callable[[Path], list[str]], *, thorough: bool = True) -> list[str]:
        """What `look` says of the workload's folder on this image, and the file system of being mounted and checked."""
        file = self.folder / "state"
        image.save(file)
        try:
            with self.mounted(file):
                told = look(self.top / WORK)
            return told or (list(filter(None, [self.kind.complaint(file)])) if thorough else [])
        except CannotMount as error:
            return [f"it cannot be mounted: {error.strerror}"]
        finally:
            file.unlink()

    @contextmanager
    def mounted(self, file: Path) -> Iterator[None]:
        """The file system on this file, mounted at the top, and whoever serves it gone afterwards."""
        with attached(file) as loop:
            if not self.kind.mount:
                mount(loop, self.top, self.kind.name, self.kind.all_options)
                try:
                    yield
                finally:
                    unmount(self.top)
                return
            served = _served(self.kind.mount, loop, self.top)
            try:
                yield
            finally:
                _unserve(self.kind.unmount, self.top, served)


def _written(probe: Path) -> list[str]:
    """Whether the file system takes something new, and keeps it as long as it is mounted."""
    try:
        file = os.open(probe, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(file, b"after the crash")
            os.fsync(file)
            held = os.pread(file, 100, 0)
        finally:
            os.close(file)
        probe.unlink()
    except OSError as error:
        return [f"it cannot be written after the crash: {error.strerror}"]
    return [] if held == b"after the crash" else [f"what is written after the crash reads as {held!r}"]


def _served(command: Command, loop: Path, top: Path) -> subprocess.Popen[bytes]:
    """Start a user's own file system; it may stay in the foreground or not. Raises CannotMount."""
    words = command.filled(device=loop, dir=top)
    served = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603  # the user's own
    for _ in range(int(SECONDS / WAIT)):
        if top.is_mount():
            return served
        if served.poll():
            raise CannotMount(0, f"--mount failed with status {served.returncode}")
        sleep(WAIT)
    served.kill()
    raise CannotMount(0, f"--mount did not mount it within {SECONDS} s")


def _unserve(command: Command | None, top: Path, served: subprocess.Popen[bytes]) -> None:
    """Unmount it, and wait for its process, which may be writing still."""
    if command:
        ran(command.filled(dir=top))
    if top.is_mount():
        unmount(top)
    try:
        served.wait(SECONDS)
    except subprocess.TimeoutExpired:
        served.kill()
        served.wait()
