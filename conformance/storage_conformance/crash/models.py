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
    replacing_takes_size: bool = False
    """A rename over an existing file is not on disk before the size of the renamed file is."""
    fills: tuple[str, ...] = ("zeros",)
    """What is read where a file has grown and its bytes are not there."""


POSIX_WORST = Model(
    "posix-worst",
    (
        "POSIX.1-2017, fsync and rename: only fsync makes durable, the file's data or the directory's names",
        "Pillai et al., All File Systems Are Not Created Equal, OSDI 2014, section 3: the default persistence model",
        "sectors of 512 bytes are written whole: the floor that SQLite (atomiccommit.html, 2.0) and LMDB rely on",
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

MODELS: dict[str, Model] = {model.name: model for model in (POSIX_WORST, ALICE_WORST, EXT4_ORDERED, EXT4_DIOREAD_LOCK)}
