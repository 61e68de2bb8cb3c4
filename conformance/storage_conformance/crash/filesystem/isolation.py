"""Isolation: a process with mounts and children of its own, which all end with it, however it ends.

In namespaces of its own (mount, PID) nothing that it mounts is seen outside, and the kernel unmounts it when the
process is no more; loop devices detach by themselves then. So there is nothing to clean up after a kill but the folder:
`place` removes those of runs that are no more, with whatever is still mounted or attached there, and no others.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from time import sleep
from typing import Any

from .loops import NEW_MOUNTS, attached_files, detach, libc, mounts, unmount

__all__ = ["CannotIsolate", "Isolated", "clear", "place", "sweep"]

NEW_PROCESSES = 0x20000000  # CLONE_NEWPID
PRIVATE = 0x4000 | 0x40000  # MS_REC | MS_PRIVATE
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
MARK = "store-crash-filesystem-"
MEMORY = Path("/dev/shm")  # noqa: S108  # private folders are made in it
PATIENCE, WAIT = 2000, 0.01


class CannotIsolate(RuntimeError):
    """This process may not do what needs root; the text says what is missing."""


class Isolated:
    """A process that runs `target(pipe)`; `pipe` here is the other end. It ends when this process does, or `close`."""

    def __init__(self, target: Callable[..., None], *arguments: object) -> None:
        """Start it. Call from the main thread: it is this thread that it ends with."""
        context = get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_apart, args=(os.getpid(), other, target, arguments), daemon=True)
        self.process.start()
        other.close()

    def close(self) -> None:
        """End it at once, and with it what it mounted and started."""
        if self.process.is_alive():  # else the number may be another's by now
            with suppress(OSError):  # none was made yet
                inside = Path(f"/proc/{self.process.pid}/ns/pid_for_children").readlink()
                _end_those(lambda process: (process / "ns/pid").readlink() == inside)
        self.process.kill()
        self.process.join()
        with suppress(EOFError, OSError):
            while self.pipe.poll(PATIENCE * WAIT):  # until both it and the process in the namespaces are gone
                self.pipe.recv()
        self.pipe.close()


def _end_those(which: Callable[[Path], bool]) -> None:
    """End the processes in other namespaces for whose folder in /proc this says so; never one in that of the caller.

    The kernel would, with the first of a namespace; but that one cannot end while a file system in user space, which
    is one of the others, owes it an answer.
    """
    own = Path("/proc/self/ns/pid").readlink()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError), _known(int(process.name)) as file:  # it ended meanwhile
            if (process / "ns/pid").readlink() != own and which(process):
                signal.pidfd_send_signal(file, signal.SIGKILL)


@contextmanager
def _known(process: int) -> Iterator[int]:
    """A descriptor that stays this process's, as its number may not. Raises OSError when it is no more."""
    file = os.pidfd_open(process)
    try:
        yield file
    finally:
        os.close(file)


def _apart(parent: int, pipe: Connection, target: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    _end_with(parent)
    try:
        _enter()
    except OSError as error:
        pipe.send(CannotIsolate(f"this process may not mount ({error.strerror}): in a container, run it privileged"))
        return
    child = os.fork()  # the first process of the new namespace: the kernel ends the others with it
    if child:
        pipe.close()
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)
    _end_with(0)  # as the first process of a namespace sees its parent, which is outside
    libc("mount", b"proc", b"/proc", b"proc", 0, None)
    try:
        target(pipe, *arguments)
    except BaseException:
        traceback.print_exc()  # nobody else does: the process ends below
        raise
    finally:
        sys.stderr.flush()
        os._exit(0)


def _enter() -> None:
    libc("unshare", NEW_MOUNTS | NEW_PROCESSES)
    libc("mount", b"none", b"/", None, PRIVATE, None)


def _end_with(parent: int) -> None:
    """Be killed when the parent ends; Ctrl-C is the parent's to hear."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    libc("prctl", DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before the line above
        os._exit(1)


@contextmanager
def place() -> Iterator[Path]:
    """A folder in memory, where there is one, for images and mount points; what killed runs left is removed first."""
    base = (MEMORY if os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())).resolve()  # as mounts are told
    sweep(base)
    made = Path(tempfile.mkdtemp(prefix=f".{MARK}", dir=base))
    lock = os.open(made, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = made.rename(base / made.name[1:])  # locked before anybody can take it for one that was left
        try:
            yield folder
        finally:
            clear(folder)
    finally:
        os.close(lock)


def sweep(base: Path) -> list[Path]:
    """Remove what runs that are no more left below `base`: those whose folder nobody holds locked."""
    left = [folder for folder in base.glob(f"{MARK}*") if _is_left(folder)]
    for folder in left:
        clear(folder)
    return left


def _is_left(folder: Path) -> bool:
    try:
        lock = os.open(folder, os.O_RDONLY)
    except OSError:  # its run has just removed it, or it is somebody else's
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        return True
    finally:
        os.close(lock)


def clear(folder: Path) -> None:
    """End who mounted something in the folder, unmount and detach what is there still, and remove it.

    It stays where a loop device cannot be freed, for the next run to try again.
    """
    if not Path("/proc/self/mounts").exists():  # nor Linux: nothing is mounted here by us
        shutil.rmtree(folder, ignore_errors=True)
        return
    own = mounts()
    _end_those(lambda process: any(point not in own and point.is_relative_to(folder) for point in mounts(process)))
    for point in reversed(own):
        if point.is_relative_to(folder):
            unmount(point)
    for loop, _ in [found for found in attached_files() if found[1].is_relative_to(folder)]:
        detach(loop)
    for _ in range(PATIENCE):  # the kernel takes a moment for what ended by itself
        if not any(file.is_relative_to(folder) for _, file in attached_files()):
            shutil.rmtree(folder, ignore_errors=True)
            return
        sleep(WAIT)
