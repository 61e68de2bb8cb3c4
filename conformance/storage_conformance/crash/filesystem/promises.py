"""Promises: what each file system documents about a power cut, beside POSIX, as plain data with its sources."""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["POSIX", "PROMISES", "USER_SPACE", "Promises", "promised"]


@dataclass(frozen=True)
class Promises:
    """Each flag is a promise, so False asks for less."""

    name: str
    sources: tuple[str, ...]
    ordered_names: bool = False
    """All names are found as they were at one moment: the journal is a prefix."""
    fsync_names: bool = False
    """fsync of a file or folder makes its own present names durable, with the folders above it."""
    hears_sync: bool = True
    """sync makes all durable."""
    keeps_freed: bool = True
    """A block that is freed, or new, holds nobody else's bytes until that is certain."""


POSIX = Promises(
    "posix",
    (
        "POSIX.1-2017, fsync and fdatasync: what was synced is there; rename: atomic, the new name is never missing",
        "Linux, fsync(2): a folder's names need an fsync of the folder; sync(2): on Linux, it waits",
    ),
)
EXT4 = Promises(
    "ext4",
    (
        "Linux, Documentation/filesystems/journalling.rst: one running transaction, committed in order",
        "Linux, fs/ext4/fsync.c, ext4_sync_file: fsync commits the transaction that last changed the inode",
    ),
    ordered_names=True,
    fsync_names=True,
)
EXT4_WRITEBACK = replace(
    EXT4,
    name="ext4-writeback",
    sources=(
        *EXT4.sources,
        "Linux, Documentation/admin-guide/ext4.rst, data=writeback: after a crash, incorrect data may appear in files",
        "Linux, fs/ext4/mballoc.c, ext4_free_blocks: in this mode freed blocks are used again before the commit",
    ),
    keeps_freed=False,
)
XFS = Promises(
    "xfs",
    (
        "Linux, Documentation/filesystems/xfs/xfs-delayed-logging-design.rst: checkpoints go to the log in order",
        "Linux, fs/xfs/xfs_file.c, xfs_file_fsync: the log is forced up to the last change of the inode",
    ),
    ordered_names=True,
    fsync_names=True,
)
BTRFS = Promises(
    "btrfs",
    ("Linux, fs/btrfs/tree-log.c, btrfs_log_inode_parent: fsync logs the inode, its names and new folders above it",),
    fsync_names=True,
)
EXT2 = Promises("ext2", (*POSIX.sources, "Linux, ext2.rst: no journal, so e2fsck has to mend what a crash left"))
USER_SPACE = Promises(
    "user-space",
    (*POSIX.sources, "Linux, fs/fuse/inode.c, fuse_sync_fs: sync does not reach a file system in user space"),
    hears_sync=False,
)

ALL = (POSIX, EXT4, EXT4_WRITEBACK, XFS, BTRFS, EXT2, USER_SPACE)
PROMISES: dict[str, Promises] = {each.name: each for each in ALL}


def promised(filesystem: str, options: str) -> Promises:
    """What it documents with these options of the mount; what POSIX does, if nobody has looked it up."""
    if filesystem == "ext4" and "data=writeback" in options.split(","):
        return EXT4_WRITEBACK
    return PROMISES.get(filesystem, POSIX)
