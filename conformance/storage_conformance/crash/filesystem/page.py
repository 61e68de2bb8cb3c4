"""The report of `store-crash filesystem`: in a terminal, and as one self-contained page."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from .result import Finding, Report

__all__ = ["TORN", "page", "show_report"]

STYLES = {"holds": "bold green", "violated": "bold red", "incomplete": "yellow"}
SHOWN = 5
TORN = "Only a device that may leave a block of 4096 bytes in part shows it; no verdict depends on it"


def page(report: Report) -> str:
    """The text of the page."""
    loader = ChoiceLoader([PackageLoader("storage_conformance.crash"), PackageLoader("storage_conformance.report")])
    pages = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return pages.get_template("filesystem.html").render(report=report, torn=TORN)


def show_report(report: Report, console: Console) -> None:
    """Print it: the last line is the verdict."""
    for found in report.violations[:SHOWN]:
        _show(found, "violation", console)
    if len(report.violations) > SHOWN:
        console.print(Text(f"and {len(report.violations) - SHOWN} more workloads with violations; --json has them all"))
    for found in report.torn[:SHOWN]:
        _show(found, "torn block", console)
        console.print(Padding(Text(f"{TORN}."), (0, 0, 1, 2)))
    if report.epochs:
        console.print(Text(f"states: {report.bounds()}", style="dim"))
    for note in report.notes:
        console.print(Text(f"note: {note}", style="yellow"))
    for why in report.why[:SHOWN]:
        console.print(Text(f"not judged: {why}", style="yellow"))
    console.print(Text(report.summary()), soft_wrap=True)
    console.print(Text(report.verdict, style=STYLES[report.verdict]))


def _show(found: Finding, title: str, console: Console) -> None:
    console.print(Text(f"{title}: {found.workload}", style="bold"))
    console.print(Padding(Text(found.explanation), (0, 0, 0, 2)))
    if found.replay:
        console.print(Text(f"  replay: {found.replay}"), soft_wrap=True)
