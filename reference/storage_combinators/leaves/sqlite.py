"""SQLite: one table of one database file. Ours."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import get_ident
from typing import ClassVar

from ..functions import as_bytes, as_ref, look
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Missing
from .sqlite_opening import connect

__all__ = ["SQLite"]

_PAGE = 1000
_GET = "SELECT value FROM cells WHERE ref = ?"
_HAS = "SELECT 1 FROM cells WHERE ref = ?"
_PUT = "INSERT INTO cells VALUES (?, ?) ON CONFLICT (ref) DO UPDATE SET value = excluded.value"
_DELETE = "DELETE FROM cells WHERE ref = ?"
_NEXT = "SELECT ref FROM cells WHERE ref > ? AND ref < ? ORDER BY ref LIMIT ?"


@dataclass(frozen=True)
class SQLite:
    """Bytes in the table `cells` of the database `path`, a file that is made when first used; its folder is not.

    ``get(r) = SELECT value FROM cells WHERE ref = key(r)``. Absence is the row's; a failure of SQLite propagates,
    `wait` seconds for another writer included. Stopped midway: before or after. Safe for threads, processes, forks.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = SQLite(f"{folder}/db"); store.put(Ref("a"), b"1"); store.get(Ref("a")); store.close()
    b'1'
    """

    path: Path | str
    wait: float = 60.0
    opened: dict[tuple[int, int], sqlite3.Connection] = field(default_factory=dict, repr=False, compare=False)

    claims: ClassVar[dict[str, object]] = {"survives": "power"}

    def __post_init__(self) -> None:
        if str(self.path) in ("", ":memory:"):  # to SQLite a database for each connection, so here for each thread
            raise ValueError(f"{str(self.path)!r} would be a database for each thread: take Memory, or name a file")

    def get(self, ref: Ref, /) -> bytes:
        row = self._connection.execute(_GET, [_key(ref)]).fetchone()
        if row is None:
            raise Missing(ref)
        return bytes(row[0])

    def put(self, ref: Ref, value: bytes, /) -> None:
        self._connection.execute(_PUT, [_key(ref), as_bytes(value)])

    merge = put

    def delete(self, ref: Ref, /) -> None:
        self._connection.execute(_DELETE, [_key(ref)])

    def swap(self, ref: Ref, old: bytes | Gone, new: bytes | Gone, /) -> None:
        expected = old if old is MISSING else as_bytes(old)
        data = new if new is MISSING else as_bytes(new)
        with self._writing():
            if look(self, ref) != expected:
                raise Conflict(ref)
            if data is MISSING:
                self.delete(ref)
            else:
                self.put(ref, data)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth != 1 and self._connection.execute(_HAS, [_key(base)]).fetchone():
            yield base
        if depth is None:
            yield from map(_ref, self._walk(_key(base)))
        elif depth == 1:
            yield from map(_ref, self._level(_key(base)))

    def close(self) -> None:
        """Close the connections of this process; the next verb opens a new one."""
        for owner in list(self.opened):
            if owner[0] == os.getpid():
                self.opened.pop(owner).close()

    @property
    def _connection(self) -> sqlite3.Connection:
        """One for each thread; a fork neither uses nor closes what it inherited, which would break its parent's."""
        owner = (os.getpid(), get_ident())
        if owner not in self.opened:
            self.opened[owner] = connect(self.path, self.wait)
        return self.opened[owner]

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction that is the only writer from its start on, so that nobody comes between look and put."""
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk has rolled it back already
                connection.execute("ROLLBACK")
            raise

    def _walk(self, key: str) -> Iterator[str]:
        """The keys below `key`, a page at a time: no transaction stays open between two."""
        last, end = key, _end(key)
        while page := self._connection.execute(_NEXT, [last, end, _PAGE]).fetchall():
            yield from (row[0] for row in page)
            last = page[-1][0]

    def _level(self, key: str) -> Iterator[str]:
        """The keys one name below `key`: one search of the index for each, past all that is below the last."""
        last, end = key, _end(key)
        while row := self._connection.execute(_NEXT, [last, end, 1]).fetchone():
            child = row[0][: row[0].index("/", len(key)) + 1]
            yield child
            last = _end(child)


def _key(ref: Ref) -> str:
    """Every name ends in a slash, so that what is at or below a ref is one range of the index: key <= k < _end(key)."""
    return "/".join(["", *as_ref(ref), ""])


def _end(key: str) -> str:
    return key[:-1] + chr(ord("/") + 1)


def _ref(key: str) -> Ref:
    return Ref(*key.split("/")[1:-1])
