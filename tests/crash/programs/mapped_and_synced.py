"""A new file filled through a map, synced by msync and fsync, renamed over the old one, the folder synced."""

import mmap
import os

from harness import read_file, run, sync_folder


def write(folder, key, data):
    with open(f"{folder}/{key}.new", "w+b") as file:
        file.truncate(len(data))
        with mmap.mmap(file.fileno(), len(data)) as mapped:
            mapped[:] = data
            mapped.flush()
        os.fsync(file.fileno())
    os.rename(f"{folder}/{key}.new", f"{folder}/{key}")
    sync_folder(folder)


run(write, read_file)
