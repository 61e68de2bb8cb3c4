"""The command store: get, put, delete and ls on any tree; how every command of it ends. Ours."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..functions import as_bytes
from ..store import Missing, Refused
from . import cli_move, cli_show
from .cli_options import Enough, Form, Place, Tree, bytes_in, out, ref_at
from .cli_trees import as_bytes_of, settle, tree_named
from .labels import hidden_in, in_one_line
from .open_store import UsageError

__all__ = ["run"]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
app.add_typer(cli_show.app)
app.add_typer(cli_move.app)


@app.callback(help="Any tree of stores, by its URL, TOML file or factory. Exit status: 0, 1 nothing there, 2 not done.")
def store() -> None:
    """Only here so that one command is a command too."""


@app.command()
def get(tree: Tree, ref: Place, form: Form = "bytes") -> None:
    """Write the value at REF to standard output, as it is; exit status 1 if there is none."""
    out(as_bytes(as_bytes_of(tree_named(tree), form).get(ref_at(ref))))


@app.command()
def put(
    tree: Tree,
    ref: Place,
    file: Annotated[Path | None, typer.Argument(help="what to put; else standard input")] = None,
    form: Form = "bytes",
) -> None:
    """Put FILE, or standard input to its end, at REF."""
    opened = tree_named(tree)
    as_bytes_of(opened, form).put(ref_at(ref), bytes_in(file))
    settle(opened)


@app.command()
def delete(tree: Tree, ref: Place) -> None:
    """Delete what is at REF; if nothing is, that is well too."""
    opened = tree_named(tree)
    opened.delete(ref_at(ref))
    settle(opened)


@app.command()
def ls(
    tree: Tree,
    ref: Annotated[str, typer.Argument(help="where to begin; else the root")] = "",
    everything: Annotated[bool, typer.Option("--all", "-a", help="every ref at or below REF that has a value")] = False,
    null: Annotated[
        bool, typer.Option("--null", "-0", help="NUL after each, for names with line ends in them")
    ] = False,
) -> None:
    """The refs one name below REF, a line each, in no order."""
    for found in tree_named(tree).refs(ref_at(ref), None if everything else 1):
        out(str(found).encode() + (b"\0" if null else b"\n"))


def run(arguments: list[str]) -> int:
    """The exit status; what went wrong is told in one line, without credentials."""
    status: object = 0
    try:
        status = app(arguments, standalone_mode=False, prog_name="store")
        out(b"", flush=True)
    except Enough:
        pass
    except SystemExit:  # how the command line library takes a broken pipe, which was none of ours
        return _wrong("a connection was closed by the other side", arguments)
    except Missing as missing:
        return _wrong(str(missing), arguments, 1)
    except (KeyboardInterrupt, typer.Abort):
        return _wrong("interrupted", arguments)
    except typer.TyperException as error:
        return _wrong(error.format_message() if hasattr(error, "format_message") else str(error), arguments)
    except (UsageError, Refused) as error:
        return _wrong(str(error), arguments)
    except TypeError as error:
        return _wrong(f"{error}{_other_form(arguments)}", arguments)
    except Exception as error:  # noqa: BLE001  # any store may raise anything, and a traceback helps nobody here
        return _wrong(f"{type(error).__name__}: {error}", arguments)
    if status == 130:  # Ctrl-C, to that library
        return _wrong("interrupted", arguments)
    return status if isinstance(status, int) else 0


def _other_form(arguments: list[str]) -> str:
    """What else to try where a tree takes no such value."""
    if {"sync", "migrate"} & {*arguments[:1]}:
        return "; if one holds objects and the other bytes, name a TOML file with a Json over the bytes"
    return "" if "--as" in arguments else "; if the tree holds no bytes, say what: --as json or --as text"


def _wrong(text: str, arguments: list[str], status: int = 2) -> int:
    sys.stderr.write(f"store: {in_one_line(hidden_in(text, arguments))}\n")
    return status
