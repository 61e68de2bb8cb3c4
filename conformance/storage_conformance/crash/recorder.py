"""Recorder: calls that a program made, told one by one, become the steps of a Trace, whoever heard of them.

Every method is one system call that succeeded, and has its name; open files are Opened. What happens outside of the
folder is not recorded, but for files that are made there and moved in; what else crosses its border is Unseen.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from .mirror import Mirror, Opened, Spot
from .trace import (
    Call,
    Create,
    Failed,
    Hardlink,
    Map,
    Mark,
    Mkdir,
    Msync,
    Op,
    Rename,
    Seen,
    Step,
    Symlink,
    Sync,
    SyncAll,
    Trace,
    Truncate,
    Unlink,
    Unseen,
    Write,
    Zero,
)  # fmt: skip
from .tree import OUTSIDE, ROOT, first_difference, read_tree

__all__ = ["OUTSIDE", "Opened", "Recorder"]

TMPFILE = getattr(os, "O_TMPFILE", -1)  # Linux only
DSYNC, SYNC = getattr(os, "O_DSYNC", 0), os.O_SYNC  # on Linux O_SYNC has the bit of O_DSYNC and one more
NOREPLACE, EXCHANGE = 1, 2  # renameat2(2)
KEEP_SIZE, PUNCH_HOLE, ZERO_RANGE = 1, 2, 16  # fallocate(2)
SPECIAL = ("/dev/", "/proc/", "/sys/")  # where no file is that can be moved
RWF_DSYNC, RWF_SYNC, RWF_APPEND = 2, 4, 16  # pwritev2(2)
STRAY = 64 << 20  # bytes that a file outside may hold, sparse or not, and still be followed


@dataclass
class Recorder:
    """The trace so far and the folder as it must be now. `call` says who made the call that is told next, and when."""

    root: Path
    hears_all: bool = False
    """Whether calls outside of the folder are told too."""
    trace: Trace = field(init=False)
    mirror: Mirror = field(init=False)
    mapped: set[int] = field(default_factory=set)
    strays: set[int] = field(default_factory=set)
    """Files made outside in this run that have not been moved in."""
    call: Call = field(default_factory=lambda: Call("", 1, 1))

    def __post_init__(self) -> None:
        self.root = self.root.resolve()
        self.trace, self.mirror = Trace(read_tree(self.root)), Mirror(str(self.root))
        self.mirror.fill(self.trace.initial)

    def add(self, text: str, *ops: Op) -> None:
        """The steps of one call, with its text for people."""
        call = replace(self.call, text=text)
        self.trace.steps += [Step(op, call) for op in ops]

    def unseen(self, why: str, node: int | None = None) -> None:
        """Something that cannot be followed: the trace will not be called safe; for a stray, if it is moved in."""
        if node in self.strays:
            self.mirror.outside = {path: held for path, held in self.mirror.outside.items() if held != node}
            self.mirror.files.pop(node, None)
        else:
            self.add(why, Unseen(why))

    def mark(self, what: str, run: int, text: str) -> None:
        """A run of the writer "began" or "returned"."""
        self.add(text, Mark(what, run))

    def open(self, spot: Spot, flags: int, mode: int = 0o666) -> Opened:
        """open, openat, creat: a new description, at the start of the file."""
        if spot.outside:
            return self._open_outside(os.path.join(str(spot.folder), spot.name), flags, mode)
        text, node, steps = f"open({self._shown(spot)}{_modes(flags)})", spot.node, list[Op]()
        if flags & TMPFILE == TMPFILE:
            node = self._new_file()
            steps.append(Create(node, None, "", mode & 0o777))
        elif node is None and flags & os.O_CREAT and isinstance(spot.folder, int):
            node = self._new_file()
            self._enter(spot, node)
            steps.append(Create(node, spot.folder, spot.name, mode & 0o777))
        elif node is not None and flags & os.O_TRUNC and self.mirror.files.get(node):
            self.mirror.files[node].clear()
            steps.append(Truncate(node, 0))
        self.add(text, *steps)
        return Opened(OUTSIDE if node is None else node, "", flags)

    def _open_outside(self, path: str, flags: int, mode: int) -> Opened:
        nameless = flags & TMPFILE == TMPFILE
        if not self.hears_all or not (nameless or flags & os.O_CREAT) or path.startswith(SPECIAL):
            return Opened(OUTSIDE, path, flags)
        node = self._new_file()
        self.strays.add(node)
        if not nameless:
            self.mirror.outside[path] = node
        self.add(f'open("{path}"{_modes(flags)})', Create(node, None, "" if nameless else path, mode & 0o777))
        return Opened(node, "", flags)

    def write(self, file: Opened, data: bytes, offset: int | None = None, flags: int = 0) -> None:
        """write, and with `offset` pwrite; `data` is what was written, `flags` those of pwritev2."""
        at = file.offset if offset is None else offset
        content = self._content(file.node, at + len(data))
        if content is None or not data:
            return
        if file.flags & os.O_APPEND or flags & RWF_APPEND:
            at = len(content)
        if offset is None:
            file.offset = at + len(data)
        content.extend(bytes(max(0, at - len(content))))
        content[at : at + len(data)] = data
        told = f'{"write" if offset is None else "pwrite"}("{self.mirror.path(file.node)}", {len(data)} bytes at {at})'
        self.add(told, Write(file.node, at, data), *_synced_write(file, flags))

    def truncate(self, node: int, size: int, text: str = "truncate") -> None:
        """truncate, ftruncate."""
        content = self._content(node, size)
        if content is not None and len(content) != size:
            del content[size:]
            content.extend(bytes(size - len(content)))
            self.add(f'{text}("{self.mirror.path(node)}", {size})', Truncate(node, size))

    def allocate(self, node: int, mode: int, offset: int, length: int) -> None:
        """fallocate."""
        content = self.mirror.files.get(node)
        if content is None:
            return
        if mode & ~(KEEP_SIZE | PUNCH_HOLE | ZERO_RANGE):
            self.unseen("fallocate that moves what a file holds", node)
            return
        if mode & (PUNCH_HOLE | ZERO_RANGE) and offset < len(content):
            cleared = min(length, len(content) - offset)
            content[offset : offset + cleared] = bytes(cleared)
            self.add(f'fallocate("{self.mirror.path(node)}", zeros at {offset})', Zero(node, offset, cleared))
        if not mode & KEEP_SIZE and offset + length > len(content):
            self.truncate(node, offset + length, "fallocate")

    def mkdir(self, spot: Spot, mode: int = 0o777) -> None:
        """mkdir, mkdirat."""
        if isinstance(spot.folder, int):
            node = next(self.mirror.numbers)
            self.mirror.folders[node] = {}
            self._enter(spot, node)
            self.add(f"mkdir({self._shown(spot)})", Mkdir(node, spot.folder, spot.name, mode & 0o777))

    def symlink(self, target: str, spot: Spot) -> None:
        """symlink, symlinkat."""
        if isinstance(spot.folder, int):
            node = next(self.mirror.numbers)
            self.mirror.links[node] = target
            self._enter(spot, node)
            self.add(f'symlink("{target}", {self._shown(spot)})', Symlink(node, spot.folder, spot.name, target))

    def link(self, old: Spot, new: Spot) -> None:
        """link, linkat: a name more for a file, also for one without any (O_TMPFILE)."""
        if old.node is not None and isinstance(new.folder, int) and old.node in self.mirror.files | self.mirror.links:
            shown = f'"{self.mirror.path(old.node)}"' if isinstance(old.folder, str) else self._shown(old)
            self._enter(new, old.node)
            self.add(f"link({shown}, {self._shown(new)})", Hardlink(old.node, new.folder, new.name))
        elif old.node not in (None, *self.strays) or isinstance(new.folder, int):
            self.unseen(f"a hard link from {self._shown(old)} to {self._shown(new)}, across the border of the folder")

    def unlink(self, spot: Spot, name: str = "unlink") -> None:
        """unlink, rmdir, unlinkat."""
        self.mirror.outside.pop(os.path.join(str(spot.folder), spot.name), None)
        if spot.node == ROOT:
            self.unseen("the folder itself was removed")
        elif isinstance(spot.folder, int) and spot.node is not None:
            text = f"{name}({self._shown(spot)})"
            del self.mirror.folders[spot.folder][spot.name]
            self.add(text, Unlink(spot.folder, spot.name))

    def rename(self, old: Spot, new: Spot, flags: int = 0) -> None:
        """rename, renameat, renameat2."""
        told = f"rename({self._shown(old)}, {self._shown(new)})"
        if isinstance(old.folder, str) and isinstance(new.folder, str):
            for spot in (old, new):
                self.mirror.outside.pop(os.path.join(str(spot.folder), spot.name), None)
            if self._holds_root(old) or self._holds_root(new):
                self.unseen(f"{told}: the folder itself was moved")
        elif isinstance(new.folder, str) or (isinstance(old.folder, str) and (old.node is None or flags & EXCHANGE)):
            self.unseen(f"{told}, across the border of the folder")
        elif flags & ~(NOREPLACE | EXCHANGE):
            self.unseen(f"{told} with flags {flags}")
        elif old.node is not None and old.node != new.node:
            self._rename(told, old, new, exchange=bool(flags & EXCHANGE))

    def _rename(self, told: str, old: Spot, new: Spot, *, exchange: bool) -> None:
        assert isinstance(new.folder, int) and old.node is not None
        if isinstance(old.folder, str):
            place = OUTSIDE, os.path.join(old.folder, old.name)
            del self.mirror.outside[place[1]]
        else:
            place = old.folder, old.name
            del self.mirror.folders[old.folder][old.name]
        if exchange and new.node is not None:
            self._enter(old, new.node)
        self._enter(new, old.node)
        self.add(told, Rename(*place, new.folder, new.name, exchange))

    def _holds_root(self, spot: Spot) -> bool:
        return spot.node == ROOT or f"{self.root}/".startswith(os.path.join(str(spot.folder), spot.name) + "/")

    def sync(self, node: int, *, data: bool = False) -> None:
        """fsync, fdatasync."""
        if node != OUTSIDE:
            self.add(f'{"fdatasync" if data else "fsync"}("{self.mirror.path(node)}")', Sync(node, data))

    def sync_failed(self, node: int, name: str) -> None:
        """fsync, fdatasync, msync that answered with an error."""
        if node != OUTSIDE:
            self.add(f'{name}("{self.mirror.path(node)}") failed', Failed(node))

    def sync_all(self, text: str = "sync()") -> None:
        """sync, syncfs."""
        self.add(text, SyncAll())

    def map(self, node: int) -> None:
        """mmap, shared and writable."""
        if node in self.mirror.files:
            self.mapped.add(node)
            self.add(f'mmap("{self.mirror.path(node)}", shared and writable)', Map(node))

    def msync(self, node: int) -> None:
        """msync with MS_SYNC."""
        self.add(f'msync("{self.mirror.path(node)}")', Msync(node))

    def look(self) -> None:
        """Read what mapped files hold now; then say what differs from what was recorded. At the end of a run."""
        self._drop_strays()
        for node in sorted(self.mapped):
            path = self.root / self.mirror.path(node)
            if path.is_file():
                self.mirror.files[node][:] = content = path.read_bytes()
                self.add(f'"{self.mirror.path(node)}" as it was then', Seen(node, content))
        difference = first_difference(self.mirror.tree(), read_tree(self.root))
        if difference and not self.trace.unseen():  # of which it would be a consequence
            self.unseen(f"{difference} is not as the recorded calls leave it: something else changed it")

    def _drop_strays(self) -> None:
        """What was made outside and not moved in concerns nobody."""
        self.trace.steps[:] = [step for step in self.trace.steps if getattr(step.op, "node", None) not in self.strays]
        self.mirror.outside = {path: node for path, node in self.mirror.outside.items() if node not in self.strays}
        self.mapped -= self.strays
        self.strays.clear()

    def _content(self, node: int, size: int) -> bytearray | None:
        """Of a file that is followed, before it is so long; one outside is given up when it is too long for memory."""
        if node in self.strays and size > STRAY:
            self.unseen("it is too long", node)
        return self.mirror.files.get(node)

    def _new_file(self) -> int:
        node = next(self.mirror.numbers)
        self.mirror.files[node] = bytearray()
        return node

    def _enter(self, spot: Spot, node: int) -> None:
        assert isinstance(spot.folder, int)
        self.mirror.folders[spot.folder][spot.name] = node
        self.mirror.above[node] = spot.folder
        self.strays.discard(node)

    def _shown(self, spot: Spot) -> str:
        folder = self.mirror.path(spot.folder) if isinstance(spot.folder, int) else spot.folder
        return f'"{os.path.normpath(os.path.join(folder, spot.name))}"'


def _modes(flags: int) -> str:
    """Those of the flags of open that matter here."""
    names = ("O_CREAT", "O_EXCL", "O_TRUNC", "O_APPEND", "O_SYNC", "O_DSYNC", "O_TMPFILE")
    held = [name for name in names if (bit := getattr(os, name, 0)) and flags & bit == bit]
    return "".join(f", {name}" for name in held if name != "O_DSYNC" or "O_SYNC" not in held)


def _synced_write(file: Opened, flags: int) -> list[Op]:
    """The sync that comes with a write to a file that was opened so, or that asks for it."""
    whole = file.flags & SYNC == SYNC or flags & RWF_SYNC
    return [Sync(file.node, data=not whole)] if whole or file.flags & DSYNC or flags & RWF_DSYNC else []
