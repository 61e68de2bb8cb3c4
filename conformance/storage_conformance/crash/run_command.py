"""The command store-crash: options in, report out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ..interrupts import sigterm_as_interrupt
from ..report.files import BadFile, touch
from ..report.files import write as write_file
from ..report.terminal import Terminal
from .filesystem.command import REFUSALS, filesystem
from .models import MODELS
from .readers import BadCommand, Command
from .replay_file import load_state, save_state
from .run import Options, run
from .run_page import page
from .run_places import BadPlace
from .run_record import Commands, Unfit
from .run_result import Report
from .run_terminal import show_report
from .strace import NoStrace
from .timeline import terminal
from .trace import BadTrace
from .tree import write_tree

__all__ = ["command"]

INTERRUPTED = 130  # what typer makes of a KeyboardInterrupt
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


class BadOption(ValueError):
    """An option that cannot be followed; the text says why."""


def command(arguments: list[str]) -> int:
    """The exit status; what is wrong with the arguments or the programs is told in one line."""
    try:
        with sigterm_as_interrupt():
            status = app(arguments, standalone_mode=False, prog_name="store-crash")
    except typer.TyperException as error:
        return _wrong(error.format_message() if hasattr(error, "format_message") else str(error))
    except (BadCommand, BadFile, BadOption, BadPlace, BadTrace, NoStrace, Unfit, *REFUSALS, OSError) as error:
        return _wrong(str(error))
    except (KeyboardInterrupt, typer.Abort):
        return _wrong("interrupted")
    return _wrong("interrupted") if status == INTERRUPTED else status if isinstance(status, int) else 0


def _wrong(text: str) -> int:
    sys.stderr.write(f"store-crash: {' '.join(text.split())}\n")
    return 2


@app.callback()
def store_crash() -> None:
    """Find out what a power cut can do to the files of a program."""


@app.command("run")
def run_programs(
    write: Annotated[str, typer.Option(metavar="CMD", help="writes {file} under {key} in {dir}; 0: it is durable")],
    read: Annotated[str, typer.Option(metavar="CMD", help="prints the value; 0: there, 3: missing, else: damaged")],
    setup: Annotated[str, typer.Option(metavar="CMD", help="prepares {dir}, once, unrecorded")] = "",
    where: Annotated[Path, typer.Option("--dir", metavar="D", help="{dir} is made in this folder")] = Path(),
    model: Annotated[list[str] | None, typer.Option(metavar="NAME", help=" ".join(MODELS))] = None,
    seed: Annotated[int, typer.Option(help="of what is random")] = 0,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="F", help="write the report as JSON")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", metavar="F", help="write it as one page")] = None,
    save: Annotated[Path | None, typer.Option(metavar="D", help="write a replay file for each violation")] = None,
    errors: Annotated[bool, typer.Option("--errors", help="syncs and writes also fail, once each")] = False,
    time_limit: Annotated[float, typer.Option(min=0, metavar="S", help="seconds")] = float("inf"),
) -> int:
    """Judge a writer and a reader against power cuts: "safe", or where data is lost and which call is missing.

    In commands {dir} and {key} are filled in, for the writer {file} too, for a setup {dir} alone; they are split as a
    shell would and run without a shell.
    """
    commands = parsed(write, read, setup)
    names = tuple(dict.fromkeys(model or ["posix-worst"]))
    for name in set(names) - MODELS.keys():
        raise BadOption(f"--model is one of {', '.join(MODELS)}, not {name!r}")
    touch([file for file in (json_file, html_file) if file])
    report = _judged(commands, Options(where, names, seed, time_limit, errors=errors))
    show_report(report, Terminal())
    if not commands.write.has("key") and "${key}" in write and "${key}" in read:
        sys.stderr.write("store-crash: ${key} is left to the shell, so no keys were tried: write {key} for them\n")
    if json_file:
        write_file(json_file, json.dumps(report.as_dict(), indent=1, ensure_ascii=False) + "\n")
    if html_file:
        write_file(html_file, page(report))
    if save:
        _save(report, save)
    return report.status


def parsed(write: str, read: str, setup: str) -> Commands:
    """The commands. Raises BadCommand for what cannot work."""
    given = Commands(
        Command.parse(write, "--write"),
        Command.parse(read, "--read"),
        Command.parse(setup, "--setup") if setup else None,
    )
    if given.write.has("key") != given.read.has("key"):
        raise BadCommand("{key} is in one of --write and --read only: both need it, or none of them")
    for option, one in (("--write", given.write), ("--read", given.read)):
        if not one.has("dir"):
            raise BadCommand(f"{option} has no {{dir}}: where its files are")
    return given


def _judged(commands: Commands, options: Options) -> Report:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed} states"))
    console = Console(stderr=True)
    with Progress(
        *columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("starting", total=None)
        return run(commands, options, lambda what, count: progress.update(task, advance=count, description=what))


def _save(report: Report, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, result in report.models.items():
        for found in result.found:
            kind = found.counterexample.kind
            save_state(found.state, kind, folder / f"{name}-{kind.replace(' ', '-')}.json")


app.command("filesystem")(filesystem)


@app.command("replay")
def replay(
    file: Annotated[Path, typer.Argument(metavar="F", help="a replay file of store-crash run --save")],
    into: Annotated[Path | None, typer.Option(metavar="D", help="a new folder for the files of the state")] = None,
) -> int:
    """Show a state that was saved, and make its files again to look at."""
    state, kind = load_state(file)
    console = Terminal()
    console.print(f"{kind}, under {state.plan.model.name}", style="bold")
    console.print(terminal(state))
    if into:
        into.mkdir(parents=True)
        write_tree(state.tree, into)
    return 0
