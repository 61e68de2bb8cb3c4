"""LMDB as it comes, its folder and files made beforehand: it syncs the data, then writes the meta page through."""

from lmdb_harness import run_lmdb

run_lmdb()
