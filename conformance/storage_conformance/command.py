"""The command store-conform: options in, report out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from .claims import BadClaim, parse_claim, parse_without
from .interrupts import sigterm_as_interrupt
from .judging import judge
from .report.files import BadFile, as_json, known, read, touch, write
from .report.html import html, matrix_page
from .report.junit import junit
from .report.result import Report, Result
from .report.terminal import Terminal, sentence_of, show_report
from .subjects import BadSubject, shown

__all__ = ["run"]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


def run(arguments: list[str]) -> int:
    """The exit status; what is wrong with the arguments is told in one line."""
    try:
        with sigterm_as_interrupt():
            status = app(arguments, standalone_mode=False, prog_name="store-conform")
    except typer.TyperException as error:
        return _wrong(error.format_message() if hasattr(error, "format_message") else str(error))
    except (BadSubject, BadClaim, BadFile) as error:
        return _wrong(str(error))
    except (KeyboardInterrupt, typer.Abort):
        return _wrong("interrupted")
    except BrokenPipeError:  # of --help
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status if isinstance(status, int) else 0


def _wrong(text: str) -> int:
    sys.stderr.write(f"store-conform: {' '.join(text.split())}\n")
    return 2


@app.command()
def conform(
    subjects: Annotated[
        list[str], typer.Argument(metavar="SUBJECT", help="module:factory, file.py:factory, a TOML file or a URL")
    ],
    profile: Annotated[
        Literal["quick", "full"], typer.Option(help="about 10 s, or about 60 s, on a fast store")
    ] = "quick",
    seed: Annotated[int, typer.Option(help="of what is random")] = 0,
    step: Annotated[
        int | None, typer.Option(min=1, max=4, help="1 (fast store) to 4 (slow): how much is tried")
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option(min=0, metavar="S", help="seconds; what is left then is not run")
    ] = None,
    claim: Annotated[list[str] | None, typer.Option(metavar="NAME[=VALUE]", help="what the subject keeps")] = None,
    without: Annotated[
        list[str] | None, typer.Option(metavar="NAME=REASON", help="what it does not keep, and why")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(metavar="F", help="a JSON report: laws that were broken there do not count")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="F", help="write the report as JSON")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", metavar="F", help="write it as one page")] = None,
    junit_file: Annotated[Path | None, typer.Option("--junit", metavar="F", help="write it as JUnit XML")] = None,
    matrix: Annotated[
        bool, typer.Option("--matrix", help="judge nothing: make one page of the JSON reports F... with --html")
    ] = False,
) -> int:
    """Judge a store or mapping: which laws hold; for each broken one, the shortest run that shows it.

    Exit status: 0 it conforms, 1 a law is broken, 2 it could not be judged to the end.
    """
    if matrix:
        return _matrix(subjects, html_file)
    if len(subjects) != 1:
        raise typer.BadParameter("one SUBJECT at a time; --matrix F... makes one page of several reports")
    before = known(baseline, shown(subjects[0])) if baseline else frozenset()
    files = Files(json_file, html_file, junit_file)
    files.touch()
    claims = {name: value for text in claim or () for name, value in parse_claim(text).items()}
    reasons = {name: reason for text in without or () for name, reason in parse_without(text).items()}
    limit = {} if time_limit is None else {"time_limit": time_limit}
    report = _judged(subjects[0], profile, seed, {"step": step, "claims": claims, "without": reasons, **limit})
    files.write(report, before)
    show_report(report, Terminal(), before)
    return report.status(before)


class Files(NamedTuple):
    """Where the report is written."""

    json: Path | None
    html: Path | None
    junit: Path | None

    def touch(self) -> None:
        touch([path for path in self if path])

    def write(self, report: Report, before: frozenset[str]) -> None:
        """Before it is shown, so that neither a closed terminal nor a second Ctrl-C takes it away."""
        if self.json:
            write(self.json, as_json(report))
        if self.html:
            write(self.html, html(report, before))
        if self.junit:
            write(self.junit, junit(report))


def _matrix(files: list[str], html_file: Path | None) -> int:
    if html_file is None:
        raise typer.BadParameter("--matrix makes a page: say where with --html F")
    touch([html_file])
    write(html_file, matrix_page([read(Path(file)) for file in files]))
    return 0


def _judged(subject: str, profile: str, seed: int, options: dict[str, Any]) -> Report:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    seen: list[Result] = []
    with Progress(*columns, console=Terminal(stderr=True), transient=True) as progress:
        task = progress.add_task(shown(subject), total=None)

        def watch(result: Result, of: int) -> None:
            seen.append(result)
            progress.update(task, advance=1, total=of, description=sentence_of(result.law))

        try:
            return judge(subject, profile, seed, watch=watch, **options)
        except KeyboardInterrupt:  # before the first law, or a second time
            left = Result("what_is_left", "", "not run", "interrupted", group="not judged")
            return Report(shown(subject), seed, options["step"] or 1, {}, [*seen, left])
