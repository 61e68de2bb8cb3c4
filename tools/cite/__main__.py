"""`python -m cite`, with PYTHONPATH=tools: checks reading-notes/, a line for each defect. `make notes` calls it.

Exit status: 0 nothing is wrong; 1 something is, or, with --drift, a cited line is no longer where it was; 2 notes or a
clone that was named cannot be read, or nobody reads what is said. Without a clone each citation must have a hash in
citations.lock, and these must be those that were looked up last; the last lines say that nothing was compared with the
source.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from pathlib import Path

from cite.clones import BadClone, Clone, find
from cite.drift import drift
from cite.notes import BadNotes, Defect, Question
from cite.pages import pages, seal, stale, summary, write
from cite.rules import broken, floating
from cite.sources import cited, copied, digest, unfounded, unresolved
from cite.systems import System, systems, template

ROOT = Path("reading-notes")
MADE = {".lock", ".txt"}  # what is wrong with a file that is made follows from the notes: told after them


def main(arguments: list[str] | None = None) -> int:
    """The command; answers the exit status."""
    options = parser().parse_args(arguments)
    try:
        asked, known = template(options.root), chosen(systems(options.root), options.system)
        clones = find(options.clones, known)
        if options.drift:
            return drifted(known, clones, options.drift)
        if options.write:
            known = written(options.root, asked, known, clones)
        return checked(options.root, asked, known, clones)
    except (BadNotes, BadClone) as wrong:
        print(wrong, file=sys.stderr)
        return 2


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="cite", description=(__doc__ or "").partition("\n")[0])
    made.add_argument("--root", type=Path, default=ROOT, help="the folder of the notes")
    made.add_argument("--system", help="this one only")
    made.add_argument(
        "--clones", action="append", default=[], metavar="[NAME=]DIR", help="a clone, or a folder of some"
    )
    made.add_argument("--drift", metavar="COMMIT", help="what became of each cited line at another commit of the clone")
    made.add_argument(
        "--write", action="store_true", help="write the made pages and, where there is a clone, the hashes"
    )
    return made


def chosen(known: list[System], name: str | None) -> list[System]:
    """All, or the one that is named; raises BadNotes."""
    some = [system for system in known if name in (None, system.name)]
    if not some:
        raise BadNotes(f"there is no system {name} (there are: {', '.join(system.name for system in known)})")
    return some


def written(root: Path, asked: list[Question], known: list[System], clones: dict[str, Clone]) -> list[System]:
    """Write the hashes of what stands in the clones, that it does, and the made pages; answers the systems as then."""
    for system in known:
        if system.name in clones:
            ranges = {str(found): cited(found, clones[system.name]) for found, _, _ in system.citations()}
            lines = [f"{digest(here)}  {text}\n" for text, here in sorted(ranges.items()) if not isinstance(here, str)]
            (system.folder / "citations.lock").write_text("".join(lines), encoding="utf-8")
    names = {system.name for system in known}
    for system in systems(root):
        if system.name in names & clones.keys() and not any(unresolved(system, clones[system.name])):
            (system.folder / "checked.txt").write_text(seal(system), encoding="utf-8")
    write(pages(root, systems(root), asked))
    return [system for system in systems(root) if system.name in names]


def checked(root: Path, asked: list[Question], known: list[System], clones: dict[str, Clone]) -> int:
    """Print every defect, then a line for each system; 0 or 1."""
    defects: list[Defect] = [*stale(pages(root, systems(root), asked)), *floating(root)]
    for system in known:
        defects += broken(system, asked, root)
        if system.name in clones:
            clone = clones[system.name]
            defects += [*unresolved(system, clone), *unfounded(system, clone), *copied(system, clone, root)]
    told = sorted(set(defects), key=lambda defect: (defect.file.suffix in MADE, defect))
    for defect in told:
        print(defect)
    for system in known:
        wrong = sum(defect.file.is_relative_to(system.folder) for defect in told)
        to_mend = f"{system.name}: {wrong} {'line' if wrong == 1 else 'lines'} above"
        print(to_mend if wrong else summary(system, looked_up=system.name in clones))
    return int(bool(defects))


def drifted(known: list[System], clones: dict[str, Clone], revision: str) -> int:
    """Print what became of each citation; 0 when all is as it was. Raises BadClone."""
    if not clones:
        raise BadClone("--drift needs a clone: --clones DIR (make notes CLONES=DIR ARGS='--drift COMMIT')")
    found = [each for system in known if system.name in clones for each in drift(system, clones[system.name], revision)]
    for each in found:
        if each.kind != "same":
            print(each)
    count = Counter(each.kind for each in found)
    print(f"at {revision}: {', '.join(f'{count[kind]} {kind}' for kind in ('same', 'moved', 'changed', 'vanished'))}")
    return int(count["same"] != len(found))


def called() -> int:
    """The command, whose reader may have seen enough before the end, as `head` has."""
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing is left to be flushed at the exit
        return 2
    return status


if __name__ == "__main__":
    sys.exit(called())
