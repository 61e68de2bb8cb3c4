"""A log of records with checksums; a torn end is cut off by the next writer."""

import os
import struct
import zlib

from harness import run, sync_folder

HEAD = struct.Struct(">II")


def records(folder):
    """Each key and value, and where the first one that is not whole begins."""
    found, end = {}, 0
    if os.path.exists(f"{folder}/log"):
        with open(f"{folder}/log", "rb") as file:
            data = file.read()
        while end + HEAD.size <= len(data):
            length, check = HEAD.unpack_from(data, end)
            body = data[end + HEAD.size : end + HEAD.size + length]
            if len(body) < length or not length or zlib.crc32(body) != check:
                break
            key, _, value = body.partition(b"\0")
            found[key.decode()] = value
            end += HEAD.size + length
    return found, end


def write(folder, key, data):
    _, end = records(folder)
    body = key.encode() + b"\0" + data
    file = os.open(f"{folder}/log", os.O_WRONLY | os.O_CREAT)
    os.ftruncate(file, end)
    os.pwrite(file, HEAD.pack(len(body), zlib.crc32(body)) + body, end)
    os.fsync(file)
    os.close(file)
    sync_folder(folder)


def read(folder, key):
    return records(folder)[0].get(key)


run(write, read)
