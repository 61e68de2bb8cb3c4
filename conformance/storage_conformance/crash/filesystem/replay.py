"""Unmounted: looks at states of ext4 with its own tools: e2fsck replays the journal, debugfs reads the files.

So a recording can be judged by anybody, where nothing may be mounted. What the kernel does with a journal is not seen.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from .bench import WORK
from .kinds import Kind, plain, ran
from .states import State
from .workload import Complaint, Workload

__all__ = ["READABLE", "Unmounted"]

READABLE = ("ext2", "ext4")
MENDED = (0, 1)  # the status of e2fsck when all is well, and when it has made it so


@dataclass
class Unmounted:
    """Looks at images in a folder of its own."""

    kind: Kind
    folder: Path

    def complaints(self, state: State, workload: Workload, *, thorough: bool = True) -> list[Complaint]:
        """What is wrong with a state; whether it can be written is not known."""
        image, root = self.folder / "state", self.folder / WORK
        for old in (image, root):
            shutil.rmtree(old) if old.is_dir() else old.unlink(missing_ok=True)
        state.image().save(image)
        status, said = ran(["e2fsck", "-p", str(image)])
        if status not in MENDED:
            return [(f"e2fsck cannot replay its journal: {plain(said, image)}", max(state.moments))]
        ran(["debugfs", "-R", f"rdump /{WORK} {self.folder}", str(image)])
        found = workload.judge(root, state.moments)
        damage = self.kind.complaint(image) if thorough and not found else ""
        return found + [(damage, max(state.moments))] * bool(damage)
