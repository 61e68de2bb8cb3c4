"""What a round takes from the notes: the questions of the template, their states, and the beginnings of the answers."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .plan import BadRound

__all__ = ["Question", "about", "asked", "known"]

FIELDS = ("title", "repository", "commit", "date", "licence", "language")  # what the templates say of a system
EVIDENCE = re.compile(r"\s*\{\w+\}`[^`]*`,?")


@dataclass(frozen=True)
class Question:
    """One question of the template: its id, its text, its state for this system, and how the answer begins."""

    id: str
    text: str
    state: str
    answer: str = ""

    @property
    def section(self) -> str:
        return self.id.partition(".")[0]


def known(notes: Path) -> list[str]:
    """The systems that have a folder."""
    return sorted(file.parent.name for file in notes.glob("systems/*/system.toml"))


def about(notes: Path, system: str) -> dict[str, Any]:
    """A system's system.toml; BadRound if there is none, it cannot be read, or lacks what the pages of a round say."""
    if system not in known(notes):
        raise BadRound(f"SYSTEM={system} has no folder in reading-notes/systems: give one of {', '.join(known(notes))}")
    place = f"reading-notes/systems/{system}/system.toml"
    try:
        found = tomllib.loads((notes / "systems" / system / "system.toml").read_text("utf-8"))
    except ValueError as error:  # no TOML, no UTF-8
        raise BadRound(f"{place}: {error}") from None
    wanted = [f"{name} = '...'" for name in FIELDS if not isinstance(found.get(name), str)]
    wanted += [f"[{name}]" for name in ("entry_points", "questions") if not isinstance(found.get(name), dict)]
    if wanted:
        raise BadRound(f"{place}: write {', '.join(wanted)}")
    return found


def asked(notes: Path, system: str) -> list[Question]:
    """The questions in the template's order."""
    states = about(notes, system)["questions"]
    file = notes / "systems" / system / "notes.md"
    answers = sections(written(file)) if file.exists() else {}
    found = re.findall(r"^### (\S+\.\S+) (.+)$", written(notes / "TEMPLATE.md"), re.M)
    return [Question(id_, text, states.get(id_, "open"), first(answers.get(id_, ""))) for id_, text in found]


def written(file: Path) -> str:
    """The text of a file; BadRound if it is none."""
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise BadRound(f"{file}: {error}") from None


def sections(text: str) -> dict[str, str]:
    """The text below each heading that begins with a question's id."""
    pieces = re.split(r"^### (\S+\.\S+).*$", text, flags=re.M)
    return dict(zip(pieces[1::2], (re.split(r"^## ", body, flags=re.M)[0] for body in pieces[2::2]), strict=True))


def first(answer: str) -> str:
    """The first sentence of an answer, without its evidence; empty for one that is open."""
    plain = " ".join(EVIDENCE.sub("", answer).replace("\n- ", "\n").split()).lstrip("- ")
    sentence = re.match(r".*?[.:;](?=\s|$)", plain)
    found = (sentence[0] if sentence else plain).rstrip(":;. ")
    return "" if found.lower().startswith("open") else f"{found}." if found else ""
