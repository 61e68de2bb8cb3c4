"""A journal of one value: it is replaced whole, then applied in place; who finds it left over applies it again."""

import os
import zlib

from harness import read_file, run, sync_folder


def synced(path, data):
    with open(path, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def apply(folder, key):
    data = read_file(folder, f"{key}.journal")
    if data is not None:
        synced(f"{folder}/{key}", data[4:])
        sync_folder(folder)
        os.unlink(f"{folder}/{key}.journal")
        sync_folder(folder)


def write(folder, key, data):
    apply(folder, key)
    synced(f"{folder}/{key}.draft", zlib.crc32(data).to_bytes(4, "big") + data)
    os.rename(f"{folder}/{key}.draft", f"{folder}/{key}.journal")
    sync_folder(folder)
    apply(folder, key)


def read(folder, key):
    apply(folder, key)
    return read_file(folder, key)


run(write, read)
