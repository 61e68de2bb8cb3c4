"""As replace, but what is synced is not yet written: it waits in the buffer of Python."""

import os

from harness import read_file, run, sync_folder


def write(folder, key, data):
    with open(f"{folder}/{key}.new", "wb") as file:
        file.write(data)
        os.fsync(file.fileno())
    os.rename(f"{folder}/{key}.new", f"{folder}/{key}")
    sync_folder(folder)


run(write, read_file)
