"""Recording: what a device was asked to keep, in the order of arrival, with marks of the workload between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from .image import Image

__all__ = ["Event", "Flush", "Mark", "Recording", "Write"]


@dataclass(frozen=True)
class Write:
    """Bytes that the device may keep, or not, until the next flush has returned."""

    offset: int
    data: bytes


@dataclass(frozen=True)
class Flush:
    """All that was written before is kept from here on. A forced write (FUA) arrives as a write and a flush."""


@dataclass(frozen=True)
class Mark:
    """What the workload said, "begun 0" or "done 0": that call had begun, or returned, when this was recorded."""

    text: str


Event: TypeAlias = Write | Flush | Mark


@dataclass(frozen=True)
class Recording:
    """`base` is what the device held, all of it kept, when the recording began."""

    base: Image
    events: tuple[Event, ...]
