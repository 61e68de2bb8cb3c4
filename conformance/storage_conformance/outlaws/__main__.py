"""``python -m storage_conformance.outlaws``: judge all, print and write who catches whom; exit 1 when one escapes."""

from __future__ import annotations

import sys
from json import dumps
from os import cpu_count
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from . import CONTROLS, OUTLAWS, Outlaw
from .running import ALL, Row, rows

PAGE, DATA = Path("docs/outlaws.md"), Path("build/outlaws.json")
HEAD = """\
# Outlaws: who catches whom

Written by `make outlaws`, not by hand. The suite is tested by stores and combinators that are wrong on purpose. Each is
meant to break the laws named here, and each of these must catch it; in brackets how many others were broken as well.
`store-conform storage_conformance.outlaws:NAME` shows one being caught. A control breaks no law, and none may alarm.
"""


def main() -> int:
    """Judge all; 1 when an outlaw escapes, a control is alarmed, or a law has no outlaw."""
    found = {row.name: row for row in judged()}
    unbroken = laws_without_an_outlaw()
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(found, unbroken))
    DATA.parent.mkdir(exist_ok=True)
    DATA.write_text(dumps([vars(row) for row in found.values()], indent=1))
    Console().print(f"{summary(found, unbroken)}\nThe table is in {PAGE}, seconds and data in {DATA}.", highlight=False)
    return 1 if failures(found) or unbroken else 0


def judged() -> list[Row]:
    """All rows, in the order of the lists, with progress on the error stream; failures as they come."""
    order = [each.name for each in OUTLAWS] + [each.__name__ for each in CONTROLS]
    found: dict[str, Row] = {}
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("judging outlaws", total=len(order))
        for row in rows(cpu_count() or 1):
            found[row.name] = row
            progress.update(task, advance=1, description=f"{row.name:<32}")
            for line in failures({row.name: row}):
                progress.console.print(f"{line} {row.why}", markup=False)
    return [found[name] for name in order]


def failures(found: dict[str, Row]) -> list[str]:
    """A line for each outlaw that escaped a law, and for each control that was alarmed."""
    controls = {each.__name__ for each in CONTROLS}
    lines = [f"{row.name} escaped {law}" for row in found.values() for law in row.escaped]
    return lines + [f"{name} alarmed {law}" for name in found if name in controls for law in found[name].others]


def laws_without_an_outlaw() -> list[str]:
    """The laws that no outlaw is meant to break."""
    broken = {law for each in OUTLAWS for law in each.laws}
    return [law.name for law in ALL if law.name not in broken]


def summary(found: dict[str, Row], unbroken: list[str]) -> str:
    """What the page says first."""
    escaped = [each.name for each in OUTLAWS if found[each.name].escaped]
    alarmed = [each.__name__ for each in CONTROLS if found[each.__name__].others]
    rate = 100 * (len(OUTLAWS) - len(escaped)) / len(OUTLAWS)
    lines = [
        f"{len(OUTLAWS)} outlaws, {len(escaped)} escaped: kill rate {rate:.1f} %.",
        f"{len(CONTROLS)} controls, {len(alarmed)} alarmed.",
        f"{len(ALL)} laws, {len(unbroken)} without an outlaw.",
    ]
    return "\n".join(lines + [f"- {line}" for line in [*failures(found), *unbroken]])


def page(found: dict[str, Row], unbroken: list[str]) -> str:
    """The page: the summary, a table of outlaws for each family, the controls."""
    headings = {each.family: each.family.replace("_", " ") or "stores and mappings" for each in OUTLAWS}
    contents = [f"[{each}](#{each.replace(' ', '-').lower()})" for each in (*headings.values(), "Controls")]
    parts = [HEAD, summary(found, unbroken), ", ".join(contents)]
    for family, heading in headings.items():
        parts.append(f"## {heading}\n")
        parts.append("| outlaw | what is wrong | caught by | seen |\n|---|---|---|---|")
        parts[-1] += "".join(f"\n{line(each, found[each.name])}" for each in OUTLAWS if each.family == family)
    parts.append("## Controls\n")
    parts.append("\n".join(f"- {each.__name__}: {(each.__doc__ or '').partition('.')[0]}" for each in CONTROLS))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def line(outlaw: Outlaw, row: Row) -> str:
    """The row of one outlaw."""
    others = f" (+{len(row.others)})" if row.others else ""
    cells = (f"`{outlaw.name}`", outlaw.wrong, ", ".join(f"`{law}`" for law in row.caught) + others, outlaw.seen)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.exit(main())
