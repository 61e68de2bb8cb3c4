"""Record what Python code in this very process does to a folder: no other program, no root, any system.

While `recorded` is open, `open` and the functions of `os` that change files are wrapped, wherever they were imported.
What goes past them (extensions such as sqlite3, mapped memory, other processes) is noticed when the folder at the end
is not as the recorded calls leave it.
"""

from __future__ import annotations

import io
import os
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import RLock, get_ident
from typing import Any

from .mirror import Place, Spot
from .recorder import OUTSIDE, Opened, Recorder
from .shim_files import RecordedFile, opened_file
from .trace import Call

__all__ = ["Fault", "Shim", "recorded"]

Fault = Callable[[str, int], "OSError | int | None"]
"""Asked before each call by its name and node: an error to raise, a number of bytes to write only, or None."""
LIBRARY = (os.path.realpath(sysconfig.get_paths()["stdlib"]), os.path.dirname(os.path.realpath(__file__)))


@dataclass
class Shim:
    """The wrapped functions: each does what it wraps, then tells the recorder, with no other thread in between."""

    recorder: Recorder
    fault: Fault = lambda name, node: None
    files: dict[int, Opened] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)
    real: dict[str, Callable[..., Any]] = field(default_factory=dict)

    def spot(self, path: Any, folder: int | None = None, *, follow: bool = False) -> Spot:
        """Where a path leads, from a folder that is open or from the current one."""
        name = os.fsdecode(path)
        if folder is None:
            return self.recorder.mirror.find("/", os.path.join(os.getcwd(), name), follow=follow)
        base: Place = self.files[folder].node if folder in self.files else "/"
        return self.recorder.mirror.find(base, name, follow=follow)

    def node(self, file: Any, *, follow: bool = True) -> int:
        """The node of a descriptor or path; OUTSIDE where it is not recorded."""
        if isinstance(file, int):
            return self.files[file].node if file in self.files else OUTSIDE
        found = self.spot(file, follow=follow).node
        return OUTSIDE if found is None else found

    def call(self, name: str, node: int, *args: Any, **options: Any) -> Any:
        """The real call, unless it is to fail; from now on the recorder knows who made it."""
        if node != OUTSIDE and isinstance(error := self.fault(name, node), OSError):
            if name in ("fsync", "fdatasync"):
                self._stamp()
                self.recorder.sync_failed(node, name)
            raise error
        result = self.real[name](*args, **options)
        self._stamp()
        return result

    def _stamp(self) -> None:
        """The call that is told next was made now."""
        end = self.recorder.call.end
        self.recorder.call = Call("", end + 1, end + 2, os.getpid(), get_ident(), _place())

    def open(self, path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        with self.lock:
            exclusive = flags & os.O_CREAT and flags & os.O_EXCL
            follow = not (flags & getattr(os, "O_NOFOLLOW", 0) or exclusive)
            spot = self.spot(path, dir_fd, follow=follow)
            number: int = self.call("open", OUTSIDE, path, flags, mode, dir_fd=dir_fd)
            self.files.pop(number, None)
            file = self.recorder.open(spot, flags, mode)
            if file.node != OUTSIDE:
                self.files[number] = file
            return number

    def close(self, number: int) -> None:
        with self.lock:
            self.files.pop(number, None)
            self.real["close"](number)

    def write(self, number: int, data: Any) -> int:
        return self._written("write", number, None, data)

    def pwrite(self, number: int, data: Any, offset: int) -> int:
        return self._written("pwrite", number, offset, data)

    def writev(self, number: int, parts: Any) -> int:
        return self._written("write", number, None, b"".join(parts))

    def pwritev(self, number: int, parts: Any, offset: int, flags: int = 0) -> int:
        return self._written("pwrite", number, offset, b"".join(parts))

    def _written(self, name: str, number: int, offset: int | None, data: Any) -> int:
        with self.lock:
            file = self.files.get(number)
            if file is None:
                return int(self.real[name](number, data, *(() if offset is None else (offset,))))
            least = self.fault(name, file.node)
            if isinstance(least, OSError):
                raise least
            whole = bytes(data)[:least]
            if offset is None:
                file.offset = os.lseek(number, 0, os.SEEK_CUR)
            count: int = self.call(name, OUTSIDE, number, whole, *(() if offset is None else (offset,)))
            self.recorder.write(file, whole[:count], offset)
            return count

    def dup(self, number: int) -> int:
        with self.lock:
            copy: int = self.real["dup"](number)
            self._copied(number, copy)
            return copy

    def dup2(self, number: int, copy: int, inheritable: bool = True) -> int:
        with self.lock:
            self.real["dup2"](number, copy, inheritable)
            self._copied(number, copy)
            return copy

    def _copied(self, number: int, copy: int) -> None:
        self.files.pop(copy, None)
        if number in self.files:
            self.files[copy] = self.files[number]

    def fsync(self, file: Any) -> None:
        self._synced("fsync", file)

    def fdatasync(self, file: Any) -> None:
        self._synced("fdatasync", file)

    def _synced(self, name: str, file: Any) -> None:
        with self.lock:
            number = file if isinstance(file, int) else file.fileno()
            node = self.node(number)
            self.call(name, node, number)
            self.recorder.sync(node, data=name == "fdatasync")

    def sync(self) -> None:
        with self.lock:
            self.call("sync", OUTSIDE)
            self.recorder.sync_all()

    def rename(self, old: Any, new: Any, *, src_dir_fd: int | None = None, dst_dir_fd: int | None = None) -> None:
        with self.lock:
            spots = self.spot(old, src_dir_fd), self.spot(new, dst_dir_fd)
            self.call("rename", spots[0].node or OUTSIDE, old, new, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)
            self.recorder.rename(*spots)

    replace = rename

    def link(
        self, old: Any, new: Any, *, src_dir_fd: int | None = None, dst_dir_fd: int | None = None, **how: Any
    ) -> None:
        with self.lock:
            spots = self.spot(old, src_dir_fd), self.spot(new, dst_dir_fd)
            self.call("link", OUTSIDE, old, new, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd, **how)
            self.recorder.link(*spots)

    def symlink(self, target: Any, path: Any, target_is_directory: bool = False, *, dir_fd: int | None = None) -> None:
        with self.lock:
            spot = self.spot(path, dir_fd)
            self.call("symlink", OUTSIDE, target, path, target_is_directory, dir_fd=dir_fd)
            self.recorder.symlink(os.fsdecode(target), spot)

    def _removed(self, name: str, path: Any, *, dir_fd: int | None = None) -> None:
        with self.lock:
            spot = self.spot(path, dir_fd)
            self.call(name, OUTSIDE, path, dir_fd=dir_fd)
            self.recorder.unlink(spot, name)

    def mkdir(self, path: Any, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        with self.lock:
            spot = self.spot(path, dir_fd)
            self.call("mkdir", OUTSIDE, path, mode, dir_fd=dir_fd)
            self.recorder.mkdir(spot, mode)

    def truncate(self, file: Any, length: int) -> None:
        with self.lock:
            node = self.node(file)
            self.call("truncate", node, file, length)
            self.recorder.truncate(node, length)

    def posix_fallocate(self, number: int, offset: int, length: int) -> None:
        with self.lock:
            self.call("posix_fallocate", self.node(number), number, offset, length)
            self.recorder.allocate(self.node(number), 0, offset, length)

    def _by_reading(self, name: str, *args: Any, **options: Any) -> int:
        """sendfile, copy_file_range: what was copied is read back from the file it went to."""
        with self.lock:
            number = args[1] if name == "copy_file_range" else args[0]
            offset = options.get("offset_dst", args[4] if name == "copy_file_range" and len(args) > 4 else None)
            file = self.files.get(number)
            count = int(self.call(name, OUTSIDE, *args, **options))
            if file and count:
                end = os.lseek(number, 0, os.SEEK_CUR) if offset is None else offset + count
                with self.real["io.open"](self.recorder.root / self.recorder.mirror.path(file.node), "rb") as copy:
                    copy.seek(end - count)
                    self.recorder.write(file, copy.read(count), end - count)
            return count

    def open_file(self, file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
        """The built-in open; only files below the folder that may be written to are ours."""
        number = isinstance(file, int)
        if (number and file not in self.files) or not set(mode) & set("wax+") or not (number or self._inside(file)):
            return self.real["io.open"](file, mode, *args, **options)
        return opened_file(partial(RecordedFile, self), file, mode, *args, **options)

    def _inside(self, path: Any) -> bool:
        return not self.spot(path, follow=True).outside

    def open_by_mode(self, path: Any, flags: int) -> int:
        """What a file object opens its file with."""
        return self.open(path, flags, 0o666)

    def forget(self, number: int) -> None:
        """A file object is about to close its descriptor itself."""
        with self.lock:
            self.files.pop(number, None)

    def wrapped(self) -> dict[str, Callable[..., Any]]:
        """Each function of os that is wrapped, by name; only those that this system has."""
        own: dict[str, Callable[..., Any]] = {name: getattr(self, name) for name in OWN}
        own |= {name: partial(self._removed, name) for name in ("unlink", "remove", "rmdir")}
        own |= {name: partial(self._by_reading, name) for name in ("sendfile", "copy_file_range")}
        own["ftruncate"] = self.truncate
        return {name: function for name, function in own.items() if hasattr(os, name)}


OWN = (
    "open", "close", "write", "pwrite", "writev", "pwritev", "dup", "dup2", "fsync", "fdatasync", "sync", "rename",
    "replace", "link", "symlink", "mkdir", "truncate", "posix_fallocate",
)  # fmt: skip


@contextmanager
def recorded(recorder: Recorder, fault: Fault = lambda name, node: None) -> Iterator[Shim]:
    """Record what happens in this process, all threads, until the end of the block."""
    shim = Shim(recorder, fault)
    wrapped = shim.wrapped()
    shim.real = {name: getattr(os, name) for name in wrapped} | {"io.open": io.open}
    swaps = {id(shim.real[name]): function for name, function in wrapped.items()}
    swaps[id(io.open)] = shim.open_file
    before = list(_held(swaps))
    for module, name, value in before:
        setattr(module, name, swaps[id(value)])
    try:
        yield shim
    finally:
        for module, name, value in before:
            setattr(module, name, value)


def _held(swaps: dict[int, Any]) -> Iterator[tuple[Any, str, Any]]:
    """Every module that has one of these functions, under whatever name: os, posix, builtins, who imported them."""
    for module in list(sys.modules.values()):
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if id(value) in swaps:
                yield module, name, value


def _place() -> str:
    """The line of the program that made the call: the first that is not of a library."""
    frame = sys._getframe(1)
    while frame and os.path.realpath(frame.f_code.co_filename).startswith(LIBRARY):
        if frame.f_back is None:
            return ""
        frame = frame.f_back
    return f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"
