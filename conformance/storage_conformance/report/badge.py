"""The verdict as a badge: a small SVG that stands in any page."""

from __future__ import annotations

from markupsafe import Markup, escape

from .result import Report

__all__ = ["badge"]

COLOURS = {"conforms": "#1a7f4b", "breaks": "#b3261e", "incomplete": "#8a5a00"}
WIDE = 6.6  # units of a character at 11 units, about; textLength makes it so on every machine
SVG = (
    '<svg class="badge" xmlns="http://www.w3.org/2000/svg" width="{all}" height="20" viewBox="0 0 {all} 20" role="img" '
    'aria-label="{left}: {right}"><rect width="{all}" height="20" rx="4" fill="{colour}"/>'
    '<path d="M4 0h{cut}v20H4a4 4 0 0 1-4-4V4a4 4 0 0 1 4-4z" fill="#3b4252"/>'
    '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
    '<text x="7" y="14" textLength="{first}">{left}</text><text x="{at}" y="14" textLength="{second}">{right}</text>'
    "</g></svg>"
)


def badge(report: Report) -> Markup:
    """``store laws | conforms 61/61``: laws that hold, of those that were held against the subject."""
    held = [result for result in report.laws if result.verdict != "exempt"]
    left, right = "store laws", f"{report.verdict} {sum(each.verdict == 'holds' for each in held)}/{len(held)}"
    first, second = round(WIDE * len(left)), round(WIDE * len(right))
    sizes = {"first": first, "second": second, "cut": first + 10, "at": first + 21, "all": first + second + 28}
    words = {"left": escape(left), "right": escape(right), "colour": COLOURS[report.verdict]}
    return Markup(SVG.format(**sizes, **words))  # noqa: S704  # all of it is ours, or escaped
