"""Each kind of node in the tree traced to its laws."""

from __future__ import annotations

import re
from collections.abc import Callable
from inspect import cleandoc
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text
from serving import api
from stage import Stage, holds, watched

from storage_combinators import Cache, Copier, Disk, Logging, Memory, Mount, Queue, Relative, Serialized, SQLite
from storage_combinators.edges.rewrap import nodes
from storage_conformance import LAWS, Report, Result, judge
from storage_conformance.laws.combinators.judging import judge_combinator

FAMILIES: dict[str, tuple[str, Callable[..., Any]]] = {  # each kind's, and the constructor that is judged
    "Mount": ("mount", Mount),
    "Json": ("codec", Serialized),  # which Json is, with one codec
    "Cache": ("cache", Cache),
    "Logging": ("logging", Logging),
    "Queue": ("queue", Queue),
    "Copier": ("copier", Copier),
    "Relative": ("relative", Relative),
}
PART = "get and put"  # of the laws of every store: the tree, which stands on these leaves, was held to all of them
KNOWN = {"S3": {"refs_that_look_alike_stay_apart": "moto serves no key with a line end; S3 does"}}


def disk(folder: Path) -> Disk:
    """A leaf of the tree, by itself."""
    return Disk(folder / "archive")


def sqlite(folder: Path) -> SQLite:
    """Another."""
    return SQLite(folder / "records.db")


def traced(stage: Stage) -> str:
    """Each kind of node in the tree: its equation, the laws that judged it, the verdict."""
    kinds = {type(node).__name__: type(node) for node in reversed(nodes(stage.opened()))}
    rows = [traced_kind(stage, kind) for kind in kinds.values()]
    table = Table("node", "its equation", "laws", "verdict", box=None)
    for row in rows:
        table.add_row(*(Text(row[name]) for name in ("kind", "equation", "laws", "verdict")))
    stage.console.print(table)
    stage.facts["kinds"] = rows
    return f"{len(rows)} kinds of nodes, {sum(row['count'] for row in rows)} laws held against them"


def traced_kind(stage: Stage, kind: type) -> dict[str, Any]:
    """Judge one kind. What the embedded S3 is known to do wrong is told, and is no break of ours."""
    report = watched(stage, kind.__name__, lambda watch: judged_kind(stage, kind, watch))
    known = KNOWN.get(kind.__name__, {})
    holds(report.status(known) == 0, f"{kind.__name__} conforms", [result.law for result in report.broken])
    but = [known[result.law] for result in report.broken]
    family = FAMILIES.get(kind.__name__, ("",))[0]
    held = len(report.laws) - sum(result.verdict == "exempt" for result in report.laws)
    holds(held, f"there are laws for {kind.__name__}")
    laws = f"{held} of {family}" if family else f"{held} of every store on {PART}"
    said = {"kind": kind.__name__, "equation": equation(kind), "laws": laws, "count": held}
    return said | {"verdict": "; but ".join(["conforms", *but])}


def judged_kind(stage: Stage, kind: type, watch: Callable[[Result, int], None]) -> Report:
    """A combinator by the laws of its family, a leaf by a part of those of every store."""
    name, options = kind.__name__, {"seed": stage.seed, "step": stage.step, "watch": watch}
    if name in FAMILIES:
        return judge_combinator(*FAMILIES[name], **options)
    if name == "S3":
        options["claims"] = {"max_key": 900}  # of 1,024 bytes: the suite works below a prefix
    with api({}) as server:
        leaf: Any = {"Memory": Memory, "Disk": disk, "SQLite": sqlite, "S3": stage.bucket, "Http": server.url}[name]
        return judge(leaf, laws=[law for law in LAWS if law.group == PART], **options)


def equation(kind: type) -> str:
    """The first equation of its docstring; else what it says of get; else its first sentence."""
    said = " ".join(cleandoc(kind.__doc__ or "").partition(">>>")[0].split())
    equations = [found for found in re.findall(r"``(.+?)``", said) if " = " in found or "≈" in found]
    return [*equations, *re.findall(r"``get\(r\)`` .+?\.(?= )", said), said.partition(". ")[0]][0].replace("``", "")
