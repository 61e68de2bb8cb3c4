"""Which server is used: the order of the search, decided once and before anything is started."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from provision import programs
from provision.http import Http
from provision.kind import Failed, Kind
from provision.redis import Redis
from provision.s3 import Minio, Versitygw, Weed
from provision.sftp import Sftp

__all__ = ["FURTHER", "KINDS", "Choice", "allowed", "choose"]

KINDS: tuple[Kind, ...] = (Minio(), Redis(), Sftp(), Http())
FURTHER: tuple[Kind, ...] = (Versitygw(), Weed())  # used as well, where their program is found
SOURCES = ("address", "container", "program", "embedded")


@dataclass(frozen=True)
class Choice:
    """Where a server comes from, and what it is: as the header of a run says it."""

    kind: str
    source: str
    what: str
    where: str = ""  # the address, or the program's path

    def __str__(self) -> str:
        return f"{self.kind}: {self.what} ({self.source})"


def allowed(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The sources that may be used, in order.

    STORAGE_ENGINE=embedded: nothing else. STORAGE_REQUIRE_CONTAINERS: an address or a container. Then
    STORAGE_ENGINE=containers: nothing embedded.
    """
    engine = environ.get("STORAGE_ENGINE", "")
    if engine not in ("", "embedded", "containers"):
        raise Failed(f"STORAGE_ENGINE is embedded, containers or empty, not {engine!r}")
    if engine == "embedded":
        return SOURCES[3:]
    if environ.get("STORAGE_REQUIRE_CONTAINERS", "") not in ("", "0"):
        return SOURCES[:2]
    return SOURCES[:3] if engine == "containers" else SOURCES


def choose(kind: Kind, environ: Mapping[str, str] = os.environ) -> Choice:
    """The first source of those allowed that is there. Failed when there is none, or an address does not answer."""
    sources, engine = allowed(environ), ""
    if "address" in sources and environ.get(kind.variable):
        return Choice(kind.name, "address", asked(kind, environ[kind.variable]), environ[kind.variable])
    if "container" in sources and kind.image:
        try:
            return contained(kind)
        except Failed as error:
            engine = f": {error}"
    if "program" in sources and (path := programs.found(kind.program)):
        return Choice(kind.name, "program", kind.program_version(path), path)
    if "embedded" in sources and kind.image:
        return Choice(kind.name, "embedded", kind.embedded_version())
    raise Failed(f"no real {kind.name}{engine}; {kind.variable or kind.program} may say where one is")


def asked(kind: Kind, url: str) -> str:
    try:
        return kind.asked(url)
    except Failed as error:
        raise Failed(f"the server of {kind.variable}: {error}") from None


def contained(kind: Kind) -> Choice:
    from provision import containers  # the engine's client takes a while to import

    containers.engine()
    return Choice(kind.name, "container", containers.version(kind.image))


def further(kind: Kind, environ: Mapping[str, str] = os.environ) -> Choice | None:
    """The same for a server that is used only where its program is found."""
    path = programs.found(kind.program) if allowed(environ)[0] != "embedded" else None
    return Choice(kind.name, "program", kind.program_version(path), path) if path else None
