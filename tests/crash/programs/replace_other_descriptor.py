"""As replace, but the file is synced through a descriptor that was opened later: one file, one sync."""

import os

from harness import read_file, run, sync_folder


def write(folder, key, data):
    with open(f"{folder}/{key}.new", "wb") as file:
        file.write(data)
    sync_folder(f"{folder}/{key}.new")
    os.rename(f"{folder}/{key}.new", f"{folder}/{key}")
    sync_folder(folder)


run(write, read_file)
