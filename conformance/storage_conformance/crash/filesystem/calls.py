"""make: one call of a workload, on a real folder. Each writes at once, in one piece, and closes what it opened."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..words import content_of

__all__ = ["make"]

PUNCH = 0x01 | 0x02  # FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE of <linux/falloc.h>
EXCHANGE = 2  # RENAME_EXCHANGE of <linux/fs.h>
AT_FDCWD = -100


def make(root: Path, line: str, number: int) -> None:
    """The call of that number, as `words` understands it. Raises OSError."""
    verb, *words = line.split()
    getattr(_Maker(root, number), verb.replace("-", "_"))(*words)


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    descriptor = os.open(path, flags, 0o644)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _libc(name: str, *arguments: int | bytes | ctypes.c_longlong) -> None:
    """A call that Python's os does not have. Raises OSError."""
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


@dataclass(frozen=True)
class _Maker:
    """The verbs, on paths below the root."""

    root: Path
    number: int

    def create(self, path: str) -> None:
        with _opened(self.root / path, os.O_WRONLY | os.O_CREAT | os.O_EXCL):
            pass

    def mkdir(self, path: str) -> None:
        (self.root / path).mkdir()

    def symlink(self, path: str, target: str) -> None:
        (self.root / path).symlink_to(target)

    def link(self, path: str, new: str) -> None:
        (self.root / new).hardlink_to(self.root / path)

    def unlink(self, path: str) -> None:
        place = self.root / path
        place.rmdir() if place.is_dir() and not place.is_symlink() else place.unlink()

    def rename(self, path: str, new: str) -> None:
        (self.root / path).rename(self.root / new)

    def exchange(self, path: str, new: str) -> None:
        both = (os.fsencode(self.root / path), os.fsencode(self.root / new))
        _libc("renameat2", AT_FDCWD, both[0], AT_FDCWD, both[1], EXCHANGE)

    def write(self, path: str, offset: str, content: str, flags: int = 0) -> None:
        start = int(offset)
        left = memoryview(content_of(content, self.number, start))
        with _opened(self.root / path, os.O_WRONLY | flags) as descriptor:
            while left:
                count = os.pwrite(descriptor, left, start)
                left, start = left[count:], start + count

    overwrite = write

    def append(self, path: str, content: str) -> None:
        self.write(path, str((self.root / path).stat().st_size), content)

    def dsync_write(self, path: str, offset: str, content: str) -> None:
        self.write(path, offset, content, os.O_DSYNC)

    def truncate(self, path: str, size: str) -> None:
        os.truncate(self.root / path, int(size))

    def zero(self, path: str, start: str, size: str) -> None:
        with _opened(self.root / path, os.O_WRONLY) as descriptor:
            _libc("fallocate", descriptor, PUNCH, ctypes.c_longlong(int(start)), ctypes.c_longlong(int(size)))

    def fsync(self, path: str) -> None:
        with _opened(self.root / path, os.O_RDONLY) as descriptor:
            os.fsync(descriptor)

    def fdatasync(self, path: str) -> None:
        with _opened(self.root / path, os.O_RDONLY) as descriptor:
            os.fdatasync(descriptor)

    def sync(self) -> None:
        """This file system only: os.sync would wait for all others too, the one that holds the image among them."""
        with _opened(self.root, os.O_RDONLY) as descriptor:
            _libc("syncfs", descriptor)
