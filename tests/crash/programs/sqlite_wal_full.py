"""SQLite, journal_mode=WAL, synchronous=FULL."""

import sqlite3

from harness import run


def opened(folder):
    db = sqlite3.connect(f"{folder}/db", isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("CREATE TABLE IF NOT EXISTS held (key TEXT PRIMARY KEY, value BLOB)")
    return db


def write(folder, key, data):
    opened(folder).execute("INSERT OR REPLACE INTO held VALUES (?, ?)", (key, data))


def read(folder, key):
    row = opened(folder).execute("SELECT value FROM held WHERE key = ?", (key,)).fetchone()
    return row and row[0]


run(write, read)
