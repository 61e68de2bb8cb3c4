"""What is written down about a system beside its notes: system.toml, the numbers, the steps of its lab, the hashes."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cite.notes import BadNotes, Citation, Defect, Question, citation, questions

__all__ = ["STATES", "System", "numbers", "steps", "systems", "template"]

STATES = ("answered", "partly", "open")
FIELDS = ("name", "title", "repository", "commit", "date", "licence", "language", "obtained")
# git takes a day without an hour as that day at the hour of the clock, so the count is another in the evening.
HOURLESS = re.compile(r"--(?:since|until|after|before)[= ]\d{4}-\d{2}-\d{2}(?!T)")
MEASURED = ("command", "median", "unit", "runs", "spread", "machine", "date", "commit")


@dataclass(frozen=True)
class System:
    """A folder of reading-notes/systems: what its files say. `file` is its system.toml."""

    folder: Path
    about: dict[str, Any]
    text: str
    lock: dict[str, str]

    @property
    def name(self) -> str:
        """As in the folder's name, which the citations use."""
        return self.folder.name

    @property
    def commit(self) -> str:
        """The pinned commit, 40 hex digits."""
        return str(self.about["commit"])

    @property
    def file(self) -> Path:
        """Where the text of its notes is."""
        return self.folder / "notes.md"

    @property
    def states(self) -> dict[str, str]:
        """The state of each question by its id."""
        return {name: str(state) for name, state in self.about["questions"].items()}

    def questions(self) -> list[Question]:
        """The questions of its notes with their answers."""
        return questions(self.text)

    def entry_points(self) -> list[Citation | None]:
        """Where reading begins, cited; None for what is no citation."""
        return [citation(f"{self.name}@{self.commit}:{each}") for each in self.about["entry_points"].values()]

    def citations(self) -> list[tuple[Citation, Path, int]]:
        """Every well-formed citation of the notes and of system.toml, with its place."""
        lines = self.folder / "system.toml"
        entries = [(found, lines, _line_of(lines, found)) for found in self.entry_points() if found]
        roles = [role for question in self.questions() for block in question.blocks for role in block.roles()]
        found = [(citation(role.text), self.file, role.line) for role in roles if role.kind == "src"]
        return entries + [(each, file, line) for each, file, line in found if each]


def _line_of(file: Path, found: Citation) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if f"{found.path}#L{found.first}" in line), 1)


def template(root: Path) -> list[Question]:
    """The questions that every system is asked; raises BadNotes."""
    found = questions(_read(root / "TEMPLATE.md"))
    if not found:
        raise BadNotes(f"{root / 'TEMPLATE.md'}: there is no question; write one as: ### SECTION.NAME Title")
    return found


def systems(root: Path) -> list[System]:
    """Every system that has a folder, by name; raises BadNotes."""
    folders = sorted(path.parent for path in root.glob("systems/*/system.toml"))
    if not folders:
        raise BadNotes(f"{root}: no systems/NAME/system.toml there")
    return [System(folder, _about(folder), _read(folder / "notes.md"), _lock(folder)) for folder in folders]


def _about(folder: Path) -> dict[str, Any]:
    file = folder / "system.toml"
    try:
        about = tomllib.loads(_read(file))
    except tomllib.TOMLDecodeError as error:
        raise BadNotes(f"{file}: {error}") from None
    missing = [name for name in FIELDS if not isinstance(about.get(name), str)]
    tables = [name for name in ("entry_points", "questions") if not isinstance(about.get(name), dict)]
    if missing or tables:
        wanted = [f"{name} = '...'" for name in missing] + [f"[{name}]" for name in tables]
        raise BadNotes(f"{file}: write {', '.join(wanted)}")
    return about


def _lock(folder: Path) -> dict[str, str]:
    """The kept hash of each citation."""
    file = folder / "citations.lock"
    lines = _read(file).splitlines() if file.is_file() else []
    pairs = [line.partition("  ") for line in lines]
    for number, (digest, _, cited) in enumerate(pairs, 1):
        if not re.fullmatch(r"[0-9a-f]{64}", digest) or citation(cited) is None:
            raise BadNotes(f"{file}:{number}: a line is a SHA-256, two blanks, a citation; write it anew with --write")
    return {cited: digest for digest, _, cited in pairs}


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadNotes(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def steps(root: Path, name: str) -> dict[str, str]:
    """The steps of a system's lab that somebody has run and kept, with their last verdict: labs/NAME/observed.jsonl."""
    file = root / "labs" / name / "observed.jsonl"
    try:
        records = [json.loads(line) for line in _read(file).splitlines()] if file.is_file() else []
        return {f"{name}/{record['step'].removeprefix(f'{name}/')}": record["verdict"] for record in records}
    except (json.JSONDecodeError, TypeError, KeyError, AttributeError):
        raise BadNotes(f'{file}: each line is an object with a "step" and a "verdict"') from None


def numbers(system: System) -> tuple[dict[str, dict[str, Any]], list[Defect]]:
    """The measured numbers of a system by id, and what is wrong with their files."""
    known: dict[str, dict[str, Any]] = {}
    wrong: list[Defect] = []
    for file in sorted(system.folder.glob("numbers*.jsonl")):
        for number, line in enumerate(_read(file).splitlines(), 1):
            try:
                record = json.loads(line)
            except json.JSONDecodeError as error:
                wrong.append(Defect(file, number, f"no JSON: {error.msg}"))
                continue
            wrong.extend(Defect(file, number, what) for what in _lacks(record, known))
            if isinstance(record, dict):
                known[str(record.get("id"))] = record
    return known, wrong


def _lacks(record: Any, known: dict[str, Any]) -> Iterator[str]:
    """What a record of a number must say and does not."""
    if not isinstance(record, dict) or not isinstance(record.get("id"), str):
        yield 'a number is an object with an "id"'
        return
    if record["id"] in known:
        yield f"{record['id']} is there twice"
    not_run = record.get("status") == "not run"
    missing = [name for name in (("why", "date") if not_run else MEASURED) if record.get(name) in (None, "")]
    if missing:
        yield f"{record['id']} does not say its {', '.join(missing)}"
    if hourless := HOURLESS.search(str(record.get("command"))):
        yield f"{record['id']}: {hourless[0]} is a day at the hour of the clock; write {hourless[0]}T00:00:00Z"
    figures = [name for name in ("median", "spread", "runs") if not not_run and not _figure(record.get(name, 0))]
    if figures:
        yield f"{record['id']}: {', '.join(figures)} must be a figure"
    elif not not_run and record.get("runs", 1) < 1:
        yield f"{record['id']} was never run"


def _figure(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
