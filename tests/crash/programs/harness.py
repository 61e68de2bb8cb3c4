"""What every program here shares: `NAME.py write DIR KEY FILE` and `NAME.py read DIR KEY`, with 3 for a missing key.

Some have `NAME.py setup DIR` too.
"""

import os
import sys


def run(write, read, setup=None):
    """Call setup(folder) or write(folder, key, data), or print what read(folder, key) returns; None is missing."""
    if sys.argv[1] == "setup":
        setup(sys.argv[2])
        return
    verb, folder, key, *file = sys.argv[1:]
    if verb == "write":
        with open(file[0], "rb") as source:
            write(folder, key, source.read())
        return
    value = read(folder, key)
    if value is None:
        sys.exit(3)
    sys.stdout.buffer.write(value)


def read_file(folder, key):
    """The reader of all that keep a value in a file of its own."""
    try:
        with open(f"{folder}/{key}", "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def sync_folder(folder):
    """fsync of a folder."""
    opened = os.open(folder, os.O_RDONLY)
    os.fsync(opened)
    os.close(opened)
