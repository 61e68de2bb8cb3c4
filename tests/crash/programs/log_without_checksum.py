"""A log of records that only tell their length."""

import os
import struct

from harness import run, sync_folder

HEAD = struct.Struct(">II")


def write(folder, key, data):
    with open(f"{folder}/log", "ab") as file:
        file.write(HEAD.pack(len(key), len(data)) + key.encode() + data)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(folder)


def read(folder, key):
    found, at = None, 0
    if not os.path.exists(f"{folder}/log"):
        return None
    with open(f"{folder}/log", "rb") as file:
        data = file.read()
    while at + HEAD.size <= len(data):
        name, length = HEAD.unpack_from(data, at)
        at += HEAD.size
        if data[at : at + name].decode() == key:
            found = data[at + name : at + name + length]
        at += name + length
    return found


run(write, read)
