"""The servers of one run: each started once, by whichever process needs it first, and ended together."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from filelock import FileLock

from provision import programs
from provision.kind import Failed, Kind, Server
from provision.plan import FURTHER, KINDS, Choice, choose, further

__all__ = ["Run", "planned"]


@dataclass(frozen=True)
class Run:
    """What the processes of a run share: its name, which labels its containers, a folder of records, the choices."""

    name: str
    folder: Path
    choices: Mapping[str, Choice] = field(default_factory=dict)

    @contextmanager
    def server(self, kind: Kind) -> Iterator[Server]:
        """The server of this kind: an embedded one for this block, any other for the whole run. Failed if it fails."""
        if self.choices[kind.name].source == "embedded":
            with kind.embedded() as server:
                yield server
        else:
            yield self.shared(kind)

    def shared(self, kind: Kind) -> Server:
        """Starts it unless a process of this run has. What failed once fails at once from then on."""
        folder = self.folder / kind.name
        folder.mkdir(exist_ok=True)
        record = folder / "record.json"
        with FileLock(folder / "lock"):
            if record.exists():
                said = json.loads(record.read_text())
            else:
                said = self.tried(kind, folder)
                record.write_text(json.dumps(said))
        if isinstance(said, str):
            raise Failed(said)
        return Server(**said)

    def tried(self, kind: Kind, folder: Path) -> dict[str, str] | str:
        try:
            return asdict(self.started(kind, folder))
        except Failed as error:
            return f"{self.choices[kind.name]}: {error}"

    def started(self, kind: Kind, folder: Path) -> Server:
        choice = self.choices[kind.name]
        if choice.source == "address":
            served = os.environ.get(kind.variable.replace("_URL", "_FOLDER"), "")
            return Server(choice.where, "address", choice.what, served)
        if choice.source == "container":
            return kind.in_container(self.name, folder)
        return kind.as_program(choice.where, folder)

    def stop(self) -> None:
        """End everything that was started under this name, whether it was recorded or not, and forget it."""
        with ExitStack() as always:
            always.callback(shutil.rmtree, self.folder, ignore_errors=True)
            if self.uses("container"):
                from provision import containers

                always.callback(containers.remove, self.name)
            for folder in self.folder.glob("*/"):
                always.callback(programs.stop, folder)

    def uses(self, source: str) -> bool:
        return any(choice.source == source for choice in self.choices.values())

    def __str__(self) -> str:
        absent = [f"{kind.name}: not found" for kind in FURTHER if kind.name not in self.choices]
        return ", ".join([*map(str, self.choices.values()), *absent])


def planned(name: str, folder: Path, environ: Mapping[str, str] = os.environ) -> Run:
    """A run with its choices made. Failed when a server that is asked for cannot be had."""
    choices = [choose(kind, environ) for kind in KINDS]
    choices += [found for kind in FURTHER if (found := further(kind, environ))]
    return Run(name, folder, {choice.kind: choice for choice in choices})
