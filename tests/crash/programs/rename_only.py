"""A new file, renamed over the old one; nothing is synced."""

import os

from harness import read_file, run


def write(folder, key, data):
    with open(f"{folder}/{key}.new", "wb") as file:
        file.write(data)
    os.rename(f"{folder}/{key}.new", f"{folder}/{key}")


run(write, read_file)
