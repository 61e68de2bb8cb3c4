"""Outlaws that a kill, a failure below them, or a second handle finds out."""

from __future__ import annotations

from collections.abc import Iterable
from json import dumps, loads
from os import O_CREAT, O_EXCL, O_WRONLY, close, replace
from os import open as open_descriptor
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING

from .mappings import Over
from .outlaw import outlaw
from .right import Folder


@outlaw(
    "a_write_killed_at_any_step_shows_before_or_after",
    wrong="The old file is removed, then the new one renamed: killed between the two, nothing is there.",
    seen="systems whose rename does not replace",
)
class RemovesAndRenames(Folder):
    def write(self, ref: Ref, value: Any) -> None:
        self.path(ref).unlink(missing_ok=True)
        if value is not MISSING:
            super().write(ref, value)


@outlaw(
    "a_write_killed_at_any_step_shows_before_or_after",
    wrong="A lock is a file, which a killed writer leaves behind: nobody can write any more.",
    seen="lock files without a process id",
)
class LeavesItsLock(Folder):
    def write(self, ref: Ref, value: Any) -> None:
        lock = self.directory / "writing"
        close(open_descriptor(lock, O_CREAT | O_EXCL | O_WRONLY))
        super().write(ref, value)
        lock.unlink()


class ListsByIndex(Folder):
    """Lists what is in an index, a file that is written after the value."""

    def write(self, ref: Ref, value: Any) -> None:
        super().write(ref, value)
        index = [each for each in self.every() if each != ref] + ([] if value is MISSING else [ref])
        (self.directory / "index.new").write_text(dumps(index))
        replace(self.directory / "index.new", self.directory / "index")

    def every(self) -> Iterable[Ref]:
        index = self.directory / "index"
        return [Ref(*names) for names in loads(index.read_text())] if index.exists() else []


@outlaw(
    "a_key_killed_at_any_step_shows_before_or_after",
    wrong="An index is written after the value: killed between the two, a key that can be read is not listed.",
    seen="manifests beside the data",
)
class IndexesLate(Over):
    make = ListsByIndex
