"""The tree drawn, and used: every zone fetched, archived, completed, kept, read again and copied."""

from __future__ import annotations

import re
from typing import Any

from stage import Stage, holds
from tree import backup_of
from zones import countries, degrees

from storage_combinators import Json, Ref, Relative, as_text, open_store
from storage_combinators.edges.draw_dot import as_svg

API, ZONES = Ref("api"), Ref("zones")


def drawn(stage: Stage) -> str:
    """One tree, drawn by the library; nothing is connected to."""
    import graphviz  # type: ignore[import-untyped]  # it has no types of its own

    asked = len(stage.api.asked)
    text = as_text(stage.opened())
    stage.console.print(text, markup=False, highlight=False, soft_wrap=True)
    holds(len(stage.api.asked) == asked, "drawing asks no server anything")
    try:
        svg = as_svg(stage.opened())
    except graphviz.ExecutableNotFound:
        svg = ""
    stage.facts.update({"text": text, "svg": _inline(svg)})
    return f"{len(text.splitlines())} lines, {'and as SVG in the page' if svg else 'no program dot for an SVG'}"


def _inline(svg: str) -> str:
    """The element alone: in a page it needs neither a document type nor name spaces, which look like addresses."""
    element = svg[svg.find("<svg") :] if svg else ""
    return re.sub(r"<!--.*?-->|\s(?:xmlns(?::\w+)?)=\"[^\"]*\"", "", element, flags=re.DOTALL)


def used(stage: Stage) -> str:
    """Every zone through the tree, twice; then S3 has what the database has."""
    tree: Any = stage.opened()
    names = sorted(ref.under(API) for ref in tree.refs(API))
    holds(set(names) == set(stage.api.pages), "the listing of a mounted API is the API's index")
    for name in stage.each(names, "fetch, archive, keep"):
        tree.put(ZONES / name, completed(tree.get(API / name)))
    asked = len(stage.api.asked)
    read_again(stage, tree, names)
    read_again(stage, stage.opened(), names)
    holds(len(stage.api.asked) == asked, "the second pass asks the API nothing", f"{len(stage.api.asked) - asked} more")
    copied = drained(stage, tree)
    said = {"zones": len(names), "requests": asked, "again": len(stage.api.asked) - asked, "copied": copied}
    stage.facts.update(said | {"record": tree.get(ZONES / names[-1])})
    return f"{len(names)} zones, {asked} requests; the second pass: {said['again']}; {copied} copies on S3"


def completed(record: Any) -> Any:
    """The record with the names of its countries, and its position in degrees."""
    north, east = degrees(record["position"])
    named = countries()
    return record | {"countries": [named[code] for code in record["countries"]], "north": north, "east": east}


def read_again(stage: Stage, tree: Any, names: list[Ref]) -> None:
    """All records and all pages: from the cache, or by a new handle from database and archive."""
    for name in stage.each(names, "read again"):
        holds(tree.get(ZONES / name) == completed(tree.get(API / name)), f"the record of {name} is what was put")
        holds(tree.points[API].source.fast.get(name) == stage.api.pages[name], f"{name} is archived as it came")


def drained(stage: Stage, tree: Any) -> int:
    """Copy what waits; the number of copies. They are read back through a handle of their own."""
    queue, copies = backup_of(tree), Json(Relative(open_store(stage.bucket), Ref("backup")))
    for ref in stage.each(list(queue.waiting), "copy to S3"):
        queue.drain(ref)
    holds(not queue.waiting, "after draining nothing waits")
    found = set(copies.refs(ZONES))
    holds(found == set(tree.refs(ZONES)), "S3 has a copy of each record", f"{len(found)} there")
    for ref in stage.each(sorted(found), "compare S3 with the database"):
        holds(copies.get(ref) == tree.get(ref), f"the copy of {ref} is the record")
    return len(found)
