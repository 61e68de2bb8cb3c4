"""Each key has a folder; the folder is made but its own name is not synced."""

import os

from harness import run, sync_folder


def write(folder, key, data):
    os.makedirs(f"{folder}/{key}", exist_ok=True)
    with open(f"{folder}/{key}/new", "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.rename(f"{folder}/{key}/new", f"{folder}/{key}/value")
    sync_folder(f"{folder}/{key}")


def read(folder, key):
    try:
        with open(f"{folder}/{key}/value", "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


run(write, read)
