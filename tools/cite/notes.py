"""Notes as they are written: questions, the blocks of each answer, and the evidence in a block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["BadNotes", "Block", "Citation", "Defect", "Question", "Role", "citation", "questions", "roles"]

HEADING = re.compile(r"### (?P<id>[a-z]+\.[a-z-]+) (?P<title>\S.*)")
ITEM = re.compile(r"\s*([-*]|\d+\.) ")
ROLE = re.compile(r"\{(?P<kind>src|lab|number|dated|inference)\}`(?P<text>[^`\n]+)`")
SOURCE = re.compile(
    r"(?P<name>[a-z0-9-]+)@(?P<commit>[0-9a-f]{40}):(?P<path>[^#\s]+)"
    r"#L(?P<first>\d+)(?:-L(?P<last>\d+))? (?P<symbol>\S.*)"
)


class BadNotes(Exception):
    """A file of the notes that cannot be read at all; the text says which and why."""


@dataclass(frozen=True, order=True)
class Defect:
    """What is wrong, and where."""

    file: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


@dataclass(frozen=True)
class Citation:
    """Lines `first` to `last`, counted from 1, of a file at a commit, in which `symbol` stands."""

    name: str
    commit: str
    path: str
    first: int
    last: int
    symbol: str

    def __str__(self) -> str:
        return f"{self.name}@{self.commit}:{self.path}#L{self.first}-L{self.last} {self.symbol}"


@dataclass(frozen=True)
class Role:
    """One piece of evidence as it stands in the text: its kind, what is between the backticks, its line."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class Block:
    """A paragraph, a list item or a table row: the smallest piece of text that needs evidence of its own."""

    line: int
    text: str

    def roles(self) -> list[Role]:
        """The evidence in it."""
        return list(roles(self.text, self.line))


@dataclass
class Question:
    """A heading of the notes, and the blocks below it."""

    id: str
    title: str
    line: int
    blocks: list[Block] = field(default_factory=list)


def citation(text: str) -> Citation | None:
    """What stands in a {src} role; None when it is not `NAME@<40 hex>:PATH#L1-L2 SYMBOL`.

    >>> str(citation("minio@" + "0" * 40 + ":main.go#L3 main"))[-19:]
    ':main.go#L3-L3 main'
    """
    found = SOURCE.fullmatch(text)
    if not found:
        return None
    first, last = int(found["first"]), int(found["last"] or found["first"])
    return Citation(found["name"], found["commit"], found["path"], first, last, found["symbol"])


def roles(text: str, first: int = 1) -> Iterator[Role]:
    """Every role in a text that begins at line `first`."""
    for number, line in enumerate(text.splitlines(), first):
        yield from (Role(found["kind"], found["text"], number) for found in ROLE.finditer(line))


def questions(text: str) -> list[Question]:
    """The questions of a text, each with the blocks of its answer; what stands above the first belongs to none."""
    found: list[Question] = []
    for number, lines in _pieces(text):
        heading = HEADING.fullmatch(lines[0])
        if heading:
            found.append(Question(heading["id"], heading["title"], number))
        elif found and not lines[0].startswith("#"):
            found[-1].blocks.append(Block(number, "\n".join(lines)))
    return found


def _pieces(text: str) -> Iterator[tuple[int, list[str]]]:
    """Headings and blocks with the number of their first line. Fences hold drawings and are no claims: left out."""
    piece: list[str] = []
    start, fence = 1, ""
    for number, line in enumerate([*text.splitlines(), ""], 1):
        marks = re.match(r"\s*(`{3,}|:{3,})", line)
        inside, fence = bool(fence), _fence(fence, marks[1] if marks else "")
        ends = inside or bool(marks) or not line.strip() or line.startswith(("#", "|")) or bool(ITEM.match(line))
        if ends and piece:
            yield start, piece
            piece = []
        if not inside and not marks and line.strip():
            start = start if piece else number
            piece.append(line)
        if piece and piece[0].startswith("#"):
            yield start, piece
            piece = []


def _fence(open_: str, marks: str) -> str:
    """The fence that is open after a line with these marks."""
    if not open_:
        return marks
    return "" if marks.startswith(open_) else open_
