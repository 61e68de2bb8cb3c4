"""Where it happens: the folder that programs write to, and private copies of it for those who only look."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .tree import Link, Tree, write_tree

__all__ = ["BadPlace", "Places", "file_system", "in_folder", "moved", "places"]

MEMORY = ("tmpfs", "ramfs", "devtmpfs")
MOUNTS = Path("/proc/self/mounts")
MEMORY_FOLDER, ENOUGH = Path("/dev/shm"), 256 << 20  # noqa: S108  # private folders are made in it


class BadPlace(ValueError):
    """A folder that programs cannot be tested in; the text says why."""


@dataclass(frozen=True)
class Places:
    """`live` is what is recorded: {dir} lies in it, so that what programs put beside it is seen too.

    Private copies lie in `copies`, perhaps on another file system: nothing is recorded there.
    """

    base: Path
    copies: Path

    @property
    def live(self) -> Path:
        return self.base / "live"

    @property
    def scratch(self) -> Path:
        """For files of the tester itself."""
        return self.base / "scratch"

    def fresh(self, tree: Tree) -> Path:
        """Make `live` hold this tree and nothing else; the answer is {dir}."""
        shutil.rmtree(self.live, ignore_errors=True)
        self.live.mkdir()
        write_tree(tree, self.live)
        return self.live / "data"

    @contextmanager
    def copy(self, tree: Tree) -> Iterator[tuple[Path, Path]]:
        """A private copy, removed afterwards: {dir} in it, and a folder for the output of a program."""
        place = Path(tempfile.mkdtemp(dir=self.copies))
        try:
            root, output = place / "live", place / "output"
            root.mkdir()
            output.mkdir()
            write_tree(moved(tree, str(self.live), str(root)), root)
            yield root / "data", output
        finally:
            shutil.rmtree(place, ignore_errors=True)


def moved(tree: Tree, old: str, new: str) -> Tree:
    """The tree with links that lead into the folder `old` by its absolute path leading into `new`."""
    links = {n: node.target for n, node in tree.nodes.items() if isinstance(node, Link)}
    inside = {n: target for n, target in links.items() if target == old or target.startswith(old + "/")}
    return Tree(tree.nodes | {n: Link(new + target[len(old) :]) for n, target in inside.items()}) if inside else tree


@contextmanager
def places(where: Path) -> Iterator[Places]:
    """A new folder below `where`, removed at the end. Raises BadPlace where nothing can be tested."""
    if not where.is_dir():
        raise BadPlace(f"--dir {where}: there is no such folder")
    kind = file_system(where.resolve())
    if kind in MEMORY:
        raise BadPlace(f"{where.resolve()} lies in memory ({kind}), where syncs mean nothing: say --dir DISK_FOLDER")
    try:
        base = Path(tempfile.mkdtemp(prefix="store-crash-", dir=where.resolve()))
    except OSError as error:
        raise BadPlace(f"{where} cannot be written to: {error.strerror}; say --dir FOLDER") from None
    with in_folder(base) as found:
        yield found


@contextmanager
def in_folder(base: Path) -> Iterator[Places]:
    """This folder, which is empty and removed at the end, whatever it lies on."""
    base.mkdir(exist_ok=True)
    copies = Path(tempfile.mkdtemp(prefix="store-crash-", dir=_for_copies(base)))
    try:
        found = Places(base, copies)
        found.scratch.mkdir()
        (found.live / "data").mkdir(parents=True)
        yield found
    finally:
        shutil.rmtree(copies, ignore_errors=True)
        shutil.rmtree(base, ignore_errors=True)


def _for_copies(base: Path) -> Path:
    """Memory, where there is enough of it: what readers and the next writers sync there costs nothing."""
    if MEMORY_FOLDER.is_dir() and os.access(MEMORY_FOLDER, os.W_OK):
        free = os.statvfs(MEMORY_FOLDER)
        if free.f_bavail * free.f_frsize > ENOUGH:
            return MEMORY_FOLDER
    return base


def file_system(path: Path) -> str:
    """The type of the file system that a path lies on; "" where the system does not tell."""
    if not MOUNTS.exists():
        return ""
    mounts = [line.split()[1:3] for line in MOUNTS.read_text().splitlines()]
    around = [(point, kind) for point, kind in mounts if os.path.commonpath([_plain(point), path]) == _plain(point)]
    return max(around, key=lambda found: len(found[0]), default=("", ""))[1]


def _plain(point: str) -> str:
    return point.encode().decode("unicode_escape")  # a blank is written \040
