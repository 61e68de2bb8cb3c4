"""How SQLite opens its file: durable, in a log, and together with others that do so at the same moment. Ours."""

import sqlite3
from pathlib import Path
from time import monotonic, sleep

__all__ = ["connect"]

_OPENING = (
    # One sync a commit; readers never wait for the writer. Where a file system cannot share a log between processes
    # the old journal stays, and there EXTRA also syncs the folder from which the journal was removed.
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = EXTRA",
    "PRAGMA fullfsync = ON",  # macOS: down to the platter
    "CREATE TABLE IF NOT EXISTS cells (ref TEXT NOT NULL UNIQUE, value BLOB NOT NULL)",
)


def connect(path: Path | str, wait: float) -> sqlite3.Connection:
    """A connection that waits up to `wait` seconds for others; sqlite3.OperationalError after that."""
    connection = sqlite3.connect(path, timeout=wait, isolation_level=None, check_same_thread=False)
    end = monotonic() + wait
    while not _is_opened(connection, last=monotonic() > end):
        sleep(0.005)
    return connection


def _is_opened(connection: sqlite3.Connection, last: bool) -> bool:
    """Turning to a log does not wait for others that do so at the same moment, whatever the timeout: try again."""
    try:
        for statement in _OPENING:
            connection.execute(statement)
    except sqlite3.OperationalError as error:
        if last or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            connection.close()
            raise
        return False
    return True
