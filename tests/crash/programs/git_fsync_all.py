"""git with core.fsync=all: every file is synced, no folder is."""

from git_harness import run_git

run_git("-c", "core.fsync=all", "-c", "core.fsyncMethod=fsync")
