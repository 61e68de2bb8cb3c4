"""The command store in an empty folder: in this process, which is quick; as a program where that is the point."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from storage_combinators.edges.cli_commands import run as inside

STORE = str(Path(sys.executable).with_name("store"))


@dataclass(frozen=True)
class Done:
    """What a command wrote, and its status."""

    returncode: int
    stdout: bytes
    stderr: bytes


@pytest.fixture
def run(monkeypatch, capfdbinary, tmp_path) -> Callable[..., Done]:
    """Runs one; `value` is its standard input, the rest its environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])

    def ran(*words: str, value: bytes = b"", **environment: str) -> Done:
        for name, text in environment.items():
            monkeypatch.setenv(name, text)
        stdin: Any = io.TextIOWrapper(io.BytesIO(value))
        monkeypatch.setattr(sys, "stdin", stdin)
        status = inside(list(words))
        sys.stdout.flush()
        return Done(status, *capfdbinary.readouterr())

    return ran


@pytest.fixture
def told(run) -> Callable[..., tuple[int, bytes, str]]:
    """The same as status, standard output, standard error."""

    def ran(*words: str) -> tuple[int, bytes, str]:
        done = run(*words)
        return done.returncode, done.stdout, done.stderr.decode()

    return ran
