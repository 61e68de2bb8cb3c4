"""LMDB with sync=False: a commit is in the page cache."""

from lmdb_harness import run_lmdb

run_lmdb(sync=False)
