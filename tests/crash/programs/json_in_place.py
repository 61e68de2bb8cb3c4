"""All keys in one JSON file, which is written anew in place."""

import json
import os

from harness import run, sync_folder


def everything(folder):
    try:
        with open(f"{folder}/all.json") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def write(folder, key, data):
    held = everything(folder) | {key: data.decode()}
    with open(f"{folder}/all.json", "w") as file:
        json.dump(held, file)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(folder)


def read(folder, key):
    value = everything(folder).get(key)
    return None if value is None else value.encode()


run(write, read)
