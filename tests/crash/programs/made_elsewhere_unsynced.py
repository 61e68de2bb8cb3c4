"""The same without a sync of the file: its name may be there before its bytes."""

import shutil
import tempfile

from harness import read_file, run, sync_folder


def write(folder, key, data):
    with tempfile.NamedTemporaryFile(dir=f"{folder}/../..", delete=False) as file:
        file.write(data)
    shutil.move(file.name, f"{folder}/{key}")
    sync_folder(folder)


run(write, read_file)
