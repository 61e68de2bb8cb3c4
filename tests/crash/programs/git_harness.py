"""A value as a commit: `run_git(*options)` for the programs that differ in git's settings alone."""

import os
import subprocess

from harness import run

WHO = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "gc.auto=0", "-c", "init.defaultBranch=main")


def run_git(*options):
    def git(folder, *words):
        place = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "HOME": folder}
        command = ["git", "-C", f"{folder}/repo", *WHO, *options, *words]
        return subprocess.run(command, env=place, capture_output=True, check=False)

    def setup(folder):
        os.makedirs(f"{folder}/repo")
        git(folder, "init", "--quiet").check_returncode()
        git(folder, "commit", "--quiet", "--allow-empty", "-m", "first").check_returncode()

    def write(folder, key, data):
        with open(f"{folder}/repo/{key}", "wb") as file:
            file.write(data)
        git(folder, "add", key).check_returncode()
        git(folder, "commit", "--quiet", "--allow-empty", "-m", "x").check_returncode()

    def read(folder, key):
        listed = git(folder, "ls-tree", "HEAD", key)
        listed.check_returncode()
        if not listed.stdout:
            return None
        shown = git(folder, "cat-file", "blob", f"HEAD:{key}")
        shown.check_returncode()
        return shown.stdout

    run(write, read, setup)
