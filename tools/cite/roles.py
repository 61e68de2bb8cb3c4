"""Sphinx extension: how evidence looks in the book. A citation links to the pinned commit, and nothing floats."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes  # type: ignore[import-untyped]  # it has no types of its own
from sphinx.util.docutils import SphinxRole

from cite.notes import citation
from cite.systems import System, numbers, systems

if TYPE_CHECKING:
    from docutils.nodes import Node, system_message  # type: ignore[import-untyped]  # the same
    from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2] / "reading-notes"


@cache
def _system(name: str) -> System | None:
    return next((system for system in systems(ROOT) if system.name == name), None)


def shown(kind: str, text: str) -> tuple[str, str]:
    """What a reader sees of a role, and where it leads ("" for nowhere).

    >>> shown("lab", "minio/bit-flip")
    ('lab: minio/bit-flip', '#bit-flip')
    """
    match kind:
        case "src":
            found = citation(text)
            system = _system(found.name) if found else None
            if not found or not system:
                return text, ""
            lines = f"L{found.first}-L{found.last}"
            address = f"{system.about['repository']}/blob/{found.commit}/{found.path}#{lines}"
            return f"{found.path}:{found.first} {found.symbol}", address
        case "dated":
            address, _, day = text.partition(" ")
            return f"{address.removeprefix('https://')}, {day}", address
        case "number":
            return _measured(text), ""
        case "lab":  # what the steps saw stands on the same page
            return f"lab: {text}", f"#{text.partition('/')[2]}"
    return f"{kind}: {text}", ""


def _measured(name: str) -> str:
    for system in systems(ROOT):
        record: dict[str, Any] = numbers(system)[0].get(name, {})
        if "median" in record:
            figures = f"{record['runs']} runs, spread {record['spread']:g}, " if record["runs"] > 1 else ""
            return f"{record['median']:g} {record['unit']} ({figures}{record['machine']}, {record['date']})"
    return name


class Evidence(SphinxRole):
    """One of our roles in a page."""

    def run(self) -> tuple[list[Node], list[system_message]]:
        """The node to show."""
        words, address = shown(self.name, self.text)
        inner = nodes.inline(self.rawtext, words, classes=["evidence", self.name])
        return [nodes.reference(self.rawtext, "", inner, refuri=address) if address else inner], []


def setup(app: Sphinx) -> dict[str, bool]:
    """The roles of the notes."""
    for kind in ("src", "lab", "number", "dated", "inference"):
        app.add_role(kind, Evidence())
    return {"parallel_read_safe": True}
