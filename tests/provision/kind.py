"""What is said of a server that runs, and what each kind of server must know."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

__all__ = ["Failed", "Kind", "Server"]


class Failed(Exception):
    """A server that was asked for is not to be had; one line that says which and why, without credentials."""


@dataclass(frozen=True)
class Server:
    """A server that answers. `url` opens a store with open_store, with throw-away credentials in it."""

    url: str
    source: str  # address, container, program or embedded
    what: str  # its name and version
    folder: str = ""  # where its data is on this machine, if it is
    container: str = ""  # id


class Kind(Protocol):
    """One kind of server; the order in which it is looked for is plan.py's."""

    name: str  # in messages and fixtures
    variable: str  # of the environment, that holds an address; "" when there is none
    image: str  # the folder in docker/; "" when there is none
    program: str  # on PATH; "" when there is none

    def asked(self, url: str, /) -> str:
        """Name and version of the server at `url`, by asking it; raises when it does not answer."""
        ...

    def program_version(self, path: str, /) -> str:
        """Name and version of the program at `path`."""
        ...

    def embedded_version(self) -> str:
        """Name and version of the embedded server."""
        ...

    def in_container(self, run: str, folder: Path, /) -> Server:
        """Start it in a container labelled `run`."""
        ...

    def as_program(self, path: str, folder: Path, /) -> Server:
        """Start the program at `path` with its data below `folder`."""
        ...

    def embedded(self) -> AbstractContextManager[Server]:
        """One inside this process, until the block ends."""
        ...

    def place(self, server: Server, /) -> AbstractContextManager[Server]:
        """An empty place on `server`, for one test; it is gone when the block ends."""
        ...
