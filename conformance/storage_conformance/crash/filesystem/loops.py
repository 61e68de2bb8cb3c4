"""Loop devices and mounts by direct system calls, loop(4) and mount(2): a process for each would cost more than it."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import re
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

__all__ = [
    "NEW_MOUNTS", "CannotMount", "attached", "attached_files", "detach", "is_mounted", "libc", "mount", "mounts",
    "unmount",
]  # fmt: skip

CONTROL = Path("/dev/loop-control")
GET_FREE, CONFIGURE, CLEAR = 0x4C82, 0x4C0A, 0x4C01  # LOOP_CTL_GET_FREE, _CONFIGURE, _CLR_FD of <linux/loop.h>
AUTOCLEAR = 4  # LO_FLAGS_AUTOCLEAR: the kernel detaches it when nobody has it open or mounted
LOOP_CONFIG = "=II 5Q 4I 64s 64s 32s 2Q 8Q"  # struct loop_config, struct loop_info64 in it
MAJOR = 7
NEW_MOUNTS = 0x00020000  # CLONE_NEWNS
DETACH = 2  # MNT_DETACH
FLAGS = {
    "ro": 1, "nosuid": 2, "nodev": 4, "noexec": 8, "sync": 16, "mand": 64, "dirsync": 128, "noatime": 1024,
    "nodiratime": 2048, "relatime": 1 << 21, "strictatime": 1 << 24, "lazytime": 1 << 25,
}  # fmt: skip
NOTHING = ("rw", "suid", "dev", "exec", "async", "defaults", "atime", "loop")
TRIES, WAIT = 200, 0.01


class CannotMount(OSError):
    """The file system does not let itself be mounted; the text says with which error."""


def libc(name: str, *arguments: object) -> int:
    """A call that Python's os does not have. Raises OSError."""
    answer = getattr(_LIBC, name)(*arguments)
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return int(answer)


_LIBC = ctypes.CDLL(None, use_errno=True)


@contextmanager
def attached(file: Path) -> Iterator[Path]:
    """A loop device on the file. It is gone when this ends, or the process does, and nothing is mounted from it."""
    backing = os.open(file, os.O_RDWR)
    try:
        path, loop = _free_loop(backing)
    finally:
        os.close(backing)
    try:
        yield path
    finally:
        os.close(loop)


def _free_loop(backing: int) -> tuple[Path, int]:
    """Others may take the number between the two calls: then the next one."""
    control = os.open(CONTROL, os.O_RDWR)
    try:
        for _ in range(TRIES):
            path = _node(fcntl.ioctl(control, GET_FREE))
            loop = os.open(path, os.O_RDWR)
            try:
                fcntl.ioctl(loop, CONFIGURE, _config(backing))
            except OSError as error:
                os.close(loop)
                if error.errno != errno.EBUSY:
                    raise
                sleep(WAIT)
            else:
                return path, loop
    finally:
        os.close(control)
    raise OSError(errno.EBUSY, "no loop device was free for long")


def _config(backing: int) -> bytes:
    nothing = [b""] * 3 + [0] * 10
    return struct.pack(LOOP_CONFIG, backing, 0, 0, 0, 0, 0, 0, 0, 0, 0, AUTOCLEAR, *nothing)


def _node(number: int) -> Path:
    """A container may not have the kernel's own /dev."""
    path = Path(f"/dev/loop{number}")
    if not path.exists():
        os.mknod(path, stat.S_IFBLK | 0o600, os.makedev(MAJOR, number))
    return path


def attached_files() -> Iterator[tuple[Path, Path]]:
    """Each loop device that is in use, with its file."""
    for told in Path("/sys/block").glob("loop*/loop/backing_file"):
        try:
            yield Path("/dev", told.parts[3]), Path(told.read_text().rstrip("\n").removesuffix(" (deleted)"))
        except OSError:  # detached since it was listed
            continue


def detach(path: Path) -> None:
    """Free a loop device, now or as soon as nobody uses it."""
    loop = os.open(path, os.O_RDWR)
    try:
        fcntl.ioctl(loop, CLEAR)
    except OSError as error:
        if error.errno != errno.ENXIO:  # it was free already
            raise
    finally:
        os.close(loop)


def mount(source: Path, folder: Path, kind: str, options: str = "") -> None:
    """Mount it there; options are those of the command of that name. Raises CannotMount."""
    words = [word for word in options.split(",") if word and word not in NOTHING]
    flags = sum({FLAGS[word] for word in words if word in FLAGS})
    data = ",".join(word for word in words if word not in FLAGS)
    names = [os.fsencode(word) for word in (source, folder, kind)]
    try:
        libc("mount", *names, ctypes.c_ulong(flags), os.fsencode(data))
    except OSError as error:
        raise CannotMount(error.errno, os.strerror(error.errno or 0)) from None


def mounts(process: Path = Path("/proc/self")) -> list[Path]:
    """Where something is mounted, as a process sees it, the last one last. Raises OSError when that is no more."""
    told = (process / "mounts").read_text("utf-8", "surrogateescape").split("\n")[:-1]  # a name may hold other ends
    return [Path(re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), line.split(" ")[1])) for line in told]


def is_mounted(folder: Path) -> bool:
    """Nothing is asked of the file system itself: who serves it may be dead, or silent."""
    return folder.parent.resolve() / folder.name in mounts()


def unmount(folder: Path) -> None:
    """What umount2(2) does; who keeps it busy (a reader that ends, a daemon that looks at devices) is waited for."""
    for attempt in range(TRIES):
        try:
            libc("umount2", os.fsencode(folder), 0 if attempt < TRIES - 1 else DETACH)
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            sleep(WAIT)
        else:
            return
