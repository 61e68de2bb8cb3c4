"""The report of `store-crash run` as one self-contained page."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader

from .mutate import NEEDLESS
from .run_result import Report
from .timeline import svg

__all__ = ["page"]


def page(report: Report) -> str:
    """The text of the page."""
    loader = ChoiceLoader([PackageLoader("storage_conformance.crash"), PackageLoader("storage_conformance.report")])
    pages = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return pages.get_template("crash.html").render(report=report, svg=svg, needless=NEEDLESS)
