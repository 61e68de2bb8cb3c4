"""The entries of an audit log, which is a store, and replay (ours; field: append-only log, event sourcing)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from math import inf
from typing import Any, Literal

from ..functions import as_bytes, exists, look
from ..ref import Ref
from ..store import MISSING, Conflict, Store

__all__ = ["Entry", "EntryCodec", "append", "entries", "replay"]


@dataclass(frozen=True)
class Entry:
    """PUT, MERGE or DELETE: is about to be asked. DONE: entry number `of` has happened. NOT: it never will."""

    time: float  # in seconds since 1970, UTC
    verb: Literal["PUT", "MERGE", "DELETE", "DONE", "NOT"]
    ref: Ref
    value: Any = MISSING
    of: int | None = None


@dataclass(frozen=True)
class EntryCodec:
    """Entries of a store of bytes, as bytes: a line of JSON, then the value as it is. For Serialized."""

    def encode(self, entry: Entry, /) -> bytes:
        head = {"time": entry.time, "verb": entry.verb, "ref": [*entry.ref], "of": entry.of}
        value = b"" if entry.value is MISSING else as_bytes(entry.value)
        return json.dumps(head).encode() + b"\n" + value

    def decode(self, raw: bytes, /) -> Entry:
        line, _, value = raw.partition(b"\n")
        head = json.loads(line)
        held = value if head["verb"] in ("PUT", "MERGE") else MISSING
        return Entry(head["time"], head["verb"], Ref(*head["ref"]), held, head["of"])


def append(log: Store[Entry], entry: Entry, start: int = 0) -> int:
    """Create `entry` under the first free number from `start` on, and return that."""
    number = start
    while True:
        try:
            log.swap(_at(number), MISSING, entry)
            return number
        except Conflict:  # there is one, perhaps of another writer
            number = _free(log, number + 1)


def entries(log: Store[Entry]) -> Iterator[Entry]:
    """All of `log`, in order, one read at a time, from number 0 to the first that is not there: so remove none."""
    for number in count():
        entry = look(log, _at(number))
        if entry is MISSING:
            return
        yield entry


def replay(log: Store[Entry], into: Store[Any], until: float = inf) -> list[Entry]:
    """Do again in `into` what had happened by `until`, in seconds since 1970: ``replay(log, Memory())`` is the content.

    The log is read up to the first later entry. Returns the writes of which it does not say, so far, how they ended.
    For merges `into` must merge as the source did: ``Merging(Memory(), ...)``. Raises what `into` raises.
    """
    begun: dict[int | None, Entry] = {}
    for number, entry in enumerate(entries(log)):
        if entry.time > until:
            break
        if entry.verb == "DONE":
            _again(begun.pop(entry.of), into)
        elif entry.verb == "NOT":
            del begun[entry.of]
        else:
            begun[number] = entry
    return list(begun.values())


def _again(entry: Entry, into: Store[Any]) -> None:
    if entry.verb == "DELETE":
        into.delete(entry.ref)
    else:
        getattr(into, entry.verb.lower())(entry.ref, entry.value)


def _at(number: int) -> Ref:
    return Ref(f"{number:012d}")


def _free(log: Store[Entry], start: int) -> int:
    """The first number from `start` on without an entry, by doubling, then halving: numbers have no gaps."""
    step = 1
    while exists(log, _at(start + step - 1)):
        start, step = start + step, step * 2
    while step > 1:
        step //= 2
        if exists(log, _at(start + step - 1)):
            start += step
    return start
