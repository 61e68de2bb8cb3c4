"""Local clones of foreign repositories, read by git, never changed and never fetched into."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cite.systems import System

__all__ = ["BadClone", "Clone", "find"]

QUIET = {**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


class BadClone(Exception):
    """A clone that cannot be used; the text says which and what to do."""


@dataclass(frozen=True)
class Clone:
    """A git directory, with a work tree or bare."""

    folder: Path

    def git(self, *arguments: str, told: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """What git answers, having been `told` something; raises BadClone where there is no git."""
        command = ["git", "-C", str(self.folder), *arguments]
        try:
            return subprocess.run(command, input=told, capture_output=True, check=False, env=QUIET)
        except FileNotFoundError:
            raise BadClone("no program git on PATH: install it, or check without CLONES") from None

    def resolve(self, revision: str) -> str | None:
        """The full hash of a commit that is here, else None."""
        done = self.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return done.stdout.decode().strip() or None

    def files(self, commit: str) -> dict[str, str]:
        """Every file at a commit, with the id of its content; raises BadClone."""
        done = self.git("ls-tree", "-r", "-z", "--full-tree", commit)
        if done.returncode:
            raise BadClone(f"{self.folder}: {done.stderr.decode(errors='replace').strip().splitlines()[0]}")
        entries = [entry.partition("\t") for entry in done.stdout.decode(errors="replace").split("\0") if entry]
        return {path: about.split()[2] for about, _, path in entries}

    def lines(self, commit: str, path: str) -> list[str] | None:
        """The lines of a file at a commit; None when it is not there. BadClone when this clone has its name only."""
        return _lines(self, commit, path)

    def texts(self, commit: str, wanted: re.Pattern[str]) -> Iterator[tuple[str, str]]:
        """Path and text of the files at a commit whose path fits, of which there is more than the name here."""
        paths = {blob: path for path, blob in _files(self, commit).items() if wanted.fullmatch(path)}
        asked = "".join(f"{blob}\n" for blob in paths).encode()
        answer = self.git("cat-file", "--batch", told=asked).stdout
        place = 0
        while place < len(answer):
            end = answer.index(b"\n", place)
            blob, _, size = answer[place:end].decode().partition(" blob ")
            place = end + 1
            if size:  # else "BLOB missing"
                yield paths[blob], answer[place : place + int(size)].decode(errors="replace")
                place += int(size) + 1

    def renamed(self, old: str, new: str) -> dict[str, str]:
        """The files that have another path at `new` than at `old`."""
        fields = self.git("diff", "--find-renames", "--diff-filter=R", "--name-status", "-z", old, new).stdout
        parts = fields.decode(errors="replace").split("\0")
        return dict(zip(parts[1::3], parts[2::3], strict=False))


@cache
def _files(clone: Clone, commit: str) -> dict[str, str]:
    return clone.files(commit)


@cache
def _lines(clone: Clone, commit: str, path: str) -> list[str] | None:
    if path not in _files(clone, commit):
        return None
    done = clone.git("cat-file", "blob", _files(clone, commit)[path])
    if done.returncode:
        raise BadClone(f"{clone.folder}: has no content for {path} at {commit[:12]}; fetch it, or give a full clone")
    return done.stdout.decode(errors="replace").splitlines()


def find(given: Iterable[str], known: list[System]) -> dict[str, Clone]:
    """The clone of each system among the folders given: ``NAME=DIR``, or a DIR that is one or has some in it.

    A plain folder is a system's clone when it has the system's commit. Raises BadClone.
    """
    found: dict[str, Clone] = {}
    for word in given:
        name, equals, folder = word.partition("=")
        if equals and name not in {system.name for system in known}:
            raise BadClone(f"{word}: there is no system {name} (there are: {', '.join(each.name for each in known)})")
        place = Path(folder if equals else word)
        if not place.is_dir():
            raise BadClone(f"{place}: no such folder; give a clone, or a folder with clones in it")
        wanted = [system for system in known if not equals or system.name == name]
        here = {
            system.name: clone
            for clone in _clones(place)
            for system in wanted
            if clone.resolve(system.commit) is not None
        }
        if not here:
            needed = "; ".join(f"git clone {system.about['repository']}" for system in wanted)
            raise BadClone(f"{place}: no clone in it has a commit that the notes cite; make one: {needed}")
        found = {**here, **found}
    return found


def _clones(folder: Path) -> Iterator[Clone]:
    """The folder itself, those in it, and those in these."""
    for places in ([folder], sorted(folder.glob("*")), sorted(folder.glob("*/*"))):
        yield from (Clone(path) for path in places if _is_git(path))


def _is_git(path: Path) -> bool:
    head = path / "HEAD"
    bare = head.is_file() and re.match(rb"ref:|[0-9a-f]{40}", head.read_bytes())
    return bool(bare) or (path / ".git").exists()
