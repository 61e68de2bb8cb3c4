"""Models: what a file system may lose or reorder when the power goes, as plain data with its sources.

A crash state is a set of micro-operations that reached the disk. A model says which of them need which others, and
what a sync forces; `plan.py` turns that into a partial order, and each set that is closed under it is a legal state.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["MODELS", "Model"]


@dataclass(frozen=True)
class Model:
    """One file system's promises. Sizes are in bytes; each flag says what is promised, so False is the worse case."""

    name: str
    sources: tuple[str, ...]
    tear: int = 512
    """A write is split at multiples of this; what lies between two of them is all or nothing."""
    rename_is_atomic: bool = True
    """One unit, durable with the directory of the new name; else three: victim's name, new name, old name."""
    sectors_keep_order: bool = True
    """Two writes to one sector: the later one is not on disk without the earlier one (a sector is written whole)."""
    one_journal: bool = False
    """Names and truncations reach the disk in the order in which they were made: a prefix of them is there."""
    sync_commits_journal: bool = False
    """fsync commits the journal up to the last change of that inode, so earlier changes of other names too."""
    freed_blocks_wait: bool = False
    """What is written after a truncation is not seen on disk before the truncation is."""
    size_waits_for_data: bool = False
    """A file does not grow on disk before its new bytes are there."""
    tail_waits_for_data: bool = False
    """Nor does it grow within its last page, whose block is there already."""
    data_in_journal: bool = False
    """Bytes and sizes go through the journal too, page by page."""
    fsync_takes_names: bool = False
    """fsync of a file makes its names durable, and those of the folders above it; nothing else of the journal."""
    replacing_takes_size: bool = False
    """A rename over an existing file is not on disk before the size of the renamed file is."""
    fills: tuple[str, ...] = ("zeros",)
    """What is read where a file has grown and its bytes are not there.

    "reused" is garbage there, and in blocks that a lost change frees: others have written there already.
    """


POSIX_WORST = Model(
    "posix-worst",
    (
        "POSIX.1-2017, fsync and rename: only fsync makes durable, the file's data or the directory's names",
        "Pillai et al., All File Systems Are Not Created Equal, OSDI 2014, section 3: the default persistence model",
        "sectors of 512 bytes are written whole: the floor that SQLite (atomiccommit.html, 2.0) and LMDB rely on",
        "a file is whole until its removal or replacement is on disk (but see ext4-writeback): else no program is safe",
    ),
    fills=("zeros", "garbage"),
)

ALICE_WORST = replace(
    POSIX_WORST,
    name="alice-worst",
    sources=(
        "Pillai et al., OSDI 2014, sections 3.1 and 3.2: each call split into micro-operations, only syncs order",
    ),
    rename_is_atomic=False,
    sectors_keep_order=False,
)

EXT4_ORDERED = Model(
    "ext4-ordered",
    (
        "Linux, Documentation/admin-guide/ext4.rst: data=ordered, auto_da_alloc, delalloc (the defaults)",
        "Linux, Documentation/filesystems/journalling.rst: one running transaction, committed in order",
        "Linux commit 244adf6426ee (5.6): dioread_nolock by default, so blocks of new size may read as zeros",
        "Bornholt et al., Specifying and Checking File System Crash-Consistency Models, ASPLOS 2016, section 4",
    ),
    one_journal=True,
    sync_commits_journal=True,
    freed_blocks_wait=True,
    replacing_takes_size=True,
)

EXT4_DIOREAD_LOCK = replace(
    EXT4_ORDERED,
    name="ext4-ordered-dioread_lock",
    sources=(*EXT4_ORDERED.sources, "mount option dioread_lock, and kernels before 5.6: a commit awaits new data"),
    size_waits_for_data=True,
)

EXT4_WRITEBACK = replace(
    EXT4_ORDERED,
    name="ext4-writeback",
    sources=(
        *EXT4_ORDERED.sources,
        "Linux, Documentation/admin-guide/ext4.rst, data=writeback: after a crash, incorrect data may appear in files",
        "Linux, fs/ext4/mballoc.c, ext4_free_blocks: in this mode freed blocks are used again before the commit",
    ),
    freed_blocks_wait=False,
    fills=("zeros", "garbage", "reused"),
)

EXT4_JOURNAL = replace(
    EXT4_ORDERED,
    name="ext4-journal",
    sources=(
        "Linux, Documentation/admin-guide/ext4.rst, data=journal: all data goes into the journal first; no delalloc",
        "Linux, fs/ext4/inode.c, ext4_journalled_write_end: a page and the new size are of one transaction",
    ),
    tear=4096,
    data_in_journal=True,
    replacing_takes_size=False,
)

XFS = Model(
    "xfs",
    (
        "Linux, Documentation/filesystems/xfs/xfs-delayed-logging-design.rst: checkpoints go to the log in order",
        "Linux, fs/xfs/xfs_file.c, xfs_file_fsync: the log is forced up to the last change of the inode",
        "Linux, fs/xfs/xfs_aops.c, xfs_end_ioend: the size on disk grows once the bytes below it have been written",
        "Linux, fs/xfs/xfs_extent_busy.c: what was freed is not used again before the log says so",
    ),
    one_journal=True,
    sync_commits_journal=True,
    freed_blocks_wait=True,
    size_waits_for_data=True,
    tail_waits_for_data=True,
)

BTRFS = Model(
    "btrfs",
    (
        "Linux, fs/btrfs/tree-log.c, btrfs_log_inode_parent: fsync logs the inode, its names and new folders above it",
        "btrfs(5): copy on write, in blocks of 4096 bytes; what is replaced is freed at the commit",
        "Linux, fs/btrfs/file-item.c, btrfs_inode_safe_disk_i_size_write: with no-holes, the size awaits no data",
    ),
    tear=4096,
    freed_blocks_wait=True,
    fsync_takes_names=True,
)

MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        POSIX_WORST, ALICE_WORST, EXT4_ORDERED, EXT4_DIOREAD_LOCK, EXT4_WRITEBACK, EXT4_JOURNAL, XFS, BTRFS,
    )
}  # fmt: skip
