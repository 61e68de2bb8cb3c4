"""A new file synced, then given its name by link, which takes no name that is there: replacing is unlink and link."""

import os

from harness import read_file, run, sync_folder


def write(folder, key, data):
    with open(f"{folder}/{key}.new", "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if os.path.exists(f"{folder}/{key}"):
        os.unlink(f"{folder}/{key}")
    os.link(f"{folder}/{key}.new", f"{folder}/{key}")
    os.unlink(f"{folder}/{key}.new")
    sync_folder(folder)


run(write, read_file)
