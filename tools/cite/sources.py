"""What holds of notes beside the foreign source: each cited range is there, has the kept hash, is not copied."""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from cite.clones import Clone
from cite.notes import Citation, Defect, citation
from cite.rules import written_out
from cite.systems import System

__all__ = ["RUN", "cited", "copied", "digest", "stands", "unfounded", "unresolved"]

RUN = 14  # words in a row that are the same: chance and the names of things end well below
TEXT = re.compile(r".*\.(go|java|rs|py|c|h|proto|md|rst|txt|toml|ya?ml|sh|js|ts)|.*/?(README|LICENSE|NOTICE)[^/]*")
WORD = re.compile(r"\w*[^\W\d_]\w*[^\W\d_]\w*")  # with two letters at least: rows of figures are nobody's text
OURS = {".md", ".py", ".toml", ".txt"}


def digest(lines: list[str]) -> str:
    """SHA-256 of lines, each with its line feed, as UTF-8."""
    return hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()


def cited(found: Citation, clone: Clone) -> list[str] | str:
    """The cited lines, or what is wrong with the place. Raises BadClone."""
    lines = clone.lines(found.commit, found.path)
    if lines is None:
        return f"{found.path} is no file at {found.commit[:12]}"
    if not 1 <= found.first <= found.last <= len(lines):
        return f"{found.path} has {len(lines)} lines, not L{found.first}-L{found.last}"
    here = lines[found.first - 1 : found.last]
    if not stands(found.symbol, here):
        places = [number for number, line in enumerate(lines, 1) if stands(found.symbol, [line])]
        there = f"but in line {', '.join(map(str, places[:3]))}" if places else "nor anywhere in the file"
        return f"{found.symbol} does not stand in {found.path}#L{found.first}-L{found.last}, {there}"
    return here


def stands(symbol: str, lines: list[str]) -> bool:
    """Does the symbol stand in the lines? Of ``Type.method`` each part, on one line; else its words in a row."""
    if re.fullmatch(r"\w+(\.\w+)+", symbol):
        return any(all(re.search(rf"\b{re.escape(part)}\b", line) for part in symbol.split(".")) for line in lines)
    before, after = r"(?<!\w)" if symbol[0].isalnum() else "", r"(?!\w)" if symbol[-1].isalnum() else ""
    wanted = before + re.escape(" ".join(symbol.split())) + after
    return re.search(wanted, " ".join(" ".join(lines).split())) is not None


def unresolved(system: System, clone: Clone) -> Iterator[Defect]:
    """Every citation that does not stand in the source, or is no longer what its hash says. Raises BadClone."""
    for found, file, line in system.citations():
        here = cited(found, clone)
        if isinstance(here, str):
            yield Defect(file, line, here)
        elif system.lock.get(str(found), digest(here)) != digest(here):
            what = "the cited lines are not those whose hash is kept: read them again, then ARGS=--write"
            yield Defect(file, line, f"{found.path}#L{found.first}: {what}")


def unfounded(system: System, clone: Clone) -> Iterator[Defect]:
    """Every figure that a text writes out and that stands in no line which its own piece cites. Raises BadClone."""
    for block in [block for question in system.questions() for block in question.blocks if written_out(block)]:
        kinds = {role.kind for role in block.roles()}
        places = [citation(role.text) for role in block.roles() if role.kind == "src"]
        found = [cited(place, clone) for place in places if place]
        if "dated" in kinds or not found or any(isinstance(here, str) for here in found):
            continue  # a document is not here; a place that does not stand is told by itself
        digits = set(re.findall(r"\d+(?:\.\d+)?", " ".join(line for here in found for line in here).replace("_", "")))
        for figure in written_out(block):
            if re.sub(r"[^\d.]|\.$", "", figure) not in digits:
                yield Defect(
                    system.file, block.line, f"{figure!r} stands in none of the lines that are cited beside it"
                )


def copied(system: System, clone: Clone, root: Path) -> Iterator[Defect]:
    """Every line of the notes and the lab where RUN words in a row are those of the source. Raises BadClone."""
    folders = (system.folder, root / "labs" / system.name)
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.suffix in OURS]
    runs = {run: (file, line) for file in files for run, line in _runs(file.read_text(encoding="utf-8"))}
    starts, told = {run[0] for run in runs}, set[tuple[Path, int]]()
    for path, text in clone.texts(system.commit, TEXT) if runs else ():
        words = WORD.findall(text.lower())
        for start in [number for number, word in enumerate(words) if word in starts]:
            place = runs.pop(tuple(words[start : start + RUN]), None)
            if place is not None and place not in told:
                told.add(place)
                what = f"{RUN} words in a row are those of {path}: {' '.join(words[start : start + 5])} ..."
                yield Defect(*place, f"{what}; say it in your own")


def _runs(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Each run of words with its line; roles and addresses are no prose, and no run goes over an empty line."""
    last: deque[tuple[str, int]] = deque(maxlen=RUN)
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            last.clear()
        for word in WORD.findall(re.sub(r"\{\w+\}`[^`]*`|https?://\S+", " ", line).lower()):
            last.append((word, number))
            if len(last) == RUN:
                yield tuple(word for word, _ in last), last[0][1]
