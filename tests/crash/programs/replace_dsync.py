"""As replace, but every write is synced by O_DSYNC."""

import os

from harness import read_file, run, sync_folder


def write(folder, key, data):
    file = os.open(f"{folder}/{key}.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_DSYNC)
    os.write(file, data)
    os.close(file)
    os.rename(f"{folder}/{key}.new", f"{folder}/{key}")
    sync_folder(folder)


run(write, read_file)
