"""What a newer commit did to the cited lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cite.clones import BadClone, Clone
from cite.notes import Citation
from cite.sources import cited, stands
from cite.systems import System

__all__ = ["Drift", "drift"]


@dataclass(frozen=True)
class Drift:
    """What became of one citation: ``same``, ``moved``, ``changed`` or ``vanished``, and where it is now."""

    file: Path
    line: int
    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}: {self.what}"


def drift(system: System, clone: Clone, revision: str) -> Iterator[Drift]:
    """Each citation at another revision of the clone. Raises BadClone when it, or a citation, is not there."""
    commit = clone.resolve(revision)
    if commit is None:
        raise BadClone(f"{clone.folder}: has no commit {revision}; fetch it first")
    renamed = clone.renamed(system.commit, commit)
    for found, file, line in system.citations():
        here = cited(found, clone)
        if isinstance(here, str):
            raise BadClone(f"{file}:{line}: {here}; mend it before asking what became of it")
        path = renamed.get(found.path, found.path)
        yield Drift(file, line, *_became(found, here, path, clone.lines(commit, path)))


def _became(found: Citation, here: list[str], path: str, now: list[str] | None) -> tuple[str, str]:
    """The kind and the words."""
    was = f"{found.path}#L{found.first}-L{found.last} {found.symbol}"
    if now is None:
        return "vanished", f"{was}: no such file any more"
    starts = [n for n in range(1, len(now) - len(here) + 2) if now[n - 1 : n - 1 + len(here)] == here]
    if starts:
        start = min(starts, key=lambda n: abs(n - found.first))
        if (path, start) == (found.path, found.first):
            return "same", was
        return "moved", f"{was}: now {path}#L{start}-L{start + len(here) - 1}"
    places = [number for number, line in enumerate(now, 1) if stands(found.symbol, [line])]
    if places:
        return "changed", f"{was}: read {path} again from line {min(places, key=lambda n: abs(n - found.first))}"
    return "vanished", f"{was}: the name is nowhere in {path}"
