"""How the lab breaks a drive: a byte, a file, a folder; always in a folder that the lab made."""

from __future__ import annotations

import shutil
from pathlib import Path

from lab.servers import BUCKET, Server
from lab.step import Lab

from .formats.drive import Held, held
from .formats.shards import BadShard, frames

__all__ = ["away", "back", "damaged", "flip", "intact", "shards"]


def flip(path: Path, at: int) -> None:
    """Change one byte; a negative position counts from the end."""
    raw = bytearray(path.read_bytes())
    raw[at] ^= 0xFF
    with path.open("r+b") as file:  # in place, as a disk would do it: the file stays the same file
        file.write(raw)


def away(lab: Lab, path: Path) -> None:
    """Move a file or folder off its drive, as if the disk were not there; `back` undoes it."""
    path.rename(stash(lab, path))


def back(lab: Lab, path: Path) -> None:
    """Undo `away`; what has been made in the place meanwhile is removed."""
    if path.exists():
        shutil.rmtree(path)
    stash(lab, path).rename(path)


def stash(lab: Lab, path: Path) -> Path:
    return lab.place("away") / "-".join(path.relative_to(lab.folder).parts)


def shards(server: Server, key: str) -> list[Held]:
    """What each drive has of a key, in the order of the drives."""
    return [held(folder, BUCKET, key) for folder in server.folders]


def intact(server: Server, key: str) -> list[bool]:
    """For each drive: is its share there, with every hash right?"""
    return [not damaged(folder, key) for folder in server.folders]


def damaged(folder: Path, key: str) -> str:
    """What is wrong with a drive's share of a key; empty if nothing."""
    try:
        found = held(folder, BUCKET, key)
        list(frames(found.frames(), found.layout))
    except (FileNotFoundError, NotADirectoryError):
        return "not there"
    except (BadShard, ValueError) as error:
        return str(error)
    return ""
