"""A writer, to be killed: ``writer.py tree|naive FOLDER API FIRST`` writes one big record after another, for ever.

It prints the number of each record when the write is finished. Record n has the name n modulo SLOTS.
"""

import json
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from tree import tree
from zones import zones

from storage_combinators import Ref

SLOTS = 3
TABLE: list[Any] = list(zones().values()) * 4  # some 130 KB as JSON: long enough to be cut


def record(number: int) -> Any:
    """The record of that number."""
    return {"number": number, "table": TABLE}


def through_tree(folder: Path, api: str) -> Callable[[int], None]:
    """Into the database; and one page of the API into the archive."""
    store = tree(folder, api)
    pages = sorted(store.refs(Ref("api")))

    def write(number: int) -> None:
        store.get(pages[number % len(pages)])
        store.put(Ref("tables", str(number % SLOTS)), record(number))

    return write


def naively(folder: Path, _api: str) -> Callable[[int], None]:
    """Into a file, in place: as most programs save."""

    def write(number: int) -> None:
        with open(folder / f"{number % SLOTS}.json", "w", encoding="utf-8") as file:
            json.dump(record(number), file)

    return write


if __name__ == "__main__":
    kind, place, url, first = sys.argv[1:]
    write = {"tree": through_tree, "naive": naively}[kind](Path(place), url)
    for number in count(int(first)):
        write(number)
        print(number, flush=True)
