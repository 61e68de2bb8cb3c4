"""As replace, but it syncs the folder around the one that has the new name."""

import os

from harness import read_file, run, sync_folder


def write(folder, key, data):
    with open(f"{folder}/{key}.new", "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.rename(f"{folder}/{key}.new", f"{folder}/{key}")
    sync_folder(os.path.dirname(folder))


run(write, read_file)
