"""Programs of this machine as servers: started on a free port of 127.0.0.1, stopped by their process id."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from provision.kind import Failed

PATIENCE = 60.0  # seconds until a started program must answer, or a stopped one be gone


def found(program: str) -> str | None:
    """The path of `program`; servers are often where only root looks."""
    return shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin"]))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def said(*command: str) -> str:
    """What the command prints, to either stream."""
    done = subprocess.run(
        command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=PATIENCE
    )
    return done.stdout


def start(
    name: str, command: Sequence[str], folder: Path, env: Mapping[str, str], answers: Callable[[], object]
) -> None:
    """Run `command`, and return when `answers` does without OSError or Failed.

    Its process id is in `folder`/NAME.pid from the first moment, for `stop`.
    """
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    (folder / f"{name}.pid").write_text(json.dumps([process.pid, psutil.Process(process.pid).create_time()]))
    try:
        wait(process, answers, log)
    finally:
        process.returncode = 0  # Python need not wait for it: `stop` ends it, perhaps in another process


def wait(process: subprocess.Popen[bytes], answers: Callable[[], object], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        if process.poll() is not None or time.monotonic() > end:
            last = log.read_text(errors="replace")[-500:].strip()
            raise Failed(f"{Path(process.args[0]).name} does not answer: {last}")
        try:
            answers()
            return
        except (OSError, Failed):
            time.sleep(0.05)


def stop(folder: Path) -> None:
    """End each program that was started with this `folder`, and no other process that got its id meanwhile."""
    for note in folder.glob("*.pid"):
        pid, began = json.loads(note.read_text())
        if running(pid, began):
            end(psutil.Process(pid))
        note.unlink()


def alive(folder: Path) -> bool:
    """Does every program that was started with this `folder` run, one at least?"""
    notes = [json.loads(note.read_text()) for note in folder.glob("*.pid")]
    return bool(notes) and all(running(pid, began) for pid, began in notes)


def running(pid: int, began: float) -> bool:
    try:
        process = psutil.Process(pid)
        return process.create_time() == began and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end(process: psutil.Process) -> None:
    family = [process, *process.children(recursive=True)]
    process.terminate()
    _, left = psutil.wait_procs(family, timeout=PATIENCE / 3)
    for stubborn in left:
        stubborn.kill()
