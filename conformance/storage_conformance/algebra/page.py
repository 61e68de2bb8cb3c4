"""docs/algebra.md, from what was decided."""

from __future__ import annotations

from typing import Any

from .catalogue import EQUATIONS, EVEN, ROOMY, WAYS, WHOLES
from .working import PAIRS

__all__ = ["page"]

HEAD = """\
# The algebra of combinators

Written by `python -m storage_conformance.algebra`, not by hand. Two stacks are alike (≈) when no sequence of {length}
verbs tells them apart: every one is run on both, over equal sources, empty and not; then everything is read; then what
waits is written out, and both are made anew and read what is below. So ≈ is shown in this scope and not beyond it; ≠ is
shown by the shortest run. `s` is the source that is compared; `f` and `g` are others, which hold something. Nobody else
writes meanwhile, nothing fails but where `Failing` does, and nothing takes time but what sleeps. With `Hashed` names
are long where it stands.
"""
PAIRED = """\
## Which pairs commute

{count} of {all} pairs commute, `A(B(s)) ≈ B(A(s))`. These commute with every one, and had to:

{even}
Of the others:

{table}
What tells a pair apart that does not commute; A is the one that is named first.

{rows}"""
KEEPING = """\
## What each keeps of the laws of a leaf

Over leaves that keep every law. ✓: all laws of the group hold. n/m: n of m hold, and the others are given up, with a
reason. –: all are given up. ✗n: n are broken or cannot be asked, since the combinator means something else by a verb.

{table}
{reasons}"""
ALONE = """\
## One by one

How each is made here; whether it is told apart from `s` itself; and whether twice is once, `C(C(s)) ≈ C(s)`.

{table}"""


def page(data: dict[str, Any]) -> str:
    """The page for what `data` holds of each table."""
    parts = [HEAD.format(length=data["length"]), _equations(data), _alone(data), _pairs(data), _kept(data)]
    return "\n".join(parts)


def _table(head: str, rows: list[list[str]]) -> str:
    names = head.split("|")
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def _told(apart: dict[str, Any]) -> list[str]:
    """Three cells: the run, and the two answers."""
    held = f"s = {{{apart['start']}}}: " if apart["start"] else ""
    calls = "; ".join("made anew" if call == "anew()" else call for call in apart["calls"])
    return [f"`{held}{calls}`", apart["left"], apart["right"]]


def _equations(data: dict[str, Any]) -> str:
    rows = []
    for group, equations in EQUATIONS.items():
        for left, right in equations:
            apart = data["equations"][f"{left} ≈ {right}"]
            rows.append(
                [group, f"`{left}`", "≠" if apart else "≈", f"`{right}`", *(_told(apart) if apart else [""] * 3)]
            )
    return f"## Equations\n\n{_table('group|left||right|told apart by|left answers|right answers', rows)}"


def _alone(data: dict[str, Any]) -> str:
    rows = []
    for name, text in WAYS.items():
        alone, twice = data["alone"][name], data["twice"][name]
        rows.append([f"`{text}`", _sign(alone), _told(alone)[0] if alone else "", _sign(twice)])
    return ALONE.format(table=_table("combinator|`s`|told apart by|twice", rows))


def _pairs(data: dict[str, Any]) -> str:
    apart = {pair: data["pairs"][" ".join(pair)] for pair in PAIRS}
    both = {frozenset(pair): found for pair, found in apart.items()}
    odd = [name for name in WAYS if any(found and name in pair for pair, found in apart.items())]
    cells = [
        [f"**{one}**", *("" if one == other else _sign(both[frozenset((one, other))]) for other in odd)] for one in odd
    ]
    rows = [[", ".join(pair), *_told(found)] for pair, found in apart.items() if found]
    return PAIRED.format(
        count=sum(not found for found in apart.values()),
        all=len(apart),
        even=_table("combinator|why", [[name, EVEN[name]] for name in WAYS if name not in odd]),
        table=_table("|".join(["", *odd]), cells),
        rows=_table("A, B|told apart by|A(B(s)) answers|B(A(s)) answers", rows),
    )


def _sign(apart: Any) -> str:
    return "≠" if apart else "≈"


def _kept(data: dict[str, Any]) -> str:
    groups = list(dict.fromkeys(group for each in data["kept"].values() for group in each["groups"]))
    rows, reasons = [], []
    for name, text in {**WAYS, **WHOLES}.items():
        each = data["kept"][name]
        rows.append([f"`{ROOMY.get(name, text)}`", *(_cell(each["groups"].get(group, (0, 0, 0))) for group in groups)])
        given = [f"{claim}: {why}" for claim, why in each["reasons"].items() if not why.startswith("needs ")]
        broken = [law.replace("_", " ") for law in each["broken"]]
        more = [f"{len(broken) - 3} more"] if len(broken) > 3 else []
        if given or broken:
            reasons.append([name, "; ".join(given), "; ".join(broken[:3] + more)])
    table = _table("|".join(["combinator", *groups]), rows)
    return KEEPING.format(table=table, reasons=_table("combinator|gives up|breaks", reasons))


def _cell(counts: Any) -> str:
    holds, given, broken = counts
    if broken:
        return f"✗{broken}"
    return "✓" if not given else "–" if not holds else f"{holds}/{holds + given}"
