"""``python -m storage_conformance.algebra [LENGTH]``: decide all, and write docs/algebra.md and docs/algebra.json."""

from __future__ import annotations

import sys
from json import dumps, loads
from os import cpu_count
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from .page import page
from .working import TASKS, decided

PAGE, DATA = Path("docs/algebra.md"), Path("docs/algebra.json")
LENGTH = 2  # verbs in a sequence; 3 takes twenty times as long


def main(arguments: list[str]) -> int:
    """Decide all with sequences of so many verbs; 2 when that is no number."""
    if len(arguments) > 1 or not all(text.isdecimal() and int(text) for text in arguments):
        print("usage: python -m storage_conformance.algebra [LENGTH], a number of verbs above 0", file=sys.stderr)
        return 2
    data = everything(int(arguments[0]) if arguments else LENGTH)
    PAGE.parent.mkdir(exist_ok=True)
    text = dumps(data, indent=1, ensure_ascii=False, sort_keys=True)
    DATA.write_text(text + "\n")
    PAGE.write_text(page(loads(text)))
    Console().print(f"{len(TASKS)} answers: the tables are in {PAGE}, the data in {DATA}.", highlight=False)
    return 0


def everything(length: int) -> dict[str, Any]:
    """The answer to each task, by table and name, with progress on the error stream."""
    data: dict[str, Any] = {"length": length} | {table: {} for table, _, _ in TASKS}
    with Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task("deciding", total=len(TASKS))
        for task, answer in decided(TASKS, length, cpu_count() or 1):
            data[task[0]][named(task)] = answer
            progress.update(bar, advance=1, description=f"{named(task):<40.40}")
    return data


def named(task: tuple[str, str, str]) -> str:
    """What the answer to `task` is called in its table."""
    table, one, other = task
    return f"{one} ≈ {other}" if table == "equations" else f"{one} {other}".strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
