"""What each system call means for the folder: a function for each, and the table of names (manual pages, section 2)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from . import trace
from .mirror import Spot
from .recorder import OUTSIDE, Recorder
from .strace_follow import Follower
from .strace_lines import Call, Exit
from .strace_processes import FORKS, Process, Region

__all__ = ["MS_SYNC", "NAMES", "follow"]

AT_REMOVEDIR, AT_SYMLINK_FOLLOW, AT_EMPTY_PATH = 0x200, 0x400, 0x1000  # unlinkat(2), linkat(2)
DUPLICATES, SET_CLOSING, SET_FLAGS = (0, 1030), 2, 4  # fcntl(2): F_DUPFD, F_DUPFD_CLOEXEC; F_SETFD; F_SETFL
CHANGEABLE = os.O_APPEND  # of the flags that F_SETFL can set, the one that matters
PROT_WRITE, SHARED, MS_SYNC, PAGE = 2, 1, 4, 4096  # mmap(2), msync(2)
FICLONE, FICLONERANGE = 0x40049409, 0x4020940D  # ioctl_ficlone(2)
STRANGE = {
    "io_uring_setup": "io_uring: what is asked of it cannot be followed",
    "io_submit": "io_submit: asynchronous writes cannot be followed",
    "chroot": "chroot: paths cannot be followed from there",
    "pivot_root": "pivot_root: paths cannot be followed from there",
    "mount": "mount: what lies where cannot be followed from there",
    "vmsplice": "vmsplice: what it writes cannot be followed",
}


def follow(recorder: Recorder, calls: list[Call | Exit], folder: str, events: int) -> Iterable[int]:
    """Tell the recorder every call of a run that began in `folder`; yields each process as it ends, by number.

    `events` is the number of events before this run.
    """
    state = Follower(recorder, folder, calls)
    for call in calls:
        if isinstance(call, Exit):
            recorder.call = trace.Call("", events + 2 * call.ended, events + 2 * call.ended + 1)
            yield call.pid
            continue
        process = state.processes[call.pid]
        recorder.call = trace.Call("", events + 2 * call.began, events + 2 * call.ended + 1, process.leader, call.pid)
        if call.result == -1 and call.name in ("fsync", "fdatasync", "msync"):
            for node in _synced(state, process, call):
                recorder.sync_failed(node, call.name)
        if call.result == -1 or call.name in FORKS:
            continue
        if call.name in STRANGE:
            recorder.unseen(STRANGE[call.name])
        elif call.name in HANDLERS:
            HANDLERS[call.name](state, process, call)


def _open(state: Follower, process: Process, call: Call) -> None:
    args = list(call.args)
    base = args.pop(0) if call.name in ("openat", "openat2") else None
    path, flags, mode = args[0], args[1], args[2] if len(args) > 2 else 0
    if call.name == "creat":
        flags, mode = os.O_CREAT | os.O_WRONLY | os.O_TRUNC, flags
    elif call.name == "openat2":
        flags, mode = flags.get("flags", 0), flags.get("mode", 0)
    exclusive = flags & os.O_CREAT and flags & os.O_EXCL
    opened = state.recorder.open(
        state.spot(process, base, path, follow=not (flags & os.O_NOFOLLOW or exclusive)), flags, mode
    )
    process.hold(call.result, None if opened.node == OUTSIDE else opened, closing=bool(flags & os.O_CLOEXEC))


def _close(_: Follower, process: Process, call: Call) -> None:
    process.close(call.args[0].number if hasattr(call.args[0], "number") else call.args[0])


def _close_range(_: Follower, process: Process, call: Call) -> None:
    first, last, flags = call.args
    if flags & 4:  # CLOSE_RANGE_CLOEXEC
        process.closing.update(number for number in process.files if first <= number <= last)
    else:
        process.close(first, last)


def _dup(_: Follower, process: Process, call: Call) -> None:
    source, flags = call.args[0], call.args[2] if len(call.args) > 2 else 0
    if source.number != call.result:
        process.hold(call.result, process.files.get(source.number), closing=bool(flags & os.O_CLOEXEC))


def _fcntl(_: Follower, process: Process, call: Call) -> None:
    file, command, value = call.args[0], call.args[1], call.args[2] if len(call.args) > 2 else 0
    held = process.files.get(file.number)
    if held and command in DUPLICATES:
        process.hold(call.result, held, closing=command != DUPLICATES[0])
    elif held and command == SET_FLAGS:
        held.flags = held.flags & ~CHANGEABLE | value & CHANGEABLE
    elif held and command == SET_CLOSING:
        (process.closing.add if value & 1 else process.closing.discard)(file.number)


def _read(state: Follower, process: Process, call: Call) -> None:
    state.file(process, call.args[0]).offset += call.result


def _seek(state: Follower, process: Process, call: Call) -> None:
    state.file(process, call.args[0]).offset = call.result


def _write(state: Follower, process: Process, call: Call) -> None:
    offset = call.args[3] if call.name == "pwrite64" else None
    state.recorder.write(state.file(process, call.args[0]), call.args[1][: call.result], offset)


def _writev(state: Follower, process: Process, call: Call) -> None:
    data = b"".join(part["iov_base"] or b"" for part in call.args[1])[: call.result]
    offset = None if call.name == "writev" or call.args[3] == -1 else call.args[3]
    state.recorder.write(
        state.file(process, call.args[0]), data, offset, call.args[4] if call.name == "pwritev2" else 0
    )


def _sendfile(state: Follower, process: Process, call: Call) -> None:
    target, source, offset = state.file(process, call.args[0]), state.file(process, call.args[1]), call.args[2]
    at = offset[0] if offset else source.offset
    state.copied(target, None, state.content(source, at, call.result), call.result)
    if not offset:
        source.offset += call.result


def _copy_range(state: Follower, process: Process, call: Call) -> None:
    source, target = state.file(process, call.args[0]), state.file(process, call.args[2])
    begin, at = call.args[1], call.args[3]
    data = state.content(source, begin[0] if begin else source.offset, call.result)
    state.copied(target, at[0] if at else None, data, call.result)
    if not begin:
        source.offset += call.result


def _ioctl(state: Follower, process: Process, call: Call) -> None:
    target, request = state.file(process, call.args[0]), call.args[1]
    if request == FICLONE and target.node != OUTSIDE:
        data = state.content(state.file(process, call.args[2]), 0, -1)
        state.copied(target, 0, data, len(data or b"") or -1)
    elif request == FICLONERANGE and target.node != OUTSIDE:
        state.recorder.unseen("FICLONERANGE: which part was cloned is not told", target.node)


def _truncate(state: Follower, process: Process, call: Call) -> None:
    node = state.spot(process, None, call.args[0], follow=True).node
    state.recorder.truncate(OUTSIDE if node is None else node, call.args[1])


def _ftruncate(state: Follower, process: Process, call: Call) -> None:
    state.recorder.truncate(state.file(process, call.args[0]).node, call.args[1])


def _fallocate(state: Follower, process: Process, call: Call) -> None:
    state.recorder.allocate(state.file(process, call.args[0]).node, *call.args[1:4])


def _named(call: Call, at: str) -> tuple[tuple[Any, bytes], list[Any]]:
    """The folder and path that a call starts with, and its other arguments; `at` names the form with a folder."""
    if call.name.startswith(at):
        return (call.args[0], call.args[1]), list(call.args[2:])
    return (None, call.args[0]), list(call.args[1:])


def _mkdir(state: Follower, process: Process, call: Call) -> None:
    (base, path), rest = _named(call, "mkdirat")
    state.recorder.mkdir(state.spot(process, base, path), rest[0])


def _mknod(state: Follower, process: Process, call: Call) -> None:
    (base, path), rest = _named(call, "mknodat")
    if rest[0] & 0o170000 in (0, 0o100000):  # a regular file
        state.recorder.open(state.spot(process, base, path), os.O_CREAT | os.O_EXCL, rest[0])


def _unlink(state: Follower, process: Process, call: Call) -> None:
    (base, path), rest = _named(call, "unlinkat")
    name = "rmdir" if call.name == "rmdir" or (rest and rest[0] & AT_REMOVEDIR) else "unlink"
    state.recorder.unlink(state.spot(process, base, path), name)


def _symlink(state: Follower, process: Process, call: Call) -> None:
    target, rest = os.fsdecode(call.args[0]), call.args[1:]
    base, path = rest if call.name == "symlinkat" else (None, rest[0])
    state.recorder.symlink(target, state.spot(process, base, path))


def _link(state: Follower, process: Process, call: Call) -> None:
    base, path, to, new, flags = call.args if call.name == "linkat" else (None, call.args[0], None, call.args[1], 0)
    held = process.files.get(base.number) if base else None
    if flags & AT_EMPTY_PATH and not path and held:
        old = Spot("/", "", held.node)
    else:
        old = state.spot(process, base, path, follow=bool(flags & AT_SYMLINK_FOLLOW))
    state.recorder.link(old, state.spot(process, to, new))


def _rename(state: Follower, process: Process, call: Call) -> None:
    base, path, to, new, *flags = (None, call.args[0], None, call.args[1]) if call.name == "rename" else call.args
    state.recorder.rename(state.spot(process, base, path), state.spot(process, to, new), *flags)


def _fsync(state: Follower, process: Process, call: Call) -> None:
    state.recorder.sync(state.file(process, call.args[0]).node, data=call.name == "fdatasync")


def _sync(state: Follower, process: Process, call: Call) -> None:
    if call.name == "sync" or state.file(process, call.args[0]).node not in (OUTSIDE, *state.recorder.strays):
        state.recorder.sync_all(f"{call.name}()")


def _chdir(state: Follower, process: Process, call: Call) -> None:
    if call.name == "fchdir":
        process.folder[0] = state.base(process, call.args[0])
    else:
        spot = state.spot(process, None, call.args[0], follow=True)
        process.folder[0] = os.path.join(str(spot.folder), spot.name) if spot.node is None else spot.node


def _execve(_: Follower, process: Process, __: Call) -> None:
    process.execute()


def _mmap(state: Follower, process: Process, call: Call) -> None:
    _, length, protection, flags, file, _ = call.args
    process.unmap(call.result, length)
    node = state.file(process, file).node if hasattr(file, "number") else OUTSIDE
    if flags & SHARED and node != OUTSIDE:
        process.regions.append(Region(call.result, call.result + length, node))
        if protection & PROT_WRITE:
            state.recorder.map(node)


def _mprotect(state: Follower, process: Process, call: Call) -> None:
    if call.args[2] & PROT_WRITE:
        for region in process.mapped(call.args[0], call.args[1]):
            state.recorder.map(region.node)


def _munmap(_: Follower, process: Process, call: Call) -> None:
    process.unmap(call.args[0] or 0, call.args[1])


def _mremap(_: Follower, process: Process, call: Call) -> None:
    moved = process.mapped(call.args[0], call.args[1] or PAGE)
    process.unmap(call.args[0], call.args[1])
    process.regions += [Region(call.result, call.result + call.args[2], region.node) for region in moved[:1]]


def _msync(state: Follower, process: Process, call: Call) -> None:
    for node in _synced(state, process, call):
        state.recorder.msync(node)


def _synced(state: Follower, process: Process, call: Call) -> Iterable[int]:
    """The nodes that fsync, fdatasync or msync was asked for, each once."""
    if call.name != "msync":
        return [state.file(process, call.args[0]).node]
    regions = process.mapped(call.args[0], call.args[1]) if call.args[2] & MS_SYNC else ()
    return dict.fromkeys(region.node for region in regions)


Handler = Callable[[Follower, Process, Call], None]
HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(("open", "openat", "openat2", "creat"), _open),
    "close": _close,
    "close_range": _close_range,
    **dict.fromkeys(("dup", "dup2", "dup3"), _dup),
    "fcntl": _fcntl,
    **dict.fromkeys(("read", "readv"), _read),
    "lseek": _seek,
    **dict.fromkeys(("write", "pwrite64"), _write),
    **dict.fromkeys(("writev", "pwritev", "pwritev2"), _writev),
    "sendfile": _sendfile,
    **dict.fromkeys(("copy_file_range", "splice"), _copy_range),
    "ioctl": _ioctl,
    "truncate": _truncate,
    "ftruncate": _ftruncate,
    "fallocate": _fallocate,
    **dict.fromkeys(("mkdir", "mkdirat"), _mkdir),
    **dict.fromkeys(("mknod", "mknodat"), _mknod),
    **dict.fromkeys(("unlink", "unlinkat", "rmdir"), _unlink),
    **dict.fromkeys(("symlink", "symlinkat"), _symlink),
    **dict.fromkeys(("link", "linkat"), _link),
    **dict.fromkeys(("rename", "renameat", "renameat2"), _rename),
    **dict.fromkeys(("fsync", "fdatasync"), _fsync),
    **dict.fromkeys(("sync", "syncfs"), _sync),
    **dict.fromkeys(("chdir", "fchdir"), _chdir),
    **dict.fromkeys(("execve", "execveat"), _execve),
    "mmap": _mmap,
    "mprotect": _mprotect,
    "munmap": _munmap,
    "mremap": _mremap,
    "msync": _msync,
}
NAMES = (*HANDLERS, *STRANGE, *FORKS)
"""The calls that strace has to tell."""
