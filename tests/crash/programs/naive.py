"""open, write, close."""

from harness import read_file, run


def write(folder, key, data):
    with open(f"{folder}/{key}", "wb") as file:
        file.write(data)


run(write, read_file)
