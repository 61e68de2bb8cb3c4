"""Folders: how refs are listed where values are files named by `spelled`, with folders beside them. Ours."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from ..ref import Ref
from .disk_names import parsed

__all__ = ["SUFFIX", "Scan", "below", "entry", "level"]

SUFFIX = ".v"  # of the file with a value: no spelled name has a dot, so "a.v" never meets the folder "a"
Scan: TypeAlias = Callable[[str], Iterable[tuple[str, bool]]]
"""From the path of a folder to the paths in it, suffix cut, and whether each is a folder; of one that is gone: none."""


def below(scan: Scan, top: str) -> Iterator[Ref]:
    """Every ref below the folder `top`, folder by folder; not recursive, since a ref may have 1,000 names."""
    folders = [top]
    while folders:
        for path, is_folder in scan(folders.pop()):
            if is_folder:
                folders.append(path)
            elif (ref := parsed(path)) is not None:
                yield ref


def level(scan: Scan, folder: str) -> Iterator[Ref]:
    """The refs one name below `folder`; a long name goes on in the folder below. A folder shows if it holds a value."""
    seen = set()
    for path, is_folder in scan(folder):
        if is_folder and path.endswith("+"):
            yield from level(scan, path)
        elif path not in seen and (not is_folder or any(True for _ in below(scan, path))):
            seen.add(path)
            if (ref := parsed(path)) is not None:
                yield ref


def entry(folder: str, name: str, is_folder: bool) -> tuple[str, bool] | None:
    """What a Scan says of `name` in `folder`; None for what is not ours: hidden, a file without the suffix, or with
    it a folder.
    """
    if name.startswith(".") or is_folder == name.endswith(SUFFIX):
        return None
    return (f"{folder}/" if folder else "") + name.removesuffix(SUFFIX), is_folder
