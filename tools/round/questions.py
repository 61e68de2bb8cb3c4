"""What a round takes from the notes: the questions of the template, their states, and the beginnings of the answers."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cite.notes import Block, questions
from cite.roles import shown

from .plan import BadRound

__all__ = ["Question", "about", "asked", "known"]

FIELDS = ("title", "repository", "commit", "date", "licence", "language")  # what the templates say of a system
EVIDENCE = re.compile(r"\s*\{\w+\}`[^`]*`(,(?=\s*\{\w+\}`))?")
CONTENT = re.compile(r"\{(number|dated)\}`([^`]*)`")  # evidence too, but its sentence is none without it
SENTENCE = re.compile(r"(`[^`]*`|[^`])*?[.;](?=\s|$)")  # a stop between backticks is part of a name
SOME = 2  # sentences and places of an answer that a handout has


@dataclass(frozen=True)
class Question:
    """One question of the template: its id, text and state for a system; how the answer begins, and what it cites."""

    id: str
    text: str
    state: str
    answer: str = ""
    places: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()

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
    answers = {each.id: each.blocks for each in questions(written(file))} if file.exists() else {}
    return [
        Question(each.id, each.title, states.get(each.id, "open"), *told(answers.get(each.id, [])))
        for each in questions(written(notes / "TEMPLATE.md"))
    ]


def written(file: Path) -> str:
    """The text of a file; BadRound if it is none."""
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise BadRound(f"{file}: {error}") from None


def told(blocks: list[Block]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """How an answer begins, the first places in the source that it cites, and the lab steps that it goes by."""
    roles = [role for block in blocks for role in block.roles()]
    places = [role.text.partition(":")[2] for role in roles if role.kind == "src"]
    steps = [role.text.partition("/")[2] for role in roles if role.kind == "lab"]
    return beginning(blocks), tuple(dict.fromkeys(places))[:SOME], tuple(dict.fromkeys(steps))


def beginning(blocks: list[Block]) -> str:
    """A sentence of each of the first pieces that are no table or picture, without evidence; empty if it is open."""
    prose = [block.text for block in blocks if not block.text.startswith(("|", "!["))]
    if not prose or re.match("open[.:]", prose[0], re.I):
        return ""
    return " ".join(sentence(text) for text in prose[:SOME])


def sentence(text: str) -> str:
    """The first sentence of a paragraph or list item, as plain words.

    >>> sentence("2. **Cut a file**, on one drive {lab}`minio/cut-file`; more.")
    'Cut a file, on one drive.'
    """
    text = CONTENT.sub(lambda role: shown(*role.groups())[0], re.sub(r"^\s*([-*]|\d+\.) ", "", text))
    plain = " ".join(EVIDENCE.sub("", text).replace("**", "").split())
    whole = SENTENCE.match(plain)
    found = (whole[0] if whole else plain).rstrip(":;., ")
    return f"{found}." if found else ""
