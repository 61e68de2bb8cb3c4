"""store tree and store trace: what a tree looks like, and what path through it an operation took. Ours."""

import io
from collections import deque
from contextlib import nullcontext, suppress
from pathlib import Path
from shutil import which
from typing import Annotated, Any, Literal, TypeAlias

import typer
from rich.console import Console

from ..observing.spans import Span
from ..ref import Ref
from ..store import MISSING, Missing, Store
from .cli_options import Form, Place, Tree, bytes_in, out, ref_at
from .cli_trees import as_bytes_of, settle, tree_named
from .draw import as_text
from .draw import tree as drawn
from .draw_dot import as_dot, as_svg
from .draw_html import as_page
from .draw_spans import span_text, span_tree
from .export_spans import json_lines
from .open_store import UsageError
from .tracing import traced

__all__ = ["app"]

app = typer.Typer()
Verb: TypeAlias = Literal["get", "put", "merge", "delete", "create", "remove", "refs"]


@app.command()
def tree(
    tree: Tree,
    output: Annotated[Literal["text", "dot", "svg", "html"], typer.Option("--format", help="how to draw it")] = "text",
) -> None:
    """Draw TREE. Nothing is connected to, and no password is shown."""
    _draw(tree_named(tree), [], output)


@app.command()
def trace(
    tree: Tree,
    verb: Annotated[
        Verb, typer.Argument(help="create and remove are a swap from and to nothing; refs lists all below")
    ],
    ref: Place,
    file: Annotated[Path | None, typer.Argument(help="what to put, merge or create; else standard input")] = None,
    form: Form = "bytes",
    times: Annotated[int, typer.Option(min=1, help="how often; a cache may answer the second get")] = 1,
    output: Annotated[
        Literal["text", "json", "dot", "svg", "html"], typer.Option("--format", help="json: a line for each span")
    ] = "text",
) -> None:
    """Do VERB at REF, and show the path that it took through TREE. The exit status is that of the verb."""
    spans: list[Span] = []
    opened, at = tree_named(tree), ref_at(ref)
    value = bytes_in(file) if verb in ("put", "merge", "create") else b""
    watched = traced(opened, spans.append)
    try:
        for left in reversed(range(times)):
            with suppress(Missing) if left else nullcontext():
                _ask(as_bytes_of(watched, form), verb, at, value)
        settle(watched)
    finally:
        _draw(opened, spans, output)


def _ask(store: Store[bytes], verb: Verb, ref: Ref, value: bytes) -> None:
    match verb:
        case "get":
            store.get(ref)
        case "put":
            store.put(ref, value)
        case "merge":
            store.merge(ref, value)
        case "delete":
            store.delete(ref)
        case "create":
            store.swap(ref, MISSING, value)
        case "remove":
            store.swap(ref, store.get(ref), MISSING)
        case "refs":
            deque(store.refs(ref), maxlen=0)


def _draw(tree: Store[Any], spans: list[Span], output: str) -> None:
    match output:
        case "json":
            text = io.StringIO()
            for span in spans:
                json_lines(text)(span)
            out(text.getvalue().encode())
        case "dot":
            out(f"{as_dot(tree, spans)}\n".encode())
        case "svg":
            out(_svg(tree, spans).encode())
        case "html":
            out(as_page(tree, spans).encode())
        case _ if Console().is_terminal:  # in colours, and folded to its width
            for part in [*map(span_tree, spans), drawn(tree, spans)]:
                Console().print(part)
        case _:
            out("\n".join([*map(span_text, spans), as_text(tree, spans), ""]).encode())


def _svg(tree: Store[Any], spans: list[Span]) -> str:
    if which("dot") is None:
        raise UsageError("a picture needs the program dot: install Graphviz, or take --format html")
    return as_svg(tree, spans)
