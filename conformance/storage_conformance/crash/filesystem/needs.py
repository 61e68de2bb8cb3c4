"""missing: what this machine, or this user, lacks for a file system to be crash-tested."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from .kinds import Kind, ran
from .loops import CONTROL

__all__ = ["missing", "missing_programs"]

PACKAGES = {
    "mkfs.ext4": "e2fsprogs", "mkfs.ext2": "e2fsprogs", "e2fsck": "e2fsprogs", "debugfs": "e2fsprogs",
    "mkfs.xfs": "xfsprogs", "xfs_repair": "xfsprogs", "mkfs.btrfs": "btrfs-progs", "btrfs": "btrfs-progs",
}  # fmt: skip
FUSE = Path("/dev/fuse")
STATUS = Path("/proc/self/status")
USERS = Path("/proc/self/uid_map")
ALL_USERS = ["0", "0", "4294967295"]  # as user_namespaces(7) shows the first namespace
FILE_SYSTEMS = Path("/proc/filesystems")
MAY_MOUNT = 1 << 21  # CAP_SYS_ADMIN of capabilities(7)


def missing(kind: Kind) -> list[str]:
    """What is missing to mount it, and to record it where it is made here; each says what to do."""
    lacking = [*_from_the_system(recording=kind.mkfs is not None), *missing_programs(kind.needs())]
    if lacking or kind.mount or _in_kernel(kind.name):
        return lacking
    return [f"a file system {kind.name} on block devices in this machine's kernel (--mount CMD is for one of your own)"]


def missing_programs(names: list[str]) -> list[str]:
    """Those that are not on the path."""
    return [
        f"the program {name} (package {PACKAGES[name]})" if name in PACKAGES else f"the program {name}"
        for name in names
        if not shutil.which(name)
    ]


def _from_the_system(*, recording: bool) -> Iterator[str]:
    if sys.platform != "linux":
        yield "Linux"
        return
    if os.geteuid() or not _may_mount():
        yield "root, to mount (use sudo; a container must be privileged, and no user namespace)"
    if not CONTROL.exists():
        yield f"loop devices, {CONTROL} (modprobe loop; a container must be privileged)"
    if recording and not FUSE.exists():
        yield f"{FUSE} (modprobe fuse; a container must be privileged)"
    if recording and not _has_libfuse():
        yield "libfuse 3 (package libfuse3-3 or fuse3)"


def _in_kernel(name: str) -> bool:
    """Whether it is there, or a module of that name can be loaded."""
    known = [line.split() for line in FILE_SYSTEMS.read_text().splitlines()]
    if [name] in known or ["nodev", name] in known:
        return [name] in known
    return bool(shutil.which("modprobe")) and ran(["modprobe", name])[0] == 0


def _may_mount() -> bool:
    """Root of a container may lack it; root of a user namespace has it, and no block device is mounted for it."""
    (held,) = re.findall(r"^CapEff:\s*(\w+)$", STATUS.read_text(), re.MULTILINE)
    all_users = not USERS.exists() or USERS.read_text().split() == ALL_USERS  # a kernel may have no user namespaces
    return bool(int(held, 16) & MAY_MOUNT) and all_users


def _has_libfuse() -> bool:
    try:
        import mfusepy  # type: ignore[import-untyped]  # noqa: F401  # it looks for the library when imported
    except (ImportError, OSError, AttributeError):
        return False
    return True
