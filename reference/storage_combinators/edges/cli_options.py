"""What the commands of store have in common: their arguments, refs, values that come in and go out. Ours."""

import os
import re
import sys
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from ..ref import Ref
from .open_store import UsageError

__all__ = ["Enough", "Form", "Place", "Tree", "bytes_in", "out", "ref_at"]

Tree: TypeAlias = Annotated[
    str, typer.Argument(metavar="TREE", help="a URL, a path, a TOML file, module:factory or file.py:factory")
]
Place: TypeAlias = Annotated[
    str, typer.Argument(metavar="REF", help="where: names with slashes between; / is the root")
]
Form: TypeAlias = Annotated[
    Literal["bytes", "json", "text"], typer.Option("--as", help="what the tree holds; it comes and goes as bytes")
]


COMMANDING = re.compile(rb"[^\t\n -~\x80-\xff]|\xc2[\x80-\x9f]")  # control characters, also those of eight bits


class Enough(Exception):
    """Whoever reads standard output has read enough: no failure."""


def out(data: bytes, flush: bool = False) -> None:
    """Write `data` to standard output, to a terminal without what would command it; Enough if nobody reads it."""
    if sys.stdout is None:  # closed before this program began
        if data:
            raise UsageError("standard output is closed")
        return
    if sys.stdout.isatty():
        data = COMMANDING.sub(b"?", data)
    try:
        sys.stdout.buffer.write(data)
        if flush:
            sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at the very end
        raise Enough from None


def ref_at(text: str) -> Ref:
    """The ref that `text` spells; UsageError for what is none."""
    try:
        return Ref.parse(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no ref: {error}") from None


def bytes_in(file: Path | None) -> bytes:
    """What `file` holds, or standard input; UsageError if it cannot be read."""
    try:
        if file is not None and str(file) != "-":
            return file.read_bytes()
        if sys.stdin is not None:
            return sys.stdin.buffer.read()
    except OSError as error:
        raise UsageError(f"{file or 'standard input'}: {error.strerror}") from None
    raise UsageError("standard input is closed: name a FILE")
