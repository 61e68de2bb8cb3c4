"""Writers killed in the middle of writes, and what is found afterwards: through the tree, and of a naive writer."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from signal import SIGINT, signal
from subprocess import PIPE, Popen
from time import monotonic, sleep

from stage import NotSo, Stage, holds
from tree import tree
from writer import SLOTS, record

from storage_combinators import Disk, Ref, look

LONGEST = 60.0  # seconds for all kills: after that the rest is left out, and said to be
WRITER = str(Path(__file__).with_name("writer.py"))


@dataclass(frozen=True)
class Kill:
    """One kill of each writer. `tree`, `naive`: writes finished. `torn`, `empty`: files of the naive one."""

    tree: int
    archived: int
    naive: int
    torn: int
    empty: int


def killed(stage: Stage) -> str:
    """The tree loses nothing that was acknowledged and tears nothing, wherever its writer is killed."""
    rng, end, kills = Random(stage.seed), monotonic() + LONGEST, list[Kill]()
    folder, held = stage.fresh("killed"), dict[int, int]()
    for number in stage.each(range(stage.kills), "kill -9"):
        if monotonic() > end:
            stage.console.print(f"after {LONGEST:g} s the other {stage.kills - number} kills are left out")
            break
        finished, archived = through_tree(stage, folder, held, rng)
        kills.append(Kill(finished, archived, *of_naive(stage.fresh(f"naive-{number}"), rng)))
    show(stage, kills)
    stage.facts["kills"] = kills
    damaged = sum(kill.torn + kill.empty for kill in kills)
    return f"{len(kills)} kills: nothing lost, nothing torn; of the naive writer {damaged} files damaged"


def through_tree(stage: Stage, folder: Path, held: dict[int, int], rng: Random) -> tuple[int, int]:
    """Kill one writer; `held`: which record is in each slot. Gives the writes finished and the pages archived."""
    first = max(held.values(), default=-1) + 2
    finished = until_killed("tree", folder, stage.api.url, first, rng)
    held |= {number % SLOTS: number for number in finished}
    reopened = tree(folder)  # without the API
    for slot in range(SLOTS):
        found = look(reopened, Ref("tables", str(slot)))
        number = found["number"] if isinstance(found, dict) else None
        cut = finished[-1] + 1 if (finished[-1] + 1) % SLOTS == slot else held.get(slot)
        holds(number in (held.get(slot), cut), "every acknowledged record is there", f"slot {slot} holds {number}")
        holds(number is None or found == record(number), "no record is torn")
        if isinstance(number, int):
            held[slot] = number
    return len(finished), archived(stage, Disk(folder / "archive"), finished)


def archived(stage: Stage, archive: Disk, finished: list[int]) -> int:
    """How many pages are archived: all that were read, and each as the API served it."""
    pages = sorted(stage.api.pages)
    there = {ref: archive.get(ref) for ref in archive.refs(Ref())}
    holds({pages[number % len(pages)] for number in finished} <= there.keys(), "every page that was read is archived")
    holds(all(value == stage.api.pages[ref] for ref, value in there.items()), "no archived page is torn")
    return len(there)


def of_naive(folder: Path, rng: Random) -> tuple[int, int, int]:
    """Kill the naive writer: finished writes, torn files, empty files."""
    finished = until_killed("naive", folder, "", 0, rng)
    texts = [file.read_text("utf-8", errors="replace") for file in sorted(folder.glob("*.json"))]
    return len(finished), sum(bool(text) and is_torn(text) for text in texts), texts.count("")


def is_torn(text: str) -> bool:
    """Is it no whole record?"""
    try:
        json.loads(text)
    except ValueError:
        return True
    return False


def until_killed(kind: str, folder: Path, api: str, first: int, rng: Random) -> list[int]:
    """Start a writer, kill it somewhere in the midst of a write, and give the numbers that it acknowledged."""
    command = [sys.executable, WRITER, kind, str(folder), api, str(first)]
    with ExitStack() as ended:
        with ctrl_c_later():
            child = ended.enter_context(Popen(command, stdout=PIPE, text=True, start_new_session=True))
            ended.callback(child.kill)
        told, seconds = acknowledged(child, rng.randint(2, 5))
        sleep(min(1.0, seconds * rng.random()))
        child.kill()
        told += [line for line in child.stdout or () if line.endswith("\n")]
    if len(told) < 2 or child.returncode != -9:
        raise NotSo(f"the {kind} writer ended by itself, with {child.returncode}")
    return [int(line) for line in told]


@contextmanager
def ctrl_c_later() -> Iterator[None]:
    """Ctrl-C is heard at the end of the block: within Popen it would leave a child that nobody knows of."""
    pressed: list[bool] = []
    before = signal(SIGINT, lambda *_: pressed.append(True))
    try:
        yield
    finally:
        signal(SIGINT, before)
        if pressed:  # also where the block failed
            raise KeyboardInterrupt


def acknowledged(child: Popen[str], many: int) -> tuple[list[str], float]:
    """The first lines of a writer, and how many seconds the last of those writes took."""
    told = list(islice(child.stdout or (), many - 1))
    start = monotonic()
    told += islice(child.stdout or (), 1)
    return told, monotonic() - start


def show(stage: Stage, kills: list[Kill]) -> None:
    """The table."""
    from rich.table import Table

    table = Table("kill", "tree: writes finished", "pages archived", "lost", "torn", box=None)
    for heading in ("naive: writes finished", "torn", "empty"):
        table.add_column(heading)
    for number, kill in enumerate(kills, 1):
        row = (number, kill.tree, kill.archived, 0, 0, kill.naive, kill.torn, kill.empty)
        table.add_row(*map(str, row))
    stage.console.print(table)
    if not any(kill.torn + kill.empty for kill in kills):
        stage.console.print(
            "None of the naive writer's files was damaged this time: each kill came between two writes."
        )
