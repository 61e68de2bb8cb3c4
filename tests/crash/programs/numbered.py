"""Every version is a new file, synced, its name is not: ext4 syncs the name of a new file with it, POSIX does not."""

import os
import zlib

from harness import run


def versions(folder, key):
    names = [name for name in os.listdir(folder) if name.startswith(f"{key}.")]
    return sorted(names, key=lambda name: int(name.partition(".")[2]))


def write(folder, key, data):
    number = max([int(name.partition(".")[2]) for name in versions(folder, key)], default=0) + 1
    with open(f"{folder}/{key}.{number}", "xb") as file:
        file.write(zlib.crc32(data).to_bytes(4, "big") + data)
        file.flush()
        os.fsync(file.fileno())


def read(folder, key):
    for name in reversed(versions(folder, key)):
        with open(f"{folder}/{name}", "rb") as file:
            check, data = file.read(4), file.read()
        if zlib.crc32(data).to_bytes(4, "big") == check and check:
            return data
    return None


run(write, read)
