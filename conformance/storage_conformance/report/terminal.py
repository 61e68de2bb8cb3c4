"""The report in a terminal: a table of the laws by group, then each broken law in full."""

from __future__ import annotations

import os

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from .result import Report, Result

__all__ = ["Terminal", "sentence_of", "show_report"]

STYLES = {"holds": "green", "broken": "bold red", "exempt": "dim", "not run": "yellow"}


class Terminal(Console):
    """A console whose reader may leave, as ``head -1`` does: what is left is told to nobody."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


def show_report(report: Report, console: Console, known: frozenset[str] = frozenset()) -> None:
    """Print it; `known` are the laws that were broken in the baseline already."""
    console.print(_table(report, known))
    for result in report.broken:
        _show_broken(result, console, known)
    for note in report.notes:
        console.print(Text(f"note: {note}", style="yellow"))
    console.print(_verdict(report), soft_wrap=True)


def _table(report: Report, known: frozenset[str]) -> Table:
    table = Table(title=Text(report.subject), title_justify="left", box=None, pad_edge=False)
    for heading in ("law", "claim", "verdict", "why"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("verdict", "claim"))
    for group, results in report.groups().items():
        table.add_row(Text(group, style="bold"))
        for result in results:
            verdict = Text(result.verdict, style=_style(result))
            why = "known from the baseline" if result.law in known else result.why
            law = Padding(Text(_titled(result)), (0, 0, 0, 2))
            table.add_row(law, Text(result.claim), verdict, Text(_short(why), style="dim"))
    return table


def _style(result: Result) -> str:
    """A law that only should hold and does not is no error."""
    return "yellow" if result.verdict == "broken" and result.level == "should" else STYLES[result.verdict]


def _titled(result: Result) -> str:
    return sentence_of(result.law) + (" (should)" if result.level == "should" else "")


def _short(why: str) -> str:
    return why if len(why) <= SHORT else why[: SHORT - 3] + "..."


SHORT = 120  # characters of a reason in the table; the whole is told below it


def sentence_of(law: str) -> str:
    """The name of a law as words."""
    return law.replace("_", " ")


def _show_broken(result: Result, console: Console, known: frozenset[str]) -> None:
    """Without a box and without wrapping, so that the script can be copied from the terminal as it stands."""
    style = "yellow" if result.law in known or result.level == "should" else "red"
    console.print(Rule(Text(_titled(result), style=f"bold {style}"), align="left", style=style))
    console.print(Text(result.why, style="bold"), soft_wrap=True)
    for number, step in enumerate(result.counterexample, 1):
        console.print(Text(f"  {number}. {step}"), soft_wrap=True)
    if result.script:
        console.print(Text("\nAs a script, which fails by itself:\n", style="dim"))
        console.print(Syntax("", "python").highlight(result.script.rstrip()), soft_wrap=True)
    where = " · ".join(filter(None, (result.source, result.chapter)))
    console.print(Text(f"\n{result.equation}  [{where}]\n", style="cyan"), soft_wrap=True)


def _verdict(report: Report) -> Text:
    counts = [f"{len([r for r in report.laws if r.verdict == verdict])} {verdict}" for verdict in STYLES]
    text = f"{report.subject} {report.verdict}: {', '.join(counts)}; seed {report.seed}, step {report.step}, "
    style = {"conforms": "bold green", "breaks": "bold red", "incomplete": "bold yellow"}[report.verdict]
    return Text(f"{text}{report.seconds:.1f} s", style=style)
