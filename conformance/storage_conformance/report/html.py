"""The report as one self-contained page, and many reports as one matrix."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader

from .badge import badge
from .drawing import drawn
from .result import VERDICTS, Report
from .terminal import sentence_of

__all__ = ["html", "matrix_page"]

SIGNS = {"holds": "✓", "broken": "✗", "should": "!", "exempt": "–", "not run": "?"}


def html(report: Report, known: frozenset[str] = frozenset()) -> str:
    """The text of the page; `known` are the laws that were broken in the baseline already."""
    return _rendered("page.html", report=report, known=known)


def matrix_page(reports: list[Report]) -> str:
    """The text of a page of `reports`: subjects by laws, then what was found out about each subject."""
    tables: dict[str, dict[str, dict[int, str]]] = {}  # group -> law -> number of the subject -> verdict
    for number, report in enumerate(reports, 1):
        for group, results in report.groups().items():
            for result in results:
                verdict = "should" if result.verdict == "broken" and result.level == "should" else result.verdict
                tables.setdefault(group, {}).setdefault(result.law, {})[number] = verdict
    asked = {group: sorted({n for law in laws.values() for n in law}) for group, laws in tables.items()}
    return _rendered("matrix.html", reports=reports, tables=tables, asked=asked, known=frozenset())


def _rendered(template: str, **names: Any) -> str:
    pages = Environment(
        loader=PackageLoader("storage_conformance.report"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    pages.filters |= {"sentence": sentence_of, "badge": badge, "drawn": drawn, "claims": _claims, "counts": _counts}
    return pages.get_template(template).render(signs=SIGNS, **names)


def _counts(report: Report) -> dict[str, int]:
    found = {verdict: sum(result.verdict == verdict for result in report.laws) for verdict in VERDICTS}
    return {verdict: count for verdict, count in found.items() if count}


def _claims(report: Report) -> dict[str, str]:
    """What the subject says of itself, in words."""
    words = {True: "yes", False: "no", None: "found out"}
    said = {name: value for name, value in report.claims.items() if name != "without"}
    return {name: words[value] if value is None or value is True or value is False else str(value)
            for name, value in said.items()}  # fmt: skip  # one expression
