"""A new file in another folder of the same file system, synced, moved into place."""

import os
import shutil
import tempfile

from harness import read_file, run, sync_folder


def write(folder, key, data):
    with tempfile.NamedTemporaryFile(dir=f"{folder}/../..", delete=False) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    shutil.move(file.name, f"{folder}/{key}")
    sync_folder(folder)


run(write, read_file)
