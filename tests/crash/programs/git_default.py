"""git as it comes: neither loose objects nor refs are synced, nor the folders of their names."""

from git_harness import run_git

run_git()
