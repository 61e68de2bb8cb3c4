"""The litmus tests: what each model allows, written down by hand from its sources, not by running the search."""

from __future__ import annotations

import re

from .litmus import Litmus

__all__ = ["LITMUS"]

POSIX = "POSIX.1-2017, fsync: what was synced is certain, anything else may be there or not"
ALICE = "Pillai et al., OSDI 2014, section 3.1: a rename is three micro-operations, bytes have no order"
FERRITE = "Bornholt et al., ASPLOS 2016, section 3: size and bytes of an append are two operations"
RENAME = "rename(2) replaces atomically; fsync(2): the folder that holds the name needs a sync of its own"
REUSED = "Linux, ext4_free_blocks: with data=writeback freed blocks are used again before the commit"
JOURNAL = "Linux, journalling.rst and ext4_sync_file: fsync commits the journal up to the inode's last change"
DELALLOC = "Linux, ext4.rst, auto_da_alloc: blocks are allocated at a rename over a file, else later"
UNWRITTEN = "Linux 244adf6426ee: new blocks are unwritten extents, which read as zeros; not with dioread_lock"
MAPPED = "Linux, ext4_da_write_end: within a page that has its block, the size is updated at once"


CUT_PAGE = "Linux, ext4_block_truncate_page: what is cut from a block that stays is made zeros, a write like others"


def case(
    name: str, before: str, calls: str, source: str, *, posix: str, ext4: str, alice: str = "", lock: str = "",
    writeback: str = "", journal: str = "", xfs: str = "", btrfs: str = "",
) -> Litmus:  # fmt: skip
    """As Litmus; what is not told is as in a model beside it: alice-worst as posix-worst, and ext4-writeback as ext4.

    dioread_lock as dioread_nolock, ext4-journal and xfs as dioread_lock, btrfs as posix-worst without its garbage.
    """
    locked = lock or ext4
    told = {
        "posix-worst": posix, "alice-worst": alice or posix, "ext4-ordered": ext4, "ext4-ordered-dioread_lock": locked,
        "ext4-writeback": writeback or ext4, "ext4-journal": journal or locked, "xfs": xfs or locked,
        "btrfs": btrfs or re.sub(r"\|[^|()]*\?\d+", "", posix),
    }  # fmt: skip
    return Litmus(name, before, calls, told, source)


def same(name: str, before: str, calls: str, source: str, allowed: str, **others: str) -> Litmus:
    """A litmus test on which all models agree, but for those that are told."""
    return case(name, before, calls, source, posix=allowed, ext4=allowed, **others)


NAMES = [
    same("create", "-", "create f", POSIX, "-;f="),
    case("create, fsync of the file", "-", "create f; fsync f", JOURNAL, posix="-;f=", ext4="-;f= // f=",
         btrfs="-;f= // f="),
    same("create, fsync of the folder", "-", "create f; fsync .", POSIX, "-;f= // f="),
    case("create two", "-", "create f; create g", JOURNAL, posix="-;f=;g=;f= g=", ext4="-;f=;f= g="),
    case("create two, fsync of the first", "-", "create f; create g; fsync f", JOURNAL,
         posix="-;f=;g=;f= g=", ext4="-;f=;f= g= // f=;f= g=",
         btrfs="-;(f=|) g=;f= // f=;f= g="),
    case("create two, fsync of the second", "-", "create f; create g; fsync g", JOURNAL,
         posix="-;f=;g=;f= g=", ext4="-;f=;f= g= // f= g=",
         btrfs="-;(f=|) g=;f= // (f=|) g="),
    same("symlink", "-", "symlink l f", POSIX, "-;l->f"),
    same("link", "f=a1", "link f g", POSIX, "f=a1;f=a1 g=a1"),
    case("link, fsync of the file", "f=a1", "link f g; fsync f", JOURNAL,
         posix="f=a1;f=a1 g=a1", ext4="f=a1;f=a1 g=a1 // f=a1 g=a1",
         btrfs="f=a1;f=a1 g=a1 // f=a1 g=a1"),
    case("link, unlink", "f=a1", "link f g; unlink f", JOURNAL,
         posix="f=a1;f=a1 g=a1;-;g=a1", ext4="f=a1;f=a1 g=a1;g=a1"),
    same("unlink", "f=a1", "unlink f", f"{POSIX}; {REUSED}", "f=a1;-", writeback="f=(a1|?1);-"),
    same("unlink, fsync of the folder", "f=a1", "unlink f; fsync .", f"{POSIX}; {REUSED}", "f=a1;- // -",
         writeback="f=(a1|?1);- // -"),
    case("unlink, then fsync of another", "f=a1 g=a1", "unlink f; write g 0 b1; fsync g", JOURNAL,
         posix="(f=a1|) g=(a1|b1) // (f=a1|) g=b1", ext4="(f=a1|) g=(a1|b1) // g=b1",
         writeback="(f=a1|f=?1|) g=(a1|b1) // g=b1", journal="f=a1 g=a1;g=(a1|b1) // g=b1"),
    same("unlink, then fdatasync of another", "f=a1 g=a1", "unlink f; write g 0 b1; fdatasync g", JOURNAL,
         "(f=a1|) g=(a1|b1) // (f=a1|) g=b1",
         writeback="(f=a1|f=?1|) g=(a1|b1) // (f=a1|f=?1|) g=b1", journal="f=a1 g=a1;g=(a1|b1) // g=b1"),
    same("rmdir", "d/", "unlink d", POSIX, "d/;-"),
    case("a file in a new folder, fsync of the file", "-", "mkdir d; create d/f; write d/f 0 a1; fsync d/f", JOURNAL,
         posix="-;d/;d/ d/f=(|a1|z1|?1) // -;d/;d/ d/f=a1", ext4="-;d/;d/ d/f=(|a1|z1) // d/ d/f=a1",
         lock="-;d/;d/ d/f=(|a1) // d/ d/f=a1",
         writeback="-;d/;d/ d/f=(|a1|z1|?1) // d/ d/f=a1", btrfs="-;d/;d/ d/f=(|a1|z1) // d/ d/f=a1"),
    case("and of the new folder", "-", "mkdir d; create d/f; write d/f 0 a1; fsync d/f; fsync d", POSIX,
         posix="-;d/;d/ d/f=(|a1|z1|?1) // -;d/ d/f=a1", ext4="-;d/;d/ d/f=(|a1|z1) // d/ d/f=a1",
         lock="-;d/;d/ d/f=(|a1) // d/ d/f=a1",
         writeback="-;d/;d/ d/f=(|a1|z1|?1) // d/ d/f=a1", btrfs="-;d/;d/ d/f=(|a1|z1) // d/ d/f=a1"),
    case("and of the folder above", "-", "mkdir d; create d/f; write d/f 0 a1; fsync d/f; fsync d; fsync .", POSIX,
         posix="-;d/;d/ d/f=(|a1|z1|?1) // d/ d/f=a1", ext4="-;d/;d/ d/f=(|a1|z1) // d/ d/f=a1",
         lock="-;d/;d/ d/f=(|a1) // d/ d/f=a1",
         writeback="-;d/;d/ d/f=(|a1|z1|?1) // d/ d/f=a1"),
]  # fmt: skip

RENAMES = [
    case("replace by rename", "f=a1", "create t; write t 0 b1; rename t f", f"{RENAME}; {DELALLOC}; {UNWRITTEN}",
         posix="f=a1 (t=|t=b1|t=z1|t=?1|);f=(|b1|z1|?1)",
         alice="f=a1 (t=|t=b1|t=z1|t=?1|);(t=|t=b1|t=z1|t=?1|-);f=(|b1|z1|?1);f= t=;f=b1 t=b1;f=z1 t=z1;f=?1 t=?1",
         ext4="f=a1 (t=|t=b1|t=z1|);f=(b1|z1)", lock="f=a1 (t=|t=b1|);f=b1",
         writeback="f=a1 (t=|t=b1|t=z1|t=?1|);f=?1 (t=|t=b1|t=?1);f=(b1|z1|?1)", xfs="f=a1 (t=|t=b1|);f=(|b1)"),
    case("and fsync of the file before", "f=a1", "create t; write t 0 b1; fsync t; rename t f", RENAME,
         posix="f=a1 (t=|t=b1|t=z1|t=?1|);f=b1 // f=a1 (t=b1|);f=b1",
         alice="f=a1 (t=|t=b1|t=z1|t=?1|);f=b1 (t=b1|);t=b1;- // f=a1 (t=b1|);f=b1 (t=b1|);t=b1;-",
         ext4="f=a1 (t=|t=b1|t=z1|);f=b1 // f=a1 t=b1;f=b1", lock="f=a1 (t=|t=b1|);f=b1 // f=a1 t=b1;f=b1",
         writeback="f=a1 (t=|t=b1|t=z1|t=?1|);f=?1 t=b1;f=b1 // f=(a1|?1) t=b1;f=b1",
         btrfs="f=a1 (t=|t=b1|t=z1|);f=b1 // f=a1 t=b1;f=b1"),
    case("and fsync of the folder after", "f=a1", "create t; write t 0 b1; fsync t; rename t f; fsync .", RENAME,
         posix="f=a1 (t=|t=b1|t=z1|t=?1|);f=b1 // f=b1",
         alice="f=a1 (t=|t=b1|t=z1|t=?1|);f=b1 (t=b1|);t=b1;- // f=b1",
         ext4="f=a1 (t=|t=b1|t=z1|);f=b1 // f=b1", lock="f=a1 (t=|t=b1|);f=b1 // f=b1",
         writeback="f=a1 (t=|t=b1|t=z1|t=?1|);f=?1 t=b1;f=b1 // f=b1"),
    case("replace by rename, fsync of the file after", "f=a1", "create t; write t 0 b1; rename t f; fsync f", JOURNAL,
         posix="f=a1 (t=|t=b1|t=z1|t=?1|);f=(|b1|z1|?1) // f=a1 (t=b1|);f=b1",
         alice="f=a1 (t=|t=b1|t=z1|t=?1|);(t=|t=b1|t=z1|t=?1|-);f=(|b1|z1|?1);f= t=;f=b1 t=b1;f=z1 t=z1;f=?1 t=?1"
               " // f=a1 (t=b1|);f=b1 (t=b1|);t=b1;-",
         ext4="f=a1 (t=|t=b1|t=z1|);f=(b1|z1) // f=b1", lock="f=a1 (t=|t=b1|);f=b1 // f=b1",
         writeback="f=a1 (t=|t=b1|t=z1|t=?1|);f=?1 (t=|t=b1|t=?1);f=(b1|z1|?1) // f=b1",
         xfs="f=a1 (t=|t=b1|);f=(|b1) // f=b1",
         btrfs="f=a1 (t=|t=b1|t=z1|);f=(|b1|z1) // f=b1"),
    case("create by rename", "-", "create t; write t 0 b1; rename t f", f"{DELALLOC}; {UNWRITTEN}",
         posix="-;t=(|b1|z1|?1);f=(|b1|z1|?1)",
         alice="-;t=(|b1|z1|?1);f=(|b1|z1|?1);f= t=;f=b1 t=b1;f=z1 t=z1;f=?1 t=?1",
         ext4="-;t=(|b1|z1);f=(|b1|z1)", lock="-;t=(|b1);f=(|b1)",
         writeback="-;(t|f)=(|b1|z1|?1)", journal="-;t=(|b1);f=b1"),
    case("rename, fsync", "f=a1", "rename f g; fsync g", JOURNAL, posix="f=a1;g=a1",
         alice="(f=a1|) g=a1;f=a1;-", ext4="f=a1;g=a1 // g=a1",
         btrfs="f=a1;g=a1 // g=a1"),
    case("rename, fdatasync", "f=a1", "rename f g; fdatasync g", JOURNAL, posix="f=a1;g=a1",
         alice="(f=a1|) g=a1;f=a1;-", ext4="f=a1;g=a1"),
    case("rename, then the old name again", "f=a1", "rename f g; create f", RENAME,
         posix="f=a1;(f=|) g=a1", alice="f=a1;(f=|f=a1|) g=a1;f=;-", ext4="f=a1;(f=|) g=a1"),
    case("move to another folder", "a/ b/ a/f=x1", "rename a/f b/f", RENAME, posix="a/ b/ (a/f=x1|b/f=x1)",
         alice="a/ b/ (a/f=x1|b/f=x1|a/f=x1 b/f=x1|)", ext4="a/ b/ (a/f=x1|b/f=x1)"),
    case("and fsync of the new folder", "a/ b/ a/f=x1", "rename a/f b/f; fsync b", RENAME,
         posix="a/ b/ (a/f=x1|b/f=x1) // a/ b/ b/f=x1",
         alice="a/ b/ (a/f=x1|b/f=x1|a/f=x1 b/f=x1|) // a/ b/ (a/f=x1|) b/f=x1",
         ext4="a/ b/ (a/f=x1|b/f=x1) // a/ b/ b/f=x1"),
    case("or fsync of the old folder", "a/ b/ a/f=x1", "rename a/f b/f; fsync a", RENAME,
         posix="a/ b/ (a/f=x1|b/f=x1)", alice="a/ b/ (a/f=x1|b/f=x1|a/f=x1 b/f=x1|)",
         ext4="a/ b/ (a/f=x1|b/f=x1) // a/ b/ b/f=x1"),
    case("moved away, the old name again", "a/ b/ a/f=x1", "rename a/f b/f; create a/f; fsync a", RENAME,
         posix="a/ b/ (a/f=x1|b/f=x1|a/f= b/f=x1) // a/ b/ a/f= b/f=x1",
         alice="a/ b/ (a/f=x1|a/f=|) (b/f=x1|) // a/ b/ a/f= (b/f=x1|)",
         ext4="a/ b/ (a/f=x1|b/f=x1|a/f= b/f=x1) // a/ b/ a/f= b/f=x1"),
    case("exchange", "f=a1 g=b1", "exchange f g", "rename(2), RENAME_EXCHANGE: atomically", posix="f=a1 g=b1;f=b1 g=a1",
         alice="f=(a1|b1) g=(a1|b1)", ext4="f=a1 g=b1;f=b1 g=a1"),
]  # fmt: skip

BYTES = [
    case("append", "f=a2", "write f 2 b2", f"{FERRITE}; {MAPPED}",
         posix="f=a2;f=a2(b2|z2|?2)", ext4="f=a2;f=a2(b2|z2)",
         writeback="f=a2;f=a2(b2|z2|?2)", journal="f=a2;f=a2b2", xfs="f=a2;f=a2b2"),
    case("append, fsync", "f=a2", "write f 2 b2; fsync f", POSIX,
         posix="f=a2;f=a2(b2|z2|?2) // f=a2b2", ext4="f=a2;f=a2(b2|z2) // f=a2b2",
         writeback="f=a2;f=a2(b2|z2|?2) // f=a2b2", journal="f=a2;f=a2b2 // f=a2b2", xfs="f=a2;f=a2b2 // f=a2b2"),
    case("append, fdatasync", "f=", "write f 0 a1; fdatasync f", "fdatasync(2): the size is included, as it is needed",
         posix="f=(|a1|z1|?1) // f=a1", ext4="f=(|a1|z1) // f=a1", lock="f=(|a1) // f=a1",
         writeback="f=(|a1|z1|?1) // f=a1"),
    case("append a block", "f=a4096", "write f 4096 b512", UNWRITTEN,
         posix="f=a4096;f=a4096(b512|z512|?512)", ext4="f=a4096;f=a4096(b512|z512)", lock="f=a4096;f=a4096b512",
         writeback="f=a4096;f=a4096(b512|z512|?512)"),
    case("append twice", "f=", "write f 0 a1; write f 1 b1", f"{FERRITE}; {MAPPED}",
         posix="f=(|z1|?1|a1|z2|?2|a1z1|a1?1|a1b1)", alice="f=(|z1|?1|a1|z2|?2|a1z1|a1?1|a1b1|z1b1|?1b1)",
         ext4="f=(|z1|a1|z2|a1z1|a1b1)", lock="f=(|a1|a1z1|a1b1)",
         writeback="f=(|z1|?1|a1|z2|?2|a1z1|a1?1|a1b1)", journal="f=(|a1|a1b1)", xfs="f=(|a1|a1b1)"),
    case("write past the end", "f=a1", "write f 3 b1", f"{POSIX}; the gap is a hole",
         posix="f=a1;f=a1(z2b1|z3|z2?1)", ext4="f=a1;f=a1(z2b1|z3)",
         writeback="f=a1;f=a1(z2b1|z3|z2?1)", journal="f=a1;f=a1z2b1", xfs="f=a1;f=a1z2b1"),
    same("overwrite two sectors", "f=a1024", "write f 0 b1024", "tearing at 512 bytes: no order among sectors",
         "f=(a1024|b512a512|a512b512|b1024)",
         journal="f=(a1024|b1024)", btrfs="f=(a1024|b1024)"),
    same("overwrite a sector twice", "f=a1", "write f 0 b1; write f 0 c1", POSIX, "f=(a1|b1|c1)"),
    case("overwrite both halves of a sector", "f=a2", "write f 0 b1; write f 1 c1", f"{ALICE}; else sectors are whole",
         posix="f=(a2|b1a1|b1c1)", alice="f=(a2|b1a1|b1c1|a1c1)", ext4="f=(a2|b1a1|b1c1)"),
    same("overwrite, O_DSYNC", "f=a1", "dsync-write f 0 b1", "open(2): as if each write were followed by fdatasync",
         "f=(a1|b1) // f=b1"),
    same("overwrite, sync", "f=a1", "write f 0 b1; sync", "sync(2): on Linux it waits", "f=(a1|b1) // f=b1"),
    same("truncate", "f=a2", "truncate f 1", CUT_PAGE, "f=(a2|a1|a1z1)",
         journal="f=(a2|a1)"),
    same("truncate, fsync", "f=a2", "truncate f 1; fsync f", CUT_PAGE, "f=(a2|a1|a1z1) // f=a1",
         journal="f=(a2|a1) // f=a1"),
    same("truncate twice", "f=a2", "truncate f 0; truncate f 1", "an inode is written whole", "f=(a2||z1)",
         writeback="f=(a2|?2||z1)"),
    same("truncate to more", "f=a1", "truncate f 3", POSIX, "f=(a1|a1z2)"),
    case("O_TRUNC and rewrite", "f=a2", "truncate f 0; write f 0 b2", f"{POSIX}; {UNWRITTEN}",
         posix="f=(a2|b2||z2|?2)", ext4="f=(a2||z2|b2)", lock="f=(a2||b2)",
         writeback="f=(a2||z2|?2|b2)"),
    case("O_TRUNC and rewrite with less", "f=a2", "truncate f 0; write f 0 b1", "ext4: freed blocks await the commit",
         posix="f=(a2|b1a1||z1|?1|b1)", ext4="f=(a2||z1|b1)", lock="f=(a2||b1)",
         writeback="f=(a2|?2|b1a1|b1?1||z1|?1|b1)", btrfs="f=(a2||z1|b1)"),
    case("O_TRUNC and rewrite, fsync", "f=a2", "truncate f 0; write f 0 b1; fsync f", POSIX,
         posix="f=(a2|b1a1||z1|?1|b1) // f=b1", ext4="f=(a2||z1|b1) // f=b1", lock="f=(a2||b1) // f=b1",
         writeback="f=(a2|?2|b1a1|b1?1||z1|?1|b1) // f=b1", btrfs="f=(a2||z1|b1) // f=b1"),
    case("O_TRUNC, rewrite, grow, overwrite", "f=a2", "truncate f 0; write f 0 x1; truncate f 2; write f 0 y1",
         "ext4: only the truncation that freed a block is awaited",
         posix="f=(a2|x1a1|y1a1||z1|?1|x1|y1|z2|?1z1|x1z1|y1z1)",
         ext4="f=(a2||z1|x1|y1|z2|x1z1|y1z1)", lock="f=(a2||x1|y1|z2|x1z1|y1z1)",
         writeback="f=(a2|?2|x1a1|x1?1|y1a1|y1?1||z1|?1|x1|y1|z2|?1z1|x1z1|y1z1)", journal="f=(a2||x1|x1z1|y1z1)",
         btrfs="f=(a2||z1|x1|y1|z2|x1z1|y1z1)"),
    same("punch a hole", "f=a4", "zero f 1 2", POSIX, "f=(a4|a1z2a1)"),
]  # fmt: skip

LITMUS = [*NAMES, *RENAMES, *BYTES]
