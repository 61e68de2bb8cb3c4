"""Device: one file served over FUSE, for a loop device to lie on; each write and each flush is recorded, in order.

It is a process of its own: who mounts a file system on it waits for it, and could not answer meanwhile.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from .image import Image
from .loops import NEW_MOUNTS, libc
from .recording import Event, Flush, Mark, Recording, Write

__all__ = ["NAME", "Device", "NoDevice", "Recorder", "serve"]

NAME = "device"


class NoDevice(RuntimeError):
    """The file could not be served; the text says what is missing."""


@dataclass
class Recorder:
    """What the device holds, and what was asked of it since `freeze`."""

    image: Image = field(default_factory=lambda: Image(0))
    base: Image | None = None
    events: list[Event] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def note(self, event: Event) -> None:
        """Do it, and record it if that has begun."""
        with self.lock:
            if isinstance(event, Write):
                self.image.write(event.offset, event.data)
            if self.base:
                self.events.append(event)

    def load(self, image: Image) -> None:
        """Hold this, and record nothing."""
        with self.lock:
            self.image, self.base, self.events = image, None, []

    def freeze(self) -> None:
        """Record from now on. What is held now counts as kept: the caller has synced."""
        with self.lock:
            self.base, self.events = self.image.copy(), []

    def mark(self, text: str) -> None:
        """Record that the workload said this."""
        self.note(Mark(text))

    def held(self) -> Image:
        """What is on it now."""
        with self.lock:
            return self.image.copy()

    def take(self) -> Recording:
        """What was recorded since `freeze`, which ends it."""
        with self.lock:
            made = Recording(self.base or Image(0), tuple(self.events))
            self.base, self.events = None, []
            return made


class Device:
    """The end of it that the workload's side holds: `path` is the file. The verbs are the Recorder's."""

    def __init__(self, folder: Path, recorder: Callable[[], Recorder] = Recorder) -> None:
        """Serve it from a new process, in a new folder. Raises NoDevice."""
        folder.mkdir()
        self.path = folder / NAME
        self._pipe, other = Pipe()
        self.process = os.fork()
        if not self.process:
            self._pipe.close()
            _end_with(lambda: serve(recorder(), folder, other))
        other.close()
        try:
            self._pipe.recv()
        except EOFError:
            raise NoDevice("no file could be served over FUSE: is libfuse3 installed, is /dev/fuse there?") from None

    def ask(self, verb: str, *arguments: object) -> Any:
        """What the Recorder answers. Raises NoDevice when its process is no more."""
        try:
            self._pipe.send((verb, arguments))
            return self._pipe.recv()
        except (EOFError, BrokenPipeError):
            raise NoDevice("the process that serves the recorded device has ended") from None

    def mark(self, text: str) -> None:
        """Put this between what was recorded before and what comes after."""
        self.ask("mark", text)

    def held(self) -> Image:
        """What is on it now."""
        answer: Image = self.ask("held")
        return answer

    def recorded(self) -> Recording:
        """What was recorded since "freeze", which ends it."""
        answer: Recording = self.ask("take")
        return answer


def _end_with(work: Callable[[], None]) -> None:
    """The end of a forked process: nothing of its parent's is run again."""
    try:
        work()
    finally:
        os._exit(0)


def serve(recorder: Recorder, folder: Path, pipe: Connection) -> None:
    """Serve the file until the folder is unmounted. Each request comes and is answered before the next."""
    from mfusepy import FUSE  # type: ignore[import-untyped]  # it has no types; here, for it loads libfuse

    def answer() -> None:
        try:
            while True:
                verb, arguments = pipe.recv()
                pipe.send(getattr(recorder, verb)(*arguments))
        except (EOFError, OSError):  # the other side is gone, and so is the reason for this process
            os._exit(0)

    def ready() -> None:
        libc("unshare", NEW_MOUNTS)  # else, being killed, it might have to unmount what lies on it, and wait for itself
        pipe.send("ready")
        Thread(target=answer, daemon=True).start()

    served = _operations(recorder, ready)
    FUSE(served, str(folder), foreground=True, nothreads=True, direct_io=True, fsname="store-crash")


def _operations(recorder: Recorder, ready: Callable[[], None]) -> Any:
    from mfusepy import FuseOSError, Operations

    class Served(Operations):  # type: ignore[misc]  # of a library without types
        """A folder with one file."""

        use_ns = True

        def init_with_config(self, conn_info: object, config_3: object) -> None:
            ready()

        def getattr(self, path: str, fh: int | None = None) -> dict[str, int]:
            if path == "/":
                return {"st_mode": stat.S_IFDIR | 0o700, "st_nlink": 2}
            if path == f"/{NAME}":
                return {"st_mode": stat.S_IFREG | 0o600, "st_nlink": 1, "st_size": recorder.image.size}
            raise FuseOSError(errno.ENOENT)

        def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
            with recorder.lock:
                return recorder.image.read(offset, size)

        def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
            recorder.note(Write(offset, bytes(data)))
            return len(data)

        def fsync(self, path: str, datasync: int, fh: int) -> int:
            recorder.note(Flush())
            return 0

    return Served()
