"""How the lab breaks a drive: a byte, a file, a folder; always in a folder that the lab made."""

from __future__ import annotations

from pathlib import Path

from lab.servers import BUCKET, Server

from .formats.drive import Held, held
from .formats.shards import BadShard, frames

__all__ = ["away", "back", "damaged", "flip", "intact", "shards"]


def flip(path: Path, at: int) -> None:
    """Change one byte; a negative position counts from the end."""
    raw = bytearray(path.read_bytes())
    raw[at] ^= 0xFF
    with path.open("r+b") as file:  # in place, as a disk would do it: the file stays the same file
        file.write(raw)


def away(path: Path) -> Path:
    """Move a file or folder out of the way, as a disk that is not there; back(...) undoes it."""
    return path.rename(path.with_name(f"{path.name}.away"))


def back(path: Path) -> None:
    """Undo `away`."""
    path.with_name(f"{path.name}.away").rename(path)


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
