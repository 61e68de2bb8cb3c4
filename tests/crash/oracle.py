"""Another way to the states of a tiny trace: every subset of its micro-operations, judged by rules read off the model.

It shares nothing with the search but the trace and the model: no masks, no closures, no points, no digests.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, combinations

from storage_conformance.crash.models import Model
from storage_conformance.crash.replay import View
from storage_conformance.crash.trace import (
    Create,
    Hardlink,
    Mkdir,
    Rename,
    Sync,
    SyncAll,
    Trace,
    Truncate,
    Unlink,
    Write,
    Zero,
)
from storage_conformance.crash.tree import ROOT, File, Folder

JOURNAL = ("name", "cut", "zero", "page")


@dataclass(eq=False)
class Micro:
    """One micro-operation: its kind, the step it is part of, and in `homes` what makes it durable."""

    kind: str
    at: int
    node: int
    homes: set[int]
    does: list = field(default_factory=list)
    gone: set[tuple[int, str]] = field(default_factory=set)  # places that an atomic rename empties
    source: int | None = None  # the file that a rename puts over another
    awaited: bool = False  # new bytes that a size can wait for
    touches: set[int] = field(default_factory=set)  # whose fsync commits it
    sizes: set[int] = field(default_factory=set)  # whose fdatasync commits it


def micros(trace: Trace, model: Model) -> list[Micro]:
    view, found = View(trace.initial), []
    for at, step in enumerate(trace.steps):
        found += list(parts(step.op, at, view, model))
        view.apply(step)
    return found


def parts(op: object, at: int, view: View, model: Model) -> Iterator[Micro]:
    match op:
        case Create(node, folder, name) | Mkdir(node, folder, name):
            put = [("entry", folder, name, node)]
            yield Micro("name", at, folder, {folder}, put, touches={node, folder}, sizes={node, folder})
        case Hardlink(node, folder, name):
            put = [("entry", folder, name, node)]
            yield Micro("name", at, folder, {folder}, put, touches={node, folder}, sizes={folder})
        case Unlink(folder, name):
            node = view.folders[folder][name]
            put = [("entry", folder, name, None), *freed(view, model, node)]
            yield Micro("name", at, folder, {folder}, put, touches={node, folder}, sizes={folder})
        case Rename():
            yield from renames(op, at, view, model)
        case Write(node, offset, data):
            was = len(view.files[node])
            grown = [("size", node, offset + len(data))] if offset + len(data) > was else []
            if model.data_in_journal:
                put = [("data", node, offset, data), *grown]
                yield Micro("page", at, node, {node}, put, touches={node}, sizes={node})
                return
            whole = was % 4096 == 0  # else the page of the old end has its block already
            awaited = whole or model.tail_waits_for_data
            yield Micro("data", at, node, {node}, [("data", node, offset, data)], awaited=awaited)
            if grown:
                yield Micro("size", at, node, {node}, grown)
        case Truncate(node, size):
            freed_too = [("freed", node)] if size == 0 and "reused" in model.fills else []  # else the one block stays
            put, rest = (
                [("cut", node, size), *freed_too],
                bytes(max(0, len(view.files[node]) - size) if size % 4096 else 0),
            )
            if rest and not model.data_in_journal:
                yield Micro("data", at, node, {node}, [("data", node, size, rest)])
            yield Micro("cut", at, node, {node}, put, touches={node}, sizes={node})
        case Zero(node, offset, length):
            zeros = bytes(max(0, min(length, len(view.files[node]) - offset)))
            yield Micro("zero", at, node, {node}, [("data", node, offset, zeros)], touches={node}, sizes={node})


def freed(view: View, model: Model, node: int | None) -> list:
    """What others may write into at once: a file that loses its last name."""
    names = [child for entries in view.folders.values() for child in entries.values()]
    return [("freed", node)] if "reused" in model.fills and node in view.files and names.count(node) == 1 else []


def renames(op: Rename, at: int, view: View, model: Model) -> Iterator[Micro]:
    node, over = view.folders[op.directory][op.name], view.folders[op.to].get(op.new)
    to = ("entry", op.to, op.new, node)
    left = ("entry", op.directory, op.name, over if op.exchange else None)
    inodes = {node} if over is None else {node, over}
    if model.rename_is_atomic:
        homes = {op.to, op.directory} if op.exchange else {op.to}
        all_of_it = inodes | {op.to, op.directory}
        source = node if over is not None else None
        gone = {(op.directory, op.name)}
        over_too = [] if op.exchange else freed(view, model, over)
        yield Micro("name", at, op.to, homes, [to, left, *over_too], gone, source, touches=all_of_it, sizes={op.to})
        return
    if over is not None and not op.exchange:
        yield Micro("name", at, op.to, {op.to}, [("entry", op.to, op.new, None), *freed(view, model, over)])
    yield Micro("name", at, op.to, {op.to, op.directory} if op.exchange else {op.to}, [to])
    yield Micro("name", at, op.directory, {op.directory, op.to}, [left])


def certain(trace: Trace, model: Model, ops: list[Micro], returned: int) -> set[Micro]:
    """What the syncs among the first `returned` steps have made durable."""
    found: set[Micro] = set()
    synced: dict[Micro, set[int]] = {op: set() for op in ops}
    for at, step in enumerate(trace.steps[:returned]):
        earlier = [op for op in ops if op.at < at or trace.steps[op.at].call == step.call]
        if isinstance(step.op, SyncAll):
            found |= set(earlier)
        elif isinstance(step.op, Sync):
            for op in earlier:
                synced[op] |= {step.op.node} & op.homes
                if synced[op] >= op.homes:
                    found.add(op)
            if model.sync_commits_journal:
                found |= committed(trace, step.op, ops, at)
            elif model.fsync_takes_names and not step.op.data:
                found |= naming(trace, step.op.node, ops, at)
    return found


def committed(trace: Trace, sync: Sync, ops: list[Micro], at: int) -> set[Micro]:
    """The journal up to the last change of the inode that this kind of sync minds."""
    mine = [op.at for op in ops if op.at < at and sync.node in (op.sizes if sync.data else op.touches)]
    grown = {op.at for op in ops if op.kind == "size"}
    writes = [i for i, s in enumerate(trace.steps[:at]) if isinstance(s.op, Write) and s.op.node == sync.node]
    mine += [i for i in writes if not sync.data or i in grown]
    return {op for op in ops if op.kind in JOURNAL and op.at <= max(mine, default=-1)}


def naming(trace: Trace, node: int, ops: list[Micro], at: int) -> set[Micro]:
    """What gave names to the node and to each folder above it, or took them, with the renames that those need."""
    view = View(trace.initial)
    for step in trace.steps[:at]:
        view.apply(step)
    above = {node}
    while more := {folder for folder, held in view.folders.items() if above & set(held.values())} - above:
        above |= more
    found = {op for op in ops if op.at < at and op.kind == "name" and above & (op.touches - homes_of(op))}
    while more := {op for op in ops for later in found if op.gone & entered(later) and op.at < later.at} - found:
        found |= more
    return found


def homes_of(op: Micro) -> set[int]:
    """The folders in which names change."""
    return {folder for kind, folder, *_ in op.does if kind == "entry"}


def entered(op: Micro) -> set[tuple[int, str]]:
    return {(folder, what[0]) for kind, folder, *what in op.does if kind == "entry"}


def lawful(model: Model, ops: list[Micro], there: set[Micro]) -> bool:
    """Each rule of the model in turn, over pairs: the later is there, so the earlier has to be."""
    for n, later in enumerate(ops):
        if later in there and any(needed(model, earlier, later) and earlier not in there for earlier in ops[:n]):
            return False
    return True


def needed(model: Model, earlier: Micro, later: Micro) -> bool:
    same = earlier.node == later.node
    frees = earlier.kind == "cut" and later.kind == "data" and not earlier.does[0][2]  # else the block stays
    return (
        (model.one_journal and earlier.kind in JOURNAL and later.kind in JOURNAL)
        or bool(earlier.gone & entered(later))
        or (same and earlier.kind == "data" and later.kind == "data" and model.sectors_keep_order)
        or (same and earlier.kind in ("size", "cut") and later.kind == "size")
        or (same and earlier.kind == "cut" and later.kind == "cut")
        or (model.freed_blocks_wait and same and frees)
        or (model.size_waits_for_data and earlier.awaited and later.kind == "size" and earlier.at == later.at)
        or (model.replacing_takes_size and earlier.kind == "size" and later.source == earlier.node)
    )


def told(trace: Trace, ops: list[Micro], there: set[Micro], lost: set[Micro], fill: str) -> str:
    """Carry out what is there, in order, on plain dictionaries, and put it into the words of litmus tests."""
    nodes = trace.initial.nodes
    folders = {n: dict(node.entries) for n, node in nodes.items() if isinstance(node, Folder)}
    held = {n: node.content for n, node in nodes.items() if isinstance(node, File)}
    size = {n: len(content) for n, content in held.items()}
    for op in ops:
        for kind, node, *what in op.does:
            if op in there and kind == "entry":
                entries = folders.setdefault(node, {})
                entries.pop(what[0], None)
                entries |= {} if what[1] is None else {what[0]: what[1]}
            elif op in there and kind == "data":
                old = held.get(node, b"").ljust(what[0], b"\0")
                held[node] = old[: what[0]] + what[1] + old[what[0] + len(what[1]) :]
            elif op in there and kind != "freed":
                size[node] = what[0]
                held[node] = held.get(node, b"")[: what[0]] if kind == "cut" else held.get(node, b"")
            elif op in lost and kind == "freed" and fill == "reused":
                held[node] = b"\xff" * len(held.get(node, b""))
            elif op in lost and kind == "data" and fill != "zeros":
                old = held.get(node, b"").ljust(what[0], b"\0")
                held[node] = old.ljust(what[0] + len(what[1]), b"\xff")
    folders |= {step.op.node: folders.get(step.op.node, {}) for step in trace.steps if isinstance(step.op, Mkdir)}
    return " ".join(sorted(words(ROOT, "", folders, held, size))) or "-"


def words(number: int, path: str, folders: dict, held: dict, size: dict) -> Iterator[str]:
    for name, child in folders[number].items():
        if child in folders:
            yield f"{path}{name}/"
            yield from words(child, f"{path}{name}/", folders, held, size)
        else:
            content = held.get(child, b"")[: size.get(child, 0)].ljust(size.get(child, 0), b"\0")
            yield f"{path}{name}=" + runs(content)


def runs(content: bytes) -> str:
    letters = "".join("z" if byte == 0 else chr(byte) if byte < 128 else "?" for byte in content)
    found, start = "", 0
    for end in range(1, len(letters) + 1):
        if end == len(letters) or letters[end] != letters[start]:
            found, start = f"{found}{letters[start]}{end - start}", end
    return found


def all_outcomes(trace: Trace, model: Model) -> tuple[set[str], set[str]]:
    """What may be found if the power goes at any time, and what if it goes after the last call."""
    ops, ever, later = micros(trace, model), set[str](), set[str]()
    for returned in range(len(trace.steps) + 1):
        forced = certain(trace, model, ops, returned)
        started = [op for op in ops if op.at < returned]
        for some in chain.from_iterable(combinations(started, n) for n in range(len(started) + 1)):
            there = set(some)
            if forced <= there and lawful(model, ops, there):
                found = {told(trace, ops, there, set(started) - there, fill) for fill in model.fills}
                ever |= found
                later |= found if returned == len(trace.steps) else set()
    return ever, later
