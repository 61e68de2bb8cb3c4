"""dbm.dumb of the standard library."""

import dbm.dumb

from harness import run


def write(folder, key, data):
    with dbm.dumb.open(f"{folder}/db", "c") as db:
        db[key] = data


def read(folder, key):
    with dbm.dumb.open(f"{folder}/db", "c") as db:
        return db.get(key)


run(write, read)
