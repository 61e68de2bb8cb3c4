"""Trace: what a program did to a folder, call by call, as plain data; one JSON format, whoever recorded it.

A recorder resolves names, descriptors and working directories itself: an operation names nodes by number. A number
is one inode for the whole trace; ROOT is the folder under test; numbers of new nodes are any that are not in use.
Only calls that succeeded are recorded, in the order in which they ended.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from .tree import ROOT, File, Folder, Link, Node, Tree

__all__ = ["KINDS", "ROOT", "BadTrace", "Call", "Op", "Step", "Trace", "load", "save"]

VERSION = 1


class BadTrace(ValueError):
    """The file is no trace, or its operations cannot have happened; told in one line."""


@dataclass(frozen=True)
class Call:
    """The call as a person would write it, who made it, where in its source, and when it started and ended.

    `start` and `end` are numbers of events that only grow: one call ended before another started if its `end` is
    smaller than the other's `start`; calls that overlap ran at once. `place` is "file.py:12", or "" where unknown.
    """

    text: str
    start: int
    end: int
    process: int = 0
    thread: int = 0
    place: str = ""


@dataclass(frozen=True)
class Create:
    """A new empty file, by open(O_CREAT) or mknod; `directory` None: outside of the folder, to be moved in later.

    `name` is its absolute path then, or "" where it has none, by open(O_TMPFILE).
    """

    node: int
    directory: int | None
    name: str
    mode: int = 0o644


@dataclass(frozen=True)
class Mkdir:
    """A new empty folder."""

    node: int
    directory: int
    name: str
    mode: int = 0o755


@dataclass(frozen=True)
class Symlink:
    """A new symbolic link."""

    node: int
    directory: int
    name: str
    target: str


@dataclass(frozen=True)
class Hardlink:
    """One name more, by link or linkat."""

    node: int
    directory: int
    name: str


@dataclass(frozen=True)
class Unlink:
    """One name less, by unlink or rmdir; an open file lives on without a name."""

    directory: int
    name: str


@dataclass(frozen=True)
class Rename:
    """rename, over whatever had the new name; with `exchange` both stay, by renameat2(RENAME_EXCHANGE).

    `directory` may be OUTSIDE, and `name` the path of a file that was created there.
    """

    directory: int
    name: str
    to: int
    new: str
    exchange: bool = False


@dataclass(frozen=True)
class Write:
    """Bytes at an offset, as many as were written; past the end the file grows."""

    node: int
    offset: int
    data: bytes


@dataclass(frozen=True)
class Truncate:
    """The file has this size now, by truncate, O_TRUNC (only if it was not empty) or an allocation that grows it."""

    node: int
    size: int


@dataclass(frozen=True)
class Zero:
    """A range reads as zeros, the size stays: fallocate with PUNCH_HOLE or ZERO_RANGE."""

    node: int
    offset: int
    length: int


@dataclass(frozen=True)
class Sync:
    """fsync; `data` for fdatasync, and as a step after its write for a write to a descriptor with O_DSYNC or O_SYNC."""

    node: int
    data: bool = False


@dataclass(frozen=True)
class SyncAll:
    """sync or syncfs. sync_file_range guarantees nothing durable and is not recorded."""


@dataclass(frozen=True)
class Failed:
    """A sync of this file or folder that failed: what it was to make durable has left the cache, for no later sync."""

    node: int


@dataclass(frozen=True)
class Map:
    """mmap of a file, shared and writable: what it holds is unknown from here on."""

    node: int


@dataclass(frozen=True)
class Msync:
    """msync(MS_SYNC). MS_ASYNC guarantees nothing and is not recorded."""

    node: int


@dataclass(frozen=True)
class Seen:
    """What the recorder found in a mapped file when it looked, at the latest at the end."""

    node: int
    content: bytes


@dataclass(frozen=True)
class Unseen:
    """Something happened that the recorder cannot follow (io_uring, say), and why: never "safe" after it."""

    why: str


@dataclass(frozen=True)
class Mark:
    """A run of the writer `began`, or `returned` (the acknowledgement); what it wrote is for the recorder to know."""

    what: str
    run: int


Op = (
    Create | Mkdir | Symlink | Hardlink | Unlink | Rename | Write | Truncate | Zero
    | Sync | SyncAll | Failed | Map | Msync | Seen | Unseen | Mark
)  # fmt: skip
KINDS: dict[str, type[Op]] = {kind.__name__.lower(): kind for kind in Op.__args__}


@dataclass(frozen=True)
class Step:
    """One operation of a call; open(O_CREAT | O_TRUNC) and a write with O_DSYNC are several steps with one call."""

    op: Op
    call: Call


@dataclass
class Trace:
    """The folder before, and what was done to it."""

    initial: Tree = field(default_factory=Tree)
    steps: list[Step] = field(default_factory=list)

    def add(self, text: str, *ops: Op, place: str = "", process: int = 0, thread: int = 0) -> None:
        """One call more, which starts after all others have ended."""
        start = self.steps[-1].call.end + 1 if self.steps else 1
        call = Call(text, start, start + 1, process, thread, place)
        self.steps += [Step(op, call) for op in ops]

    def unseen(self) -> list[str]:
        """Why this trace cannot be called safe, each reason once."""
        return list(dict.fromkeys(step.op.why for step in self.steps if isinstance(step.op, Unseen)))


def save(trace: Trace, path: Path) -> None:
    """Write the trace as JSON. Raises OSError."""
    path.write_text(json.dumps(as_json(trace), indent=1) + "\n")


def load(path: Path) -> Trace:
    """Read a trace. Raises BadTrace and OSError."""
    try:
        return from_json(json.loads(path.read_text()))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadTrace(f"{path.name} holds no trace: {type(error).__name__}: {error}") from error


def as_json(trace: Trace) -> dict[str, Any]:
    """The trace as JSON: version, initial (nodes by number), steps ("op", its fields, "call"); bytes in base 64."""
    nodes = {str(number): _plain(node) for number, node in trace.initial.nodes.items()}
    steps = [{**_plain(step.op), "call": asdict(step.call)} for step in trace.steps]
    return {"version": VERSION, "initial": nodes, "steps": steps}


def from_json(told: dict[str, Any]) -> Trace:
    """The trace back. Raises ValueError, KeyError or TypeError where it is none."""
    if told["version"] != VERSION:
        raise ValueError(f"its version is {told['version']}, this program reads {VERSION}")
    nodes = {int(number): _typed(node, _NODES) for number, node in told["initial"].items()}
    steps = [Step(_typed(step, KINDS), Call(**step["call"])) for step in told["steps"]]
    return Trace(Tree(nodes), steps)


_NODES: dict[str, type[Node]] = {"file": File, "folder": Folder, "link": Link}


def _plain(item: Op | Node) -> dict[str, Any]:
    values = {each.name: getattr(item, each.name) for each in fields(item)}
    encoded = {name: b64encode(v).decode() if isinstance(v, bytes) else v for name, v in values.items()}
    return {"op": type(item).__name__.lower(), **encoded}


def _typed(told: dict[str, Any], kinds: dict[str, Any]) -> Any:
    kind = kinds[told["op"]]
    return kind(**{each.name: _value(told[each.name], each.type) for each in fields(kind)})


def _value(value: Any, annotation: object) -> Any:
    return b64decode(value) if annotation == "bytes" else value
