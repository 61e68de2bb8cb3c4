"""The report of `store-crash run` in a terminal: the verdict of each model, then each violation with its timeline."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .mutate import NEEDLESS
from .run_result import Found, ModelResult, Report
from .timeline import terminal

__all__ = ["show_report"]

STYLES = {"safe": "bold green", "unsafe": "bold red", "cannot judge": "yellow"}


def show_report(report: Report, console: Console) -> None:
    """Print it."""
    for name, result in report.models.items():
        for found in result.found:
            _show_found(found, name, console)
    console.print(_table(report))
    for name, result in report.models.items():
        _show_notes(name, result, console)
    console.print(Text(report.verdict, style=STYLES[report.verdict]))


def _table(report: Report) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("model", "verdict", "states", "distinct", "seconds", "violations"):
        table.add_column(heading, justify="right" if heading in ("states", "distinct", "seconds") else "left")
    for name, result in report.models.items():
        kinds = ", ".join(dict.fromkeys(found.counterexample.kind for found in result.found))
        verdict = Text(result.verdict, style=STYLES[result.verdict])
        table.add_row(name, verdict, f"{result.states:,}", f"{result.distinct:,}", f"{result.seconds:.1f}", kinds)
    return table


def _show_found(found: Found, model: str, console: Console) -> None:
    console.print(Text(f"{found.counterexample.kind}, under {model}, scenario {found.scenario}", style="bold red"))
    console.print(Text(found.counterexample.explanation))
    if found.said:
        console.print(Text(f"The program said: {found.said.splitlines()[-1]}", style="dim"))
    console.print(terminal(found.state))
    console.print()


def _show_notes(name: str, result: ModelResult, console: Console) -> None:
    for why in result.why:
        console.print(Text(f"{name} cannot judge: {why}", style="yellow"))
    for call, needed in result.syncs.items():
        if not needed:
            console.print(Text(NEEDLESS.format(call, name), style="yellow"))
    if result.bounded:
        console.print(Text(f"{name}: too many states for all of them: {'; '.join(result.how)}", style="dim"))
