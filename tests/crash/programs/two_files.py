"""The value in one file, its checksum in another, both replaced well, one after the other."""

import os
import zlib

from harness import read_file, run, sync_folder


def replace(path, data):
    with open(f"{path}.new", "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.rename(f"{path}.new", path)
    sync_folder(os.path.dirname(path))


def write(folder, key, data):
    replace(f"{folder}/{key}", data)
    replace(f"{folder}/{key}.sum", str(zlib.crc32(data)).encode())


def read(folder, key):
    data, check = read_file(folder, key), read_file(folder, f"{key}.sum")
    if data is not None and check != str(zlib.crc32(data)).encode():
        raise SystemExit("the checksum is of another value")
    return data


run(write, read)
