"""Written in place, and synced: between the truncation and the sync there is nothing."""

import os

from harness import read_file, run, sync_folder


def write(folder, key, data):
    with open(f"{folder}/{key}", "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(folder)


run(write, read_file)
