"""A drive as a whole: its identity in format.json, and where an object lies on it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from .shards import Layout
from .xl_meta import Meta, Version, decode

__all__ = ["Held", "Identity", "held", "identity", "tree"]


@dataclass(frozen=True)
class Identity:
    """What format.json says: who this drive is, and the sets of drives that it is one of."""

    this: str
    deployment: str
    sets: tuple[tuple[str, ...], ...]
    placing: str  # the algorithm that chooses a set for a key


@dataclass(frozen=True)
class Held:
    """One object on one drive: its xl.meta, and the frames of its newest version's first part."""

    path: Path
    meta: Meta

    @property
    def newest(self) -> Version:
        return self.meta.versions[0]

    @property
    def shard(self) -> int:
        """Which shard this drive has, from 0; data shards come first."""
        return int(str(self.newest.fields["EcIndex"])) - 1

    @property
    def layout(self) -> Layout:
        numbers = [int(str(self.newest.fields[name])) for name in ("Size", "EcBSize", "EcM", "EcN")]
        return Layout(*numbers)

    def part(self, number: int = 1) -> Path:
        """The part file of that number; it is there only where the data is not inline."""
        return self.path / self.newest.data_dir / f"part.{number}"

    def frames(self) -> bytes:
        """The frames, from the inline data or the part file."""
        return self.meta.data[self.newest.id] if self.newest.inline else self.part().read_bytes()


def identity(drive: Path) -> Identity:
    """Read a drive's format.json."""
    said = json.loads((drive / ".minio.sys" / "format.json").read_text())
    inner = said["xl"]
    return Identity(inner["this"], said["id"], tuple(map(tuple, inner["sets"])), inner["distributionAlgo"])


def held(drive: Path, bucket: str, key: str) -> Held:
    """What a drive has of an object; FileNotFoundError if nothing."""
    path = drive / bucket / key
    return Held(path, decode((path / "xl.meta").read_bytes()))


def tree(drive: Path) -> list[str]:
    """Every file of a drive with its size in bytes, by name."""
    files = sorted(path for path in drive.rglob("*") if path.is_file())
    return [f"{path.relative_to(drive)} {path.stat().st_size}" for path in files]
