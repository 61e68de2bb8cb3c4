"""git as it comes: objects are synced (by way of the pack and loose-object settings), their folders and refs are not."""

from git_harness import run_git

run_git()
