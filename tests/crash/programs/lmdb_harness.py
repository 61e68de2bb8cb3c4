"""A value in LMDB: `run_lmdb(**options)` for the programs that differ in its options alone."""

import lmdb
from harness import run


def run_lmdb(**options):
    def opened(folder):
        return lmdb.open(f"{folder}/db", map_size=2**20, subdir=False, **options)

    def write(folder, key, data):
        with opened(folder) as environment, environment.begin(write=True) as transaction:
            transaction.put(key.encode(), data)

    def read(folder, key):
        with opened(folder) as environment, environment.begin() as transaction:
            return transaction.get(key.encode())

    def setup(folder):  # a power cut while LMDB makes its files, or before their names are synced, is not its promise
        opened(folder).close()

    run(write, read, setup)
