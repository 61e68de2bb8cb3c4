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
from .disk_names import parsed, spelled

__all__ = ["Disk"]

_SURVIVES = {"power": "power", "order": "kill", "kill": "kill"}
_SUFFIX = ".v"


@dataclass(frozen=True)
class Disk:
    """Bytes in files below `root`, which is made when first written to. POSIX only.

    ``get(r)`` reads the file ``root/spelled(r).v``. Absence is that file's; a permission or a full disk is a
    failure, and the old value stays. Stopped midway: old or new, whole. `safety` says what an acknowledged write
    survives: "power"; "order", whole after a power cut but perhaps old; "kill", the process only.

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
        if self._fits(ref):
            with self._files.writing():
                self._files.remove(self._file(ref))

    def swap(self, ref: Ref, old: bytes | Gone, new: bytes | Gone, /) -> None:
        expected = old if old is MISSING else as_bytes(old)
        data = new if new is MISSING else as_bytes(new)
        self._refuse_too_long(ref)
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
            yield from self._level(spelled(base)) if depth == 1 else self._walk(spelled(base))

    @property
    def _files(self) -> Files:
        return Files(str(Path(self.root)), self.safety)

    def _file(self, ref: Ref) -> str:
        return os.path.join(self.root, spelled(ref)) + _SUFFIX

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

    def _walk(self, top: str) -> Iterator[Ref]:
        """Every ref below the folder `top`, folder by folder; not recursive, since a ref may have 2,000 names."""
        folders = [top]
        while folders:
            values, below = self._scan(folders.pop())
            folders += below
            yield from _refs(values)

    def _level(self, top: str) -> Iterator[Ref]:
        """The refs one name below; a long name goes on in a folder. A folder shows if there is a value in it."""
        values, folders = self._scan(top)
        yield from _refs(values)
        for folder in set(folders).difference(values):
            if folder.endswith("+"):
                yield from self._level(folder)
            elif any(True for _ in self._walk(folder)):
                yield from _refs([folder])

    def _scan(self, folder: str) -> tuple[list[str], list[str]]:
        """The paths of the values in `folder`, suffix cut, and of the folders; what is ours starts with a dot."""
        try:
            with os.scandir(os.path.join(self.root, folder)) as entries:
                found = [(entry.name, entry.is_dir()) for entry in entries if not entry.name.startswith(".")]
        except OSError as error:
            if _nowhere(error):  # pruned meanwhile: what was there throughout keeps its folder
                return [], []
            raise
        paths = [(os.path.join(folder, name), is_folder) for name, is_folder in found]
        values = [path.removesuffix(_SUFFIX) for path, is_folder in paths if not is_folder and path.endswith(_SUFFIX)]
        return values, [path for path, is_folder in paths if is_folder]


def _refs(paths: list[str]) -> Iterator[Ref]:
    return (ref for path in paths if (ref := parsed(path)) is not None)


def _nowhere(error: OSError) -> bool:
    return error.errno in (errno.ENOENT, errno.ENAMETOOLONG)
