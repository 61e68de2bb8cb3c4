"""Bench: records workloads on a file system, and looks at what power cuts leave. It runs in a process of its own.

Everything of a file system's own (its lost+found, the tester's probe) lies at the top of the mount; workloads have a
folder there, `WORK`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from .device import Device, Recorder
from .image import Image
from .kinds import Kind, Unknown, ran
from .loops import CannotMount, attached, mount, unmount
from .perturb import NOBODY, UNRELATED, Perturbation, Perturber, sync_all
from .program import Program
from .recording import Recording
from .served import NoAnswer, served
from .states import State
from .workload import Calls, Complaint, Workload

__all__ = ["WORK", "Bench"]

WORK = "work"
PROBE = "probe"
LONG = 600.0
"""Seconds for a workload of a user's programs; for single calls the patience of the kind is enough."""


@dataclass
class Bench:
    """One file system, made once; `folder` is new, and for this bench alone."""

    kind: Kind
    folder: Path
    recorder: Callable[[], Recorder] = Recorder
    prepared: dict[tuple[str, ...], Image] = field(default_factory=dict)

    @cached_property
    def device(self) -> Device:
        """What is recorded. Raises NoDevice."""
        return Device(self.folder / "device", self.recorder)

    @cached_property
    def made(self) -> Image:
        """The new file system. Raises NoDevice, and Unknown with what its maker says, or whoever mounts it."""
        assert self.kind.mkfs
        self.device.ask("load", Image(self.kind.size << 20))
        with attached(self.device.path) as loop:
            status, said = ran(self.kind.mkfs.filled(device=loop))
        if status:
            raise Unknown(f"--mkfs failed with status {status}: {said or 'it said nothing'}")
        made = self.device.held()
        try:
            with self.mounted(self.device.path, self.kind.patience):
                return made
        except (CannotMount, NoAnswer) as error:
            options = f" with --options {self.kind.options}" if self.kind.options else ""
            raise Unknown(f"the new file system cannot be mounted{options}: {error.strerror}") from None

    def __post_init__(self) -> None:
        self.top.mkdir(parents=True)

    @property
    def state(self) -> Path:
        """The file of the image that was looked at last."""
        return self.folder / "state"

    @property
    def top(self) -> Path:
        """Where it is mounted."""
        return self.folder / "mount"

    def close(self) -> None:
        """Unmount what serves the device."""
        if "device" in self.__dict__:
            unmount(self.device.path.parent)

    def patience(self, workload: Workload) -> float:
        """Seconds in which it has to be done, or looked at."""
        return self.kind.patience if isinstance(workload, Calls) else LONG

    def record(self, workload: Workload, others: Perturbation = NOBODY) -> Recording:
        """Prepare it, and record it from there; with nobody else, until the file system is unmounted.

        Raises what the workload raises, and NoAnswer.
        """
        self.device.ask("load", self.prepare(workload).copy())
        perturber = Perturber(others, self.top)

        def mark(text: str) -> None:
            self.device.mark(text)
            perturber.hear(text)

        try:
            with self.mounted(self.device.path, self.patience(workload)):
                self.device.ask("freeze")
                workload.perform(self.top / WORK, mark)
                if others != NOBODY:  # what unmounting writes was seen without them
                    return self.device.recorded()
            return self.device.recorded()
        finally:
            perturber.close()

    def prepare(self, workload: Workload) -> Image:
        """The device with what the workload needs, unmounted; workloads that need the same share it."""
        if workload.before not in self.prepared:
            self.device.ask("load", self.made.copy())
            with self.mounted(self.device.path, self.patience(workload)):
                (self.top / WORK).mkdir()
                (self.top / UNRELATED).write_bytes(b"")
                workload.prepare(self.top / WORK)
                sync_all(self.top)
            self.prepared[workload.before] = self.device.held()
        return self.prepared[workload.before]

    def complaints(self, state: State, workload: Workload, *, thorough: bool = True) -> list[Complaint]:
        """What is wrong with a state. `thorough`: if nothing is, the file system's own checker looks at it too."""
        found: list[Complaint] = []

        def judge() -> None:
            found.extend(workload.judge(self.top / WORK, state.moments))
            found.extend((said, max(state.moments)) for said in _written(self.top / PROBE))

        said = self.looked_at(state.image(), judge, self.patience(workload))
        if said and isinstance(workload, Program):
            workload.answers.clear()  # the last may be of who was ended
        if not said and not found and thorough:
            said = self.kind.complaint(self.state)
        return [(said, max(state.moments))] if said else found

    def looked_at(self, image: Image, look: Callable[[], None], patience: float) -> str:
        """Call `look` while this image is mounted at the top; why it cannot be mounted or asked, or "".

        The image stays in `state`.
        """
        self.state.unlink(missing_ok=True)
        image.save(self.state)
        try:
            with self.mounted(self.state, patience):
                look()
        except CannotMount as error:
            return f"it cannot be mounted: {error.strerror}"
        except NoAnswer as error:
            return str(error.strerror)
        return ""

    @contextmanager
    def mounted(self, file: Path, patience: float) -> Iterator[None]:
        """The file system on this file, mounted at the top, and whoever serves it gone afterwards."""
        with attached(file) as loop:
            if self.kind.mount:
                with served(self.kind, loop, self.top, self.folder / "said", patience):
                    yield
                return
            mount(loop, self.top, self.kind.name, self.kind.all_options)
            try:
                yield
            finally:
                unmount(self.top)


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
