"""The pages that are made of kept results: what a lab saw, and the report card."""

from __future__ import annotations

import tomllib
from pathlib import Path

from .card import card, reports
from .records import page, read
from .systems import ROOT, all_steps

__all__ = ["made", "write_pages"]


def made(system: str) -> dict[Path, str]:
    """The text of each page of a system, by where it belongs."""
    notes = ROOT / "reading-notes"
    lab, folder = notes / "labs" / system, notes / "systems" / system
    steps = all_steps(system)
    seen = page(system, read(lab / "observed.jsonl"), [step.name for step in steps], {s.name: s.told for s in steps})
    texts = {lab / "observed.md": seen}
    if found := reports(folder / "report-card"):
        title = str(tomllib.loads((folder / "system.toml").read_text())["title"])
        texts[folder / "report-card.md"] = card(title, (folder / "report-card" / "about.md").read_text(), found)
    return texts


def write_pages(system: str) -> list[Path]:
    """Write them; the files."""
    texts = made(system)
    for path, text in texts.items():
        path.write_text(text)
    return [path.relative_to(ROOT) for path in texts]
