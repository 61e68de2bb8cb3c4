"""As replace, but a temporary file that a crash has left blocks every write after it."""

import os

from harness import read_file, run, sync_folder


def write(folder, key, data):
    with open(f"{folder}/{key}.new", "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.rename(f"{folder}/{key}.new", f"{folder}/{key}")
    sync_folder(folder)


run(write, read_file)
