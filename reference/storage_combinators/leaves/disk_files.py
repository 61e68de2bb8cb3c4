"""Files that a power cut leaves whole: what Disk does to the file system, in the order that makes it safe. Ours.

The order is the classic one: write a new file, sync it, rename it over the old, sync the folder.
"""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from typing import Literal, TypeAlias

__all__ = ["Files", "Safety"]

Safety: TypeAlias = Literal["power", "order", "kill"]
_NUMBERS = count()


@dataclass(frozen=True)
class Files:
    """The folder `root` and what is below, changed by one writer of all processes at a time, read by anybody."""

    root: str
    safety: Safety

    def replace(self, path: str, data: bytes) -> None:
        """Make `data` the content of `path`, by way of a new file on the desk."""
        with self._draft() as (draft, descriptor):
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            if self.safety != "kill":
                _sync(descriptor)
            self._rename(draft, path)

    def _rename(self, draft: str, path: str) -> None:
        folder = _parent(path)
        try:
            self._make(folder)
            os.replace(draft, path)
        except BaseException:
            self._prune(folder)  # a folder that was made but perhaps not synced must not look like a finished one
            raise
        self._sync_folder(folder)

    def remove(self, path: str) -> None:
        """Remove the file `path`, if it is there, and the folders that are empty then."""
        with suppress(FileNotFoundError):
            os.unlink(path)
        self._sync_folder(self._prune(_parent(path)))  # also if nothing was there: a killed writer had no time

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer. Every opening of the lock excludes every other: of threads and of forks too."""
        if not self.begun:
            if not self._make(self.root):
                self._sync_folder(_parent(self.root))  # who made it may have been killed
            self._make(self._desk)
        lock = os.open(os.path.join(self._desk, "lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._clear()
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)  # closing is not enough when a fork has inherited it
            os.close(lock)

    @property
    def begun(self) -> bool:
        """Has anybody written here in this way?"""
        return os.path.isdir(self._desk)

    @property
    def _desk(self) -> str:
        return os.path.join(self.root, ".desk")

    def _clear(self) -> None:
        """A draft that is there while we hold the lock is of a killed writer, who may not have synced its folders."""
        drafts = [name for name in os.listdir(self._desk) if name != "lock"]
        if drafts and self.safety == "power":
            os.sync()
        for name in drafts:
            os.unlink(os.path.join(self._desk, name))

    @contextmanager
    def _draft(self) -> Iterator[tuple[str, int]]:
        """A new file and its descriptor, gone at the end unless it was renamed; its name is nobody else's."""
        path = os.path.join(self._desk, f"{os.getpid()}-{next(_NUMBERS)}-{os.urandom(8).hex()}")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            yield path, descriptor
        finally:
            os.close(descriptor)
            with suppress(FileNotFoundError):
                os.unlink(path)

    def _make(self, folder: str) -> bool:
        """Make `folder` and what it lies in, outermost first, each synced before anything is made inside.

        Was anything missing?
        """
        missing = []
        while not os.path.isdir(folder):
            missing.append(folder)
            folder = _parent(folder)
        for new in reversed(missing):
            with suppress(FileExistsError):  # the root and the desk are made before there is a lock
                os.mkdir(new)
            self._sync_folder(_parent(new))
        return bool(missing)

    def _prune(self, folder: str) -> str:
        """Remove `folder` and those around it while they are empty; the first that is left."""
        while folder != self.root:
            try:
                os.rmdir(folder)
            except FileNotFoundError:
                pass
            except OSError:  # not empty, or not ours to remove: an empty folder does not show
                return folder
            folder = _parent(folder)
        return folder

    def _sync_folder(self, folder: str) -> None:
        if self.safety == "power":
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                _sync(descriptor)
            finally:
                os.close(descriptor)


def _parent(path: str) -> str:
    return os.path.dirname(path) or "."


def _sync(descriptor: int) -> None:
    if sys.platform == "darwin":
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)  # there, fsync leaves the data in the drive's own cache
    else:
        os.fsync(descriptor)
