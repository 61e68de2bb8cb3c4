"""A file of fixed size that is mapped and changed through memory, with msync: nobody sees what is written when."""

import mmap
import os
import struct
import zlib

from harness import run, sync_folder

SIZE = 1 << 17


def write(folder, key, data):
    file = os.open(f"{folder}/{key}", os.O_RDWR | os.O_CREAT)
    os.ftruncate(file, SIZE)
    with mmap.mmap(file, SIZE) as memory:
        memory[: 8 + len(data)] = struct.pack(">II", len(data), zlib.crc32(data)) + data
        memory.flush()
    os.close(file)
    sync_folder(folder)


def read(folder, key):
    if not os.path.exists(f"{folder}/{key}"):
        return None
    with open(f"{folder}/{key}", "rb") as file:
        length, check = struct.unpack(">II", file.read(8).ljust(8, b"\0"))
        data = file.read(length)
    if not length or zlib.crc32(data) != check:
        raise SystemExit("the checksum is of another value")
    return data


run(write, read)
