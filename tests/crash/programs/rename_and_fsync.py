"""A new file, synced, renamed over the old one; the folder is not synced."""

import os

from harness import read_file, run


def write(folder, key, data):
    with open(f"{folder}/{key}.new", "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.rename(f"{folder}/{key}.new", f"{folder}/{key}")


run(write, read_file)
