"""Stores of the suite's own that break no law, each of another make. Outlaws stand on them; they are the controls.

A make is three primitives under one lock; the six verbs are the same for all.
"""

from __future__ import annotations

import fcntl
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from hashlib import sha256
from json import dumps, loads
from os import O_CREAT, O_RDWR, replace
from os import open as open_descriptor
from pathlib import Path
from threading import RLock
from typing import Any, ClassVar
from uuid import uuid4
from zlib import crc32

from storage_combinators.functions import as_bytes, listed, present
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Depth, Missing, Refused

__all__ = ["CopyOnWrite", "Folder", "Listed", "LogFile", "Narrow", "Plain", "Sharded", "Sqlite", "Verbs", "known"]


def known(ref: object) -> Ref:
    """`ref`, if it is one; TypeError."""
    if not isinstance(ref, Ref):
        raise TypeError(f"a {type(ref).__name__} is no Ref")
    return ref


class Verbs:
    """The six verbs over `read`, `write` and `every`, which a make gives; `write` of MISSING removes."""

    def __init__(self) -> None:
        self.mutex = RLock()

    def read(self, ref: Ref) -> Any:
        """The value at `ref`, or MISSING."""
        raise NotImplementedError

    def write(self, ref: Ref, value: Any) -> None:
        """`value` is at `ref`."""
        raise NotImplementedError

    def every(self) -> Iterable[Ref]:
        """Every ref with a value."""
        raise NotImplementedError

    def alone(self) -> AbstractContextManager[Any]:
        """Nobody else reads or writes meanwhile."""
        return self.mutex

    def checked(self, value: Any) -> Any:
        """A copy of `value`; TypeError for what cannot be held."""
        return as_bytes(value)

    def get(self, ref: Ref, /) -> Any:
        with self.alone():
            value = self.read(known(ref))
        if value is MISSING:
            raise Missing(ref)
        return value

    def put(self, ref: Ref, value: Any, /) -> None:
        value = self.checked(present(value))
        with self.alone():
            self.write(known(ref), value)

    def merge(self, ref: Ref, value: Any, /) -> None:
        value = self.checked(present(value))
        with self.alone():
            self.write(known(ref), value)

    def delete(self, ref: Ref, /) -> None:
        with self.alone():
            self.write(known(ref), MISSING)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        old, new = (each if each is MISSING else self.checked(each) for each in (old, new))
        with self.alone():
            if self.read(known(ref)) != old:
                raise Conflict(ref)
            self.write(ref, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        with self.alone():
            return listed(set(self.every()), known(base), depth)


class Plain(Verbs):
    """A dictionary. It can be pickled."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: dict[Ref, Any] = {}

    def read(self, ref: Ref) -> Any:
        return self.cells.get(ref, MISSING)

    def write(self, ref: Ref, value: Any) -> None:
        if value is MISSING:
            self.cells.pop(ref, None)
        else:
            self.cells[ref] = value

    def every(self) -> Iterable[Ref]:
        return list(self.cells)

    def __getstate__(self) -> dict[str, Any]:
        return {"cells": self.cells}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__()  # type: ignore[misc]  # the lock is made anew
        self.cells.update(state["cells"])


class Listed(Verbs):
    """A list of pairs, searched from its end."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[Ref, Any]] = []

    def read(self, ref: Ref) -> Any:
        return next((value for held, value in self.pairs if held == ref), MISSING)

    def write(self, ref: Ref, value: Any) -> None:
        self.pairs = [pair for pair in self.pairs if pair[0] != ref] + ([] if value is MISSING else [(ref, value)])

    def every(self) -> Iterable[Ref]:
        return [ref for ref, _ in self.pairs]


class Narrow(Plain):
    """Short refs and small values are taken, and no others; it says so."""

    claims: ClassVar[dict[str, object]] = {"max_key": 40, "max_value": 300}

    def checked(self, value: Any) -> Any:
        if len(held := super().checked(value)) > 300:
            raise Refused("the value is too long")
        return held

    def write(self, ref: Ref, value: Any) -> None:
        if len(str(ref).encode()) > 40:
            raise Refused("the ref is too long")
        super().write(ref, value)


class CopyOnWrite(Plain):
    """A dictionary that is never changed, but replaced; readers need no lock."""

    def write(self, ref: Ref, value: Any) -> None:
        fresh = {held: kept for held, kept in self.cells.items() if held != ref}
        self.cells = fresh if value is MISSING else {**fresh, ref: value}


class Sharded(Verbs):
    """Four stores, of which the hash of the ref chooses one."""

    def __init__(self) -> None:
        super().__init__()
        self.shards = [Plain() for _ in range(4)]

    def shard(self, ref: Ref) -> Plain:
        return self.shards[crc32(str(ref).encode()) % len(self.shards)]

    def read(self, ref: Ref) -> Any:
        return self.shard(ref).read(ref)

    def write(self, ref: Ref, value: Any) -> None:
        self.shard(ref).write(ref, value)

    def every(self) -> Iterable[Ref]:
        return [ref for shard in self.shards for ref in shard.every()]


class OnDisk(Verbs):
    """What is in a directory; one handle at a time, by a lock on a file."""

    claims: ClassVar[dict[str, object]] = {"survives": "kill"}

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self.directory = directory

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self.mutex, open(open_descriptor(self.directory / "lock", O_RDWR | O_CREAT)) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class Folder(OnDisk):
    """A file for each ref, named by the hash of the ref: a line that says the ref, then the value."""

    def path(self, ref: Ref) -> Path:
        return self.directory / f"{sha256(dumps(ref).encode()).hexdigest()}.value"

    def read(self, ref: Ref) -> Any:
        try:
            return self.path(ref).read_bytes().partition(b"\n")[2]
        except FileNotFoundError:
            return MISSING

    def write(self, ref: Ref, value: Any) -> None:
        if value is MISSING:
            self.path(ref).unlink(missing_ok=True)
        else:
            temporary = self.directory / f"{uuid4().hex}.new"
            temporary.write_bytes(dumps(ref).encode() + b"\n" + value)
            replace(temporary, self.path(ref))

    def every(self) -> Iterable[Ref]:
        files = [path.read_bytes() for path in self.directory.glob("*.value")]
        return [Ref(*loads(each.partition(b"\n")[0])) for each in files]


class LogFile(OnDisk):
    """One file to which each write appends a line; the last of a ref counts, and one that was cut short does not."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.found: dict[Ref, bytes] = {}
        self.done = 0  # so many bytes of the file are in `found`
        self.reading = RLock()  # who reads takes no other lock, and `found` must not be seen half replayed

    def read(self, ref: Ref) -> Any:
        return self.replayed().get(ref, MISSING)

    def every(self) -> Iterable[Ref]:
        return list(self.replayed())

    def write(self, ref: Ref, value: Any) -> None:
        text = dumps([ref, None if value is MISSING else b64encode(value).decode()]).encode()
        with (self.directory / "log").open("ab") as file:
            file.write(b"\n%d %s\n" % (crc32(text), text))  # a line of its own, whatever was cut short before it

    def replayed(self) -> dict[Ref, bytes]:
        with self.reading, (self.directory / "log").open("a+b") as file:
            file.seek(self.done)
            *lines, rest = file.read().split(b"\n")
            self.done = file.tell() - len(rest)
            for number, _, text in (line.partition(b" ") for line in lines):
                if number and number == b"%d" % crc32(text):
                    names, value = loads(text)
                    self.found.pop(Ref(*names), None)
                    self.found.update({} if value is None else {Ref(*names): b64decode(value)})
            return dict(self.found)


class Sqlite(OnDisk):
    """A table, opened anew for each verb, so that a handle is a path and nothing else."""

    def rows(self, statement: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self.directory / "store.db")) as connection, connection:
            connection.execute("PRAGMA synchronous = OFF")  # a kill loses nothing by it, and power is not claimed
            connection.execute("CREATE TABLE IF NOT EXISTS cells (ref TEXT PRIMARY KEY, value BLOB)")
            return connection.execute(statement, values).fetchall()

    def read(self, ref: Ref) -> Any:
        rows = self.rows("SELECT value FROM cells WHERE ref = ?", dumps(ref))
        return rows[0][0] if rows else MISSING

    def write(self, ref: Ref, value: Any) -> None:
        if value is MISSING:
            self.rows("DELETE FROM cells WHERE ref = ?", dumps(ref))
        else:
            self.rows("INSERT OR REPLACE INTO cells VALUES (?, ?)", dumps(ref), value)

    def every(self) -> Iterable[Ref]:
        return [Ref(*loads(ref)) for (ref,) in self.rows("SELECT ref FROM cells")]
