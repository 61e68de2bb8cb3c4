"""plan: each call split into micro-operations, with what the model says they need; and what each sync covers.

Source of the split: Pillai et al., OSDI 2014, section 3.1, with sizes page by page and bytes sector by sector.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from itertools import pairwise

from .models import Model
from .plan import Cut, Data, Effect, Entry, Freed, Grown, Plan, Unit, bits, union
from .replay import View, after
from .trace import (
    Call,
    Create,
    Failed,
    Hardlink,
    Mkdir,
    Msync,
    Op,
    Rename,
    Symlink,
    Sync,
    SyncAll,
    Trace,
    Truncate,
    Unlink,
    Write,
    Zero,
)
from .tree import OUTSIDE

__all__ = ["plan"]

PAGE = 4096  # bytes; a file grows on disk page by page, as the cache does


def plan(trace: Trace, model: Model) -> Plan:
    """The partial order and the points. Raises BadTrace for operations that cannot have happened."""
    after(trace)  # raises it
    split = _Split(trace, model)
    for number, step in enumerate(trace.steps):
        split.number, split.call = number, step.call
        split.take(step.op)
        split.view.apply(step)
    starts = [call.start for call in split.calls]
    return Plan(
        trace, model, split.without(split.lost()), starts, [(call.end, certain) for call, certain in split.synced]
    )


class _Split:
    """Goes through the steps once. Each mask holds units that later ones may need, and what those need in turn."""

    def __init__(self, trace: Trace, model: Model) -> None:
        self.trace, self.model, self.view = trace, model, View(trace.initial)
        self.number, self.call = 0, Call("", 0, 0)
        self.units: list[Unit] = []
        self.calls: list[Call] = []  # of each unit
        self.synced: list[tuple[Call, int]] = []  # each sync, and what is certain once it has returned
        self.open: dict[int, set[int]] = {}  # the units that are not certain yet: the homes that still wait for a sync
        self.failed: dict[int, int] = {}  # by node, the event at which the last sync of it that failed returned
        self.journal = 0
        self.grown: defaultdict[int, int] = defaultdict(int)  # by node, as the next one
        self.cut: defaultdict[int, int] = defaultdict(int)
        self.sector: defaultdict[tuple[int, int], int] = defaultdict(int)
        self.left: defaultdict[tuple[int, str], int] = defaultdict(int)  # renames, by the place that they emptied
        self.frees: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)  # truncations, each with its size
        self.touched: defaultdict[int, int] = defaultdict(int)  # the journal when fsync of this node was last due
        self.resized: defaultdict[int, int] = defaultdict(int)  # the same for fdatasync
        self.named: defaultdict[int, int] = defaultdict(int)  # what gave the node its names, or took one

    def add(self, what: str, *effects: Effect, needs: int, homes: dict[int, str]) -> int:
        """One unit more; it and what it needs."""
        self.open[len(self.units)] = set(homes)
        self.units.append(Unit(self.number, what, effects, needs, homes))
        self.calls.append(self.call)
        return needs | 1 << len(self.units) - 1

    def log(self, what: str, *effects: Effect, needs: int = 0, homes: dict[int, str]) -> int:
        """A unit that goes through the journal, where the model has one."""
        needs |= self.journal if self.model.one_journal else 0
        mask = self.add(what, *effects, needs=needs, homes=homes)
        self.journal |= mask
        return mask

    def enter(
        self, what: str, *entries: Entry, touches: Collection[int], needs: int = 0, also: Entry | None = None,
        over: int | None = None,
    ) -> int:  # fmt: skip
        """Names change, durable with the folder of the first, and with that of `also` where that is given.

        `over` is what loses a name. Not before the renames that emptied their places, or a file would be in neither.
        """
        for entry in entries:
            needs |= self.left[entry.node, entry.name]
        places = [entries[0], *([also] if also else [])]
        homes = {entry.node: f"the folder that holds {self.place(entry.node, entry.name)}" for entry in places}
        mask = self.log(what, *entries, *self.gone(over), needs=needs, homes=homes)
        for node in touches:
            self.named[node] |= mask
        self.touch([*touches, *(entry.node for entry in entries)])
        return mask

    def touch(self, nodes: Collection[int], *, resized: bool = False) -> None:
        """fsync of these has to commit the journal up to here; if `resized`, fdatasync too."""
        for node in nodes:
            self.touched[node] = self.journal
            if resized:
                self.resized[node] = self.journal

    def place(self, directory: int, name: str) -> str:
        above = self.view.path(directory)
        return name if above == "." else f"{above}/{name}"

    def take(self, op: Op) -> None:
        """Split one operation, before the view has it."""
        match op:
            case Create(node, int(directory), name) | Mkdir(node, directory, name) | Symlink(node, directory, name):
                self.enter_new(Entry(directory, name, node), node)
            case Create(node, None, name) if name:
                self.touch({node}, resized=True)
            case Hardlink(node, directory, name):
                entry = Entry(directory, name, node)
                self.enter(f"the name {self.place(directory, name)}", entry, touches={node})
            case Unlink(directory, name):
                child, entry = self.view.folders[directory][name], Entry(directory, name, None)
                self.enter(f"the removal of {self.place(directory, name)}", entry, touches={child}, over=child)
            case Rename():
                self.rename(op)
            case Write(data=data) if data:
                self.write(op)
            case Truncate() | Zero():
                self.cut_off(op)
            case Sync(node, data):
                self.sync(lambda homes: homes - {node}, self.due(node, data=data))
            case Msync(node):
                self.sync(lambda homes: homes - {node}, self.due(node, data=True))
            case Failed(node):
                self.failed[node] = self.call.end
            case SyncAll():
                self.sync(lambda homes: set(), 0)

    def enter_new(self, entry: Entry, node: int) -> None:
        self.enter(f"the name {self.place(entry.node, entry.name)}", entry, touches={node})
        self.touch({node}, resized=True)

    def rename(self, op: Rename) -> None:
        node, over = self.view.folders[op.directory][op.name], self.view.folders[op.to].get(op.new)
        old, new = self.place(op.directory, op.name), self.place(op.to, op.new)
        to, left = Entry(op.to, op.new, node), Entry(op.directory, op.name, over if op.exchange else None)
        touches, also = {node} if over is None else {node, over}, left if op.exchange else None
        lost = None if op.exchange else over
        if self.model.rename_is_atomic:
            needs = self.grown[node] if self.model.replacing_takes_size and over is not None else 0
            what = f"the rename of {old} to {new}"
            mask = self.enter(what, to, left, touches=touches, needs=needs, also=also, over=lost)
            self.left[op.directory, op.name] |= mask
            return
        if lost is not None:
            self.enter(f"the removal of the old {new}", Entry(op.to, op.new, None), touches=touches, over=lost)
        self.enter(f"the new name {new}", to, touches=touches, also=also)
        # The new folder too, else a sync of the old one would promise more than it does where a rename is atomic.
        self.enter(f"the removal of {old}", left, touches=touches, also=to)

    def write(self, op: Write) -> None:
        end, was, path, node = op.offset + len(op.data), len(self.view.files[op.node]), self.view.path(op.node), op.node
        if self.model.data_in_journal:
            self.write_in_journal(op, was, path)
            return
        # A size within the page of the old end waits for nothing, as that page is mapped, unless the model says so.
        whole = 0 if self.model.tail_waits_for_data else was + -was % PAGE
        below = self.put(node, op.offset, op.data, "bytes {} to {}", path, whole)
        for size in _edges(was, end, PAGE)[1:] if self.resizes(node, end, was) else ():
            needs = (below if self.model.size_waits_for_data else 0) | self.grown[node] | self.cut[node]
            grown = Grown(node, size)
            self.grown[node] = self.add(f"the size {size} of {path}", grown, needs=needs, homes={node: path})
        self.touch({node}, resized=end > was)

    def resizes(self, node: int, end: int, was: int) -> bool:
        """Whether a write up to there sets the size: if the file grows, or if the size may be what a sync has lost."""
        return end > was or (end == was and node in self.failed)

    def put(self, node: int, offset: int, data: bytes, what: str, path: str, whole: int = 0) -> int:
        """Bytes, each sector a unit; those from `whole` on."""
        below = 0
        for start, stop in pairwise(_edges(offset, offset + len(data), self.model.tear)):
            needs = self.freed(node, start) if self.model.freed_blocks_wait else 0
            needs |= self.sector[node, start // self.model.tear] if self.model.sectors_keep_order else 0
            effect = Data(node, start, data[start - offset : stop - offset])
            mask = self.add(f"{what.format(start, stop)} of {path}", effect, needs=needs, homes={node: path})
            self.sector[node, start // self.model.tear] = mask
            below |= mask if start >= whole else 0
        return below

    def write_in_journal(self, op: Write, was: int, path: str) -> None:
        for start, stop in pairwise(_edges(op.offset, op.offset + len(op.data), PAGE)):
            page = Data(op.node, start, op.data[start - op.offset : stop - op.offset])
            sized = [Grown(op.node, stop)] if self.resizes(op.node, stop, was) else []
            self.log(f"bytes {start} to {stop} of {path}", page, *sized, homes={op.node: path})
        self.touch({op.node}, resized=True)

    def freed(self, node: int, offset: int) -> int:
        """The truncations that freed the block at this offset, whatever the size of a block."""
        return union(cut for size, cut in self.frees[node] if size + -size % PAGE <= offset)

    def gone(self, node: int | None) -> list[Effect]:
        """A file's blocks, where its last name goes."""
        inside = (entries for folder, entries in self.view.folders.items() if folder != OUTSIDE)
        names = [child for entries in inside for child in entries.values()]
        if node is None or node not in self.view.files or names.count(node) > 1:
            return []
        return self.free(node, 0, self.allocated(node))

    def allocated(self, node: int) -> int:
        """The end of the file's last block."""
        size = len(self.view.files[node])
        return size + -size % PAGE

    def free(self, node: int, start: int, stop: int) -> list[Effect]:
        """Whole blocks between these bytes, where the model lets others have them at once."""
        first = start + -start % PAGE
        return [Freed(node, first, stop)] if first < stop and "reused" in self.model.fills else []

    def cut_off(self, op: Truncate | Zero) -> None:
        path, node = self.view.path(op.node), op.node
        if isinstance(op, Truncate):
            what, effect = f"the truncation of {path} to {op.size} bytes", Cut(node, op.size)
            rest = bytes(max(0, min(-op.size % PAGE, len(self.view.files[node]) - op.size)))
            if rest and not self.model.data_in_journal:  # the rest of a block that stays is overwritten in the cache
                self.put(node, op.size, rest, "the zeros that cut off bytes {} to {}", path)
            gone = self.free(node, op.size, self.allocated(node))
            self.cut[node] = self.log(what, effect, *gone, needs=self.cut[node], homes={node: path})
            self.frees[node].append((op.size, self.cut[node]))
        else:
            stop = min(op.offset + op.length, len(self.view.files[node]))
            zeros = Data(node, op.offset, bytes(max(0, stop - op.offset)))
            gone = self.free(node, op.offset, stop - stop % PAGE)
            self.log(f"zeros in bytes {op.offset} to {stop} of {path}", zeros, *gone, homes={node: path})
        self.touch({node}, resized=True)

    def due(self, node: int, *, data: bool) -> int:
        """Beside its own bytes, what a sync of this node has to commit."""
        if self.model.sync_commits_journal:
            return self.resized[node] if data else self.touched[node]
        if self.model.fsync_takes_names and not data:
            return union(self.named[each] for each in (node, *self.above(node)))
        return 0

    def above(self, node: int) -> Iterator[int]:
        """The folders that hold the node, by each of its names, up to the root."""
        for folder, entries in self.view.folders.items():
            if node in entries.values():
                yield folder
                yield from self.above(folder)

    def sync(self, left: Callable[[set[int]], set[int]], due: int) -> None:
        """What ended before the sync started, or is of the same call, is certain when it returns."""
        certain, lost = 0, self.lost()
        past = [i for i in self.open if self.calls[i].end < self.call.start or self.calls[i] == self.call]
        for i in (i for i in past if not lost >> i & 1):
            self.open[i] = left(self.open[i])
            if not self.open[i] or due >> i & 1:
                certain |= self.units[i].needs | 1 << i
        certain &= ~lost
        for i in bits(certain):
            self.open.pop(i, None)
        self.synced.append((self.call, certain))

    def lost(self) -> int:
        """What waits for a sync that has failed since, and is no longer in the cache: no sync makes it certain."""
        old = (i for i, homes in self.open.items() if any(self.calls[i].start < self.failed.get(n, 0) for n in homes))
        return union(1 << i for i in old)

    def without(self, lost: int) -> list[Unit]:
        """The units, of which those that are not lost no longer wait for any that is."""
        return [unit if lost >> i & 1 else replace(unit, needs=unit.needs & ~lost) for i, unit in enumerate(self.units)]


def _edges(start: int, end: int, step: int) -> list[int]:
    """start, the multiples of step between, end."""
    return [start, *range(start - start % step + step, end, step), end]
