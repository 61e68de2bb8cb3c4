"""Where the program of a server is: on PATH, taken out of its image before, or in an image that `make images` built."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

__all__ = ["built_from", "found"]

ROOT = Path(__file__).parents[2]
TAKEN = ROOT / "build" / "lab"


def found(name: str) -> str:
    """The path of a program; empty if it is nowhere."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), str(TAKEN)])) or from_image(name)


def from_image(name: str) -> str:
    """Take a program out of our newest image of it, where it lies in /usr/local/bin; no container is started."""
    docker = shutil.which("docker")
    if not docker or not (ROOT / "docker" / name).is_dir():
        return ""
    images = said(docker, "image", "ls", "--quiet", f"storage-combinators/{name}").split()
    container = said(docker, "create", images[0]) if images else ""
    if not container:
        return ""
    TAKEN.mkdir(parents=True, exist_ok=True)
    said(docker, "cp", f"{container}:/usr/local/bin/{name}", str(TAKEN / name))
    said(docker, "rm", container)
    return str(TAKEN / name) if (TAKEN / name).exists() else ""


def built_from(program: str) -> str:
    """The version of the module that a Go program was built from; empty where it says none, or there is no `go`."""
    go = shutil.which("go")
    module = re.search(r"^\s+mod\s+\S+\s+(v\S+)", said(go, "version", "-m", program) if go else "", re.M)
    return module[1] if module else ""


def said(*command: str) -> str:
    """What a command prints; nothing if it fails, as docker does without an engine."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout.strip() if done.returncode == 0 else ""
