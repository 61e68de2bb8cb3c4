"""Disk: a folder of the file system (paper, sections 2.3 and 3.1: disk store)."""

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ..functions import as_bytes, look
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Missing, Refused
from .disk_files import Files, Safety
from .disk_names import spelled
from .folders import SUFFIX, below, entry, level

__all__ = ["Disk"]

_SURVIVES = {"power": "power", "order": "kill", "kill": "kill"}


@dataclass(frozen=True)
class Disk:
    """Bytes in files below `root`, which is made when first written to. POSIX only.

    ``get(r)`` reads the file ``root/spelled(r).v``. Absence is that file's; a permission or a full disk is a
    failure, and the old value stays. Stopped midway: old or new, whole. `safety` says what an acknowledged write
    survives: "power"; "order", whole after a power cut but perhaps old; "kill", the process only. No listing goes
    through a symbolic link below its base, so none runs in circles; a base and the other verbs do: whoever can make
    one there can make them leave `root`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as root:
    ...     Disk(root).put(Ref("a", "B"), b"1"); sorted(os.listdir(root)), os.listdir(f"{root}/a")
    (['.desk', 'a'], ['%42.v'])
    """

    root: Path | str
    safety: Safety = "power"

    claims: ClassVar[dict[str, object]] = {"survives": "power"}

    def __post_init__(self) -> None:
        if self.safety not in _SURVIVES:
            raise ValueError(f"safety is one of {', '.join(_SURVIVES)}, not {self.safety!r}")
        object.__setattr__(self, "claims", {"survives": _SURVIVES[self.safety]})

    def get(self, ref: Ref, /) -> bytes:
        try:
            with open(self._file(ref), "rb") as file:
                return file.read()
        except OSError as error:
            if _nowhere(error):
                raise Missing(ref) from None
            raise

    def put(self, ref: Ref, value: bytes, /) -> None:
        data = as_bytes(value)
        self._refuse_too_long(ref)
        with self._files.writing():
            self._files.replace(self._file(ref), data)

    merge = put

    def delete(self, ref: Ref, /) -> None:
        if self._holds(ref) or (self._files.begun and self._fits(ref)):
            with self._files.writing():
                self._files.remove(self._file(ref))

    def swap(self, ref: Ref, old: bytes | Gone, new: bytes | Gone, /) -> None:
        expected = old if old is MISSING else as_bytes(old)
        data = new if new is MISSING else as_bytes(new)
        self._refuse_too_long(ref)
        if not self._files.begun and look(self, ref) != expected:
            raise Conflict(ref)  # and no desk in a folder that is perhaps a slip
        with self._files.writing():
            if look(self, ref) != expected:
                raise Conflict(ref)
            if data is MISSING:
                self._files.remove(self._file(ref))
            else:
                self._files.replace(self._file(ref), data)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth != 1 and self._holds(base):
            yield base
        if depth != 0:
            yield from level(self._scan, spelled(base)) if depth == 1 else below(self._scan, spelled(base))

    @property
    def _files(self) -> Files:
        return Files(str(Path(self.root)), self.safety)

    def _file(self, ref: Ref) -> str:
        return os.path.join(self.root, spelled(ref)) + SUFFIX

    def _holds(self, ref: Ref) -> bool:
        try:
            os.stat(self._file(ref))
        except OSError as error:
            if _nowhere(error):
                return False
            raise
        return True

    def _fits(self, ref: Ref) -> bool:
        try:
            os.stat(self._file(ref))
        except OSError as error:
            return error.errno != errno.ENAMETOOLONG
        return True

    def _refuse_too_long(self, ref: Ref) -> None:
        if not self._fits(ref):
            raise Refused(f"a path of {len(self._file(ref))} characters is longer than this system can open")

    def _scan(self, folder: str) -> list[tuple[str, bool]]:
        try:
            with os.scandir(os.path.join(self.root, folder)) as found:
                return [kept for one in found if (kept := entry(folder, one.name, one.is_dir(follow_symlinks=False)))]
        except OSError as error:
            if _nowhere(error):  # pruned meanwhile: what was there throughout keeps its folder
                return []
            raise


def _nowhere(error: OSError) -> bool:
    """Is nothing there? Nor is there below a file of somebody else."""
    return error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)
