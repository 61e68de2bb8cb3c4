"""The pages that are made from system.toml: reading-notes/STATUS.md, and for the book one page a system."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cite.notes import Defect, Question
from cite.systems import STATES, System

__all__ = ["pages", "seal", "stale", "summary", "write"]

MADE = "<!-- made by: make notes ARGS=--write -->"
SIGNS = {"answered": "●", "partly": "◐", "open": "○"}


def pages(root: Path, known: list[System], template: list[Question]) -> dict[Path, str]:
    """What each made page must hold, by its place."""
    book = root.parent / "chapters" / "reading"
    made = {root / "STATUS.md": "\n".join([MADE, *_status(known, template), ""])}
    if book.parent.is_dir():
        made[book / "status.md"] = f"{MADE}\n```{{include}} ../../{root.name}/STATUS.md\n```\n"
        made |= {book / f"{system.name}.md": "\n".join([MADE, *_page(system, root), ""]) for system in known}
    return made


def stale(made: dict[Path, str]) -> Iterator[Defect]:
    """A defect for each page that is not as it must be."""
    for file, text in made.items():
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            yield Defect(file, 1, "stale: make notes ARGS=--write")


def summary(system: System, *, looked_up: bool) -> str:
    """What was looked at, in one line; the one that says that all was found is on the page."""
    count = Counter(system.states.values())
    how = (
        "each looked up in the source"
        if looked_up
        else "each with a kept hash; not checked against source: no clone given"
    )
    said = ", ".join(f"{count[state]} {state}" for state in STATES)
    return f"{system.name}: questions: {said}; {_distinct(system)} citations, {how}"


def seal(system: System) -> str:
    """What checked.txt holds: that all was found, and the SHA-256 of the hashes, so that none is changed by hand."""
    lock = system.folder / "citations.lock"
    kept = hashlib.sha256(lock.read_bytes() if lock.is_file() else b"").hexdigest()
    return f"{summary(system, looked_up=True)}\n{kept}  {lock.name}\n"


def write(made: dict[Path, str]) -> None:
    """Write every page."""
    for file, text in made.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _status(known: list[System], template: list[Question]) -> Iterator[str]:
    yield from ("# Reading notes: status and backlog", "")
    signs = ", ".join(f"{SIGNS[state]} {state}" for state in STATES)
    yield from (f"What has been found out about each system ({signs}). Made from the `system.toml` files.", "")
    yield from _row("system", *STATES, "citations", "commit", "of", "licence", "language")
    yield "|---|" + "--:|" * 4 + "---|" * 4
    for system in known:
        count = Counter(system.states.values())
        about = (f"`{system.commit[:12]}`", *(system.about[name] for name in ("date", "licence", "language")))
        yield from _row(system.about["title"], *(count[state] for state in STATES), _distinct(system), *about)
    yield from ("", "## Question by question", "")
    yield from _row("question", *(system.about["title"] for system in known))
    yield "|---|" + ":-:|" * len(known)
    for question in template:
        yield from _row(f"`{question.id}` {question.title}", *(_sign(each, question) for each in known))


def _sign(system: System, question: Question) -> str:
    return SIGNS.get(system.states.get(question.id, ""), "?")


def _page(system: System, root: Path) -> Iterator[str]:
    yield from (f"# {system.about['title']}", "")
    yield from _row("", "")
    yield "|---|---|"
    yield from _row("source", f"<{system.about['repository']}/tree/{system.commit}>")
    for name in ("commit", "date", "licence", "language", "obtained"):
        yield from _row(name, system.about[name])
    yield from _row("checked", f"`{_checked(system)}`")
    for role, place in system.about["entry_points"].items():
        yield from _row(f"entry: {role}", f"{{src}}`{system.name}@{system.commit}:{place}`")
    yield from _included(system.folder / "notes.md", root, ":start-after: <!-- answers -->", ":relative-images:")
    for more in (system.folder / "report-card.md", root / "labs" / system.name / "observed.md"):
        if more.is_file():
            yield from _included(more, root, ":heading-offset: 1")


def _included(file: Path, root: Path, *options: str) -> Iterator[str]:
    yield from ("", f"```{{include}} ../../{file.relative_to(root.parent).as_posix()}", *options, "```")


def _checked(system: System) -> str:
    """What `make notes` with a clone said last, and of this very text."""
    file = system.folder / "checked.txt"
    said = file.read_text(encoding="utf-8") if file.is_file() else ""
    return summary(system, looked_up=True) if said == seal(system) else "not yet looked up in the source"


def _row(*cells: object) -> Iterator[str]:
    yield "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _distinct(system: System) -> int:
    return len({str(found) for found, _, _ in system.citations()})
