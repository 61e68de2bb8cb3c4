"""What the kernel keeps for a process, as far as files below the recorded folder go: descriptors, folder, mappings."""

from __future__ import annotations

from dataclasses import dataclass, field

from .mirror import Place
from .recorder import Opened
from .strace_lines import Call

__all__ = ["Process", "Processes", "Region"]

CLONE_VM, CLONE_FS, CLONE_FILES, CLONE_THREAD = 0x100, 0x200, 0x400, 0x10000  # clone(2)
FORKS = ("clone", "clone3", "fork", "vfork")


@dataclass(frozen=True)
class Region:
    """A file mapped shared: addresses from `start` up to `end`."""

    start: int
    end: int
    node: int


@dataclass
class Process:
    """A process or thread: what it shares with another is one object for both."""

    leader: int
    folder: list[Place]
    files: dict[int, Opened] = field(default_factory=dict)
    closing: set[int] = field(default_factory=set)
    regions: list[Region] = field(default_factory=list)

    def child(self, pid: int, flags: int) -> Process:
        """What clone makes of it."""
        together = flags & CLONE_FILES
        return Process(
            self.leader if flags & CLONE_THREAD else pid,
            self.folder if flags & CLONE_FS else list(self.folder),
            self.files if together else dict(self.files),
            self.closing if together else set(self.closing),
            self.regions if flags & CLONE_VM else list(self.regions),
        )

    def execute(self) -> None:
        """A new program: its descriptors are its own, without those that close; nothing is mapped."""
        self.files = {number: file for number, file in self.files.items() if number not in self.closing}
        self.closing, self.regions = set(), []

    def close(self, first: int, last: int | None = None) -> None:
        """Close a descriptor, or all in a range."""
        for number in [number for number in self.files if first <= number <= (first if last is None else last)]:
            del self.files[number]
            self.closing.discard(number)

    def hold(self, number: int, file: Opened | None, *, closing: bool) -> None:
        """Descriptor `number` is this file now; None where that is outside."""
        self.close(number)
        if file:
            self.files[number] = file
            if closing:
                self.closing.add(number)

    def mapped(self, start: int, length: int) -> list[Region]:
        """The regions that have an address in this range."""
        return [region for region in self.regions if region.start < start + length and start < region.end]

    def unmap(self, start: int, length: int) -> None:
        """Cut this range out of the regions."""
        for region in self.mapped(start, length):
            self.regions.remove(region)
            rest = (Region(region.start, start, region.node), Region(start + length, region.end, region.node))
            self.regions += [part for part in rest if part.start < part.end]


class Processes:
    """Every process of a recording by its number. A child may be heard of before its parent's clone returns."""

    def __init__(self, folder: Place, calls: list[Call]) -> None:
        """The first one starts in `folder`; `calls` are all that will be told, of which clone matters here."""
        self.folder = folder
        self.held: dict[int, Process] = {}
        self.parents = {call.result: (call.pid, _flags(call)) for call in calls if call.name in FORKS}

    def __getitem__(self, pid: int) -> Process:
        if pid not in self.held:
            parent, flags = self.parents.get(pid, (0, 0))
            self.held[pid] = self[parent].child(pid, flags) if parent else Process(pid, [self.folder])
        return self.held[pid]


def _flags(call: Call) -> int:
    """Those of clone and clone3; fork has none, and a child of vfork shares the memory."""
    said = dict(call.named).get("flags", call.args[0] if call.args else None)
    if isinstance(said, dict):
        said = said.get("flags")
    if isinstance(said, int):
        return said
    return CLONE_VM if call.name == "vfork" else 0
