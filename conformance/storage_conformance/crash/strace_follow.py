"""Which file a descriptor is, and where a path leads, for each process of a program that strace follows."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .mirror import Place, Spot
from .recorder import OUTSIDE, Opened, Recorder
from .strace_lines import Call, Exit, File
from .strace_processes import Process, Processes

__all__ = ["Follower"]

AT_FDCWD = -100
MAGIC = re.compile(r"(?:/proc/(?:self|thread-self|\d+)|/dev(?=/fd/))/(?:cwd|fd/(\d+))(?:/|$)")  # proc(5)


@dataclass
class Follower:
    """One run of a program: `folder` is where it starts, `calls` all that it and its children did."""

    recorder: Recorder
    folder: str
    calls: list[Call | Exit]
    processes: Processes = field(init=False)

    def __post_init__(self) -> None:
        spot = self.recorder.mirror.find("/", self.folder)
        start = os.path.join(str(spot.folder), spot.name) if spot.node is None else spot.node
        self.processes = Processes(start, [call for call in self.calls if isinstance(call, Call)])

    def base(self, process: Process, file: Any) -> Place:
        """The folder that a descriptor is."""
        if file is None or file.number == AT_FDCWD:
            return process.folder[0]
        held = process.files.get(file.number)
        return held.node if held else os.fsdecode(file.path)

    def file(self, process: Process, said: Any) -> Opened:
        """What a descriptor has open. One below the folder that nobody was seen to open came from another program."""
        number, path = (said.number, os.fsdecode(said.path)) if isinstance(said, File) else (said, "")
        if number not in process.files and path.startswith(f"{self.recorder.root}/"):
            self.recorder.unseen(f"{path} was opened in a way that cannot be followed")
        return process.files.get(number, Opened(OUTSIDE, path))

    def spot(self, process: Process, file: Any, name: bytes, *, follow: bool = False) -> Spot:
        """What a path leads to from a folder, by way of /proc too."""
        path = os.fsdecode(name)
        magic = MAGIC.match(path)
        if not magic or (not follow and magic.end() == len(path)):
            return self.recorder.mirror.find(self.base(process, file), path, follow=follow)
        held = process.files.get(int(magic[1])) if magic[1] else None
        if held and magic.end() == len(path):
            return Spot("/", "", held.node)
        base = held.node if held else process.folder[0] if not magic[1] else "/"
        return self.recorder.mirror.find(base, path[magic.end() :] if base != "/" else path, follow=follow)

    def content(self, file: Opened, offset: int, length: int) -> bytes | None:
        """What a file held there; None where nobody knows."""
        if file.node in self.recorder.mirror.files:
            return bytes(self.recorder.mirror.files[file.node][offset : offset + length])
        path = Path(file.path)
        if not path.is_file():
            return None
        with path.open("rb") as source:
            source.seek(offset)
            return source.read(length)

    def copied(self, target: Opened, offset: int | None, data: bytes | None, length: int) -> None:
        """A write whose bytes no program held. Where the source does not tell them, the file itself may, later."""
        at = target.offset if offset is None else offset
        if target.node == OUTSIDE:
            return
        if data is None or len(data) != length:
            path = self.recorder.root / self.recorder.mirror.path(target.node)
            data = path.read_bytes()[at : at + length] if path.is_file() else b""
        if len(data) == length:
            self.recorder.write(target, data, offset)
        else:
            self.recorder.unseen("bytes were copied from where they cannot be read again", target.node)
