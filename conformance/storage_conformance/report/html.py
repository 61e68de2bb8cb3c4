"""The report as one self-contained page."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader

from .result import VERDICTS, Report
from .terminal import sentence_of

__all__ = ["html"]


def html(report: Report, known: frozenset[str] = frozenset()) -> str:
    """The text of the page; `known` are the laws that were broken in the baseline already."""
    pages = Environment(
        loader=PackageLoader("storage_conformance.report"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    pages.filters["sentence"] = sentence_of
    counts = {verdict: sum(result.verdict == verdict for result in report.laws) for verdict in VERDICTS}
    said = {name: value for name, value in report.claims.items() if name != "without"}
    return pages.get_template("page.html").render(report=report, counts=counts, claims=said, known=known)
