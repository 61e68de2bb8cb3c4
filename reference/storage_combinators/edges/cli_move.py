"""store serve, sync and migrate: a tree over HTTP, and one brought to where another is. Ours."""

import signal
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from logging import LogRecord, getLogger
from threading import Event
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from ..functions import walk
from ..leaves.memory import Memory
from .cli_options import Enough, Form, Tree, out, ref_at
from .cli_trees import as_bytes_of, settle, tree_named
from .labels import hidden_in, in_one_line
from .open_store import UsageError
from .rewrap import nodes, ports
from .syncing import Step, move, sync

__all__ = ["app"]

app = typer.Typer()
Base = Annotated[str, typer.Argument(metavar="[REF]", help="only what is at and below; else everything")]
Dry = Annotated[bool, typer.Option("--dry-run", help="say what would be done, and do nothing")]
Source = Annotated[str, typer.Argument(metavar="FROM", help="a TREE, as for get")]
KIND = "another, of values of the same kind: where one has objects, name a TOML file with a Json over the bytes"
Target = Annotated[str, typer.Argument(metavar="TO", help=KIND)]


@app.command()
def serve(
    tree: Tree,
    form: Form = "bytes",
    port: Annotated[int, typer.Option(min=0, max=65535, help="of 127.0.0.1; 0: any that is free")] = 0,
) -> None:
    """Serve TREE over HTTP on 127.0.0.1 (docs/wire.md) and print its URL. Ends with Ctrl-C or SIGTERM.

    Several threads ask it at once: put a Locked over what is not safe for them, such as a Cache.
    """
    try:
        from .http_server import serve as served
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is missing: pip install 'storage-combinators[http]'") from None
    opened, ended = tree_named(tree), Event()
    getLogger("uvicorn.error").addFilter(lambda record: _in_one_line(record, tree))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with served(as_bytes_of(opened, form), port=port) as url:
        out(f"{url}\n".encode(), flush=True)
        ended.wait()
    settle(opened)


def _in_one_line(record: LogRecord, tree: str) -> bool:
    """A failure of the tree, which is logged with its traceback, as every command tells it."""
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        text = hidden_in(f"{type(error).__name__}: {error}", [tree])
        record.msg, record.args, record.exc_info = "%s", (in_one_line(text),), None
    return True


@app.command("sync")
def sync_(
    source: Source,
    target: Target,
    base: Base = "",
    delete: Annotated[bool, typer.Option("--delete", help="delete from TO what FROM has not")] = False,
    dry_run: Dry = False,
) -> int:
    """Copy every value of FROM to TO that is not the same there, and read it back. Stopped, it can be begun again."""
    one, other, at = tree_named(source), tree_named(target), ref_at(base)
    refs = dict.fromkeys(walk(one, at))  # taken first, for TO may lie within FROM
    if delete:
        unwanted = dict.fromkeys(walk(other, at))
        if unwanted and not refs:  # no store can tell an empty place from one that is not there
            raise UsageError(f"--delete would empty TO, for FROM has nothing at {base or '/'}: is it the right one?")
        refs |= unwanted
    steps = sync(one, other, refs, delete=delete, dry_run=dry_run, settle=settle)
    return _followed(steps, len(refs), "would be " * dry_run, given=(source, target))


@app.command("migrate")
def migrate_(
    source: Source,
    target: Target,
    base: Base = "",
    alone: Annotated[
        bool, typer.Option("--alone", help="nobody else writes to FROM: for one that cannot remove conditionally")
    ] = False,
) -> int:
    """Move every value of FROM to TO: copied, read back, then removed. Stopped, it can be begun again."""
    one, other = tree_named(source), tree_named(target)
    kept = all(isinstance(node, Memory) for node in nodes(one) if not ports(node))  # equal, whatever two of them hold
    if one is other or (one == other and not kept):  # else found out by what is moved first, nowhere for a moment
        raise UsageError("FROM and TO are one place")
    refs = list(walk(one, ref_at(base)))
    return _followed(move(one, other, refs, alone=alone, settle=settle), len(refs), given=(source, target))


def _followed(steps: Iterator[Step], total: int, would: str = "", *, given: Iterable[str]) -> int:
    """Do the steps, show how far they are where somebody looks, tell of each that fails, and count."""
    console, counted = Console(stderr=True), Counter[str]()
    with Progress(console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("refs", total=total)
        for step in steps:
            counted[step.what] += 1
            if step.what == "failed":
                progress.stop()
                sys.stderr.write(f"{in_one_line(f'{step.ref}: {hidden_in(step.why, given)}')}\n")
                progress.start()
            progress.advance(task)
    told = [f"{count} {would * (what in ('copied', 'deleted'))}{what}" for what, count in sorted(counted.items())]
    with suppress(Enough):  # nobody may read how many, but the status counts
        out(f"{', '.join(told) or 'nothing to do'}\n".encode())
    return 2 if counted["failed"] else 0
