"""The command store-conform: options in, report out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from .claims import BadClaim, parse_claim, parse_without
from .judging import judge
from .report.html import html
from .report.junit import junit
from .report.result import Report, Result
from .report.terminal import sentence_of, show_report
from .subjects import BadSubject, shown

__all__ = ["run"]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


def run(arguments: list[str]) -> int:
    """The exit status; what is wrong with the arguments is told in one line."""
    try:
        status = app(arguments, standalone_mode=False, prog_name="store-conform")
    except typer.TyperException as error:
        return _wrong(error.format_message() if hasattr(error, "format_message") else str(error))
    except (BadSubject, BadClaim, BadFile) as error:
        return _wrong(str(error))
    except (KeyboardInterrupt, typer.Abort):
        return _wrong("interrupted")
    return status if isinstance(status, int) else 0


def _wrong(text: str) -> int:
    sys.stderr.write(f"store-conform: {' '.join(text.split())}\n")
    return 2


class BadFile(ValueError):
    """A file that cannot be read or written; the text says why."""


@app.command()
def conform(
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="module:factory, path/to/file.py:factory or a URL")],
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
) -> int:
    """Judge a store or mapping: which laws hold; for each broken one, the shortest run that shows it."""
    known = _known(baseline, shown(subject))
    for file in filter(None, (json_file, html_file, junit_file)):
        _touch(file)
    claims = {name: value for text in claim or () for name, value in parse_claim(text).items()}
    reasons = {name: reason for text in without or () for name, reason in parse_without(text).items()}
    limit = {} if time_limit is None else {"time_limit": time_limit}
    report = _judged(subject, profile, seed, {"step": step, "claims": claims, "without": reasons, **limit})
    show_report(report, Console(), known)
    _write(json_file, json.dumps(report.as_dict(), indent=1, ensure_ascii=False, default=repr) + "\n")
    _write(html_file, html(report, known) if html_file else "")
    _write(junit_file, junit(report))
    return report.status(known)


def _judged(subject: str, profile: str, seed: int, options: dict[str, Any]) -> Report:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(shown(subject), total=None)

        def watch(result: Result, of: int) -> None:
            progress.update(task, advance=1, total=of, description=sentence_of(result.law))

        return judge(subject, profile, seed, watch=watch, **options)


def _known(baseline: Path | None, subject: str) -> frozenset[str]:
    """The laws that were broken in the baseline, if there is one. It must be whole, and of this subject."""
    if baseline is None:
        return frozenset()
    try:
        report = json.loads(baseline.read_text("utf-8"))
        broken = frozenset(law["law"] for law in report["laws"] if law["verdict"] == "broken")
        whole, of = report["verdict"] != "incomplete", report["subject"]
    except OSError as error:
        raise BadFile(f"{baseline} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise BadFile(f"{baseline} is no report of store-conform as JSON") from None
    if not whole or of != subject:
        raise BadFile(f"{baseline} is no baseline: it is {'of ' + of if whole else 'incomplete'}")
    return broken


def _touch(path: Path) -> None:
    """Find out before the judging, which takes long, that a file cannot be written."""
    try:
        path.open("a").close()
    except OSError as error:
        raise BadFile(f"{path} cannot be written: {error.strerror}") from None


def _write(path: Path | None, text: str) -> None:
    if path is None:
        return
    try:
        path.write_text(text, "utf-8", errors="backslashreplace")
    except OSError as error:
        raise BadFile(f"{path} cannot be written: {error.strerror}") from None
