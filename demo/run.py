"""The demo: ``make demo``, or ``python demo/run.py [--zones N] [--kills N] [--seed N] [--step N]``.

Exit status: 0 if all that it claims holds, 1 if a claim does not, 2 if it cannot run here, 130 after Ctrl-C.
"""

from __future__ import annotations

import sys
from argparse import ArgumentDefaultsHelpFormatter, ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from shutil import rmtree
from time import monotonic

try:
    from caught import caught
    from killing import killed
    from page import page
    from rich.console import Console
    from rich.table import Table
    from serving import api, s3
    from stage import NotSo, Stage
    from traced import traced
    from twins import alike, suite
    from using import drawn, used
    from zones import zones
except ModuleNotFoundError as error:
    sys.stderr.write(f"demo: {error.name} is missing: run make demo, or pip install -e '.[all,dev]'\n")
    sys.exit(2)
except KeyboardInterrupt:
    sys.stderr.write("\ndemo: stopped by Ctrl-C before it had begun.\n")
    sys.exit(130)

FOLDER = Path("build/demo")
STEPS: tuple[tuple[str, Callable[[Stage], str]], ...] = (
    ("One tree, drawn", drawn),
    ("Used on real data", used),
    ("Killed in the middle of writes", killed),
    ("Its twin in memory answers alike", alike),
    ("The suite on the tree and its twin", suite),
    ("Traced to its laws", traced),
    ("A wrong cache, caught", caught),
)


@dataclass(frozen=True)
class Done:
    """A step that is over: what it has shown or which claim does not hold, and wall time."""

    name: str
    said: str
    seconds: float
    held: bool


def main(arguments: list[str] | None = None) -> int:
    """Run the demo; the exit status."""
    asked, console, done = options(arguments), Console(), list[Done]()
    try:
        with prepared(asked, console) as stage:
            for number, (name, step) in enumerate(STEPS, 1):
                console.rule(f"[bold]{number}. {name}", align="left")
                done.append(performed(stage, name, step))
            summary(stage, done)
    except CannotRun as reason:
        sys.stderr.write(f"demo: {reason}\n")
        return 2
    except KeyboardInterrupt:
        where = STEPS[len(done)][0] if len(done) < len(STEPS) else "the summary"
        sys.stderr.write(f"\ndemo: stopped by Ctrl-C in: {where}. All that it started is stopped.\n")
        return 130
    return 0 if all(each.held for each in done) else 1


def options(arguments: list[str] | None) -> Namespace:
    """The command line."""
    parser = ArgumentParser("demo", description=__doc__, formatter_class=ArgumentDefaultsHelpFormatter)
    parser.add_argument("--zones", type=int, default=1000, help="how many time zones at most")
    parser.add_argument("--kills", type=int, default=5, help="how often each writer is killed")
    parser.add_argument("--seed", type=int, default=0, help="of all that is random")
    parser.add_argument("--step", type=int, default=4, choices=(1, 2, 3, 4), help="of the suite: 1 tries most")
    asked = parser.parse_args(arguments)
    if min(asked.zones, asked.kills) < 1:
        parser.error("--zones and --kills are 1 or more")
    return asked


class CannotRun(Exception):
    """The environment does not have what the demo needs; the text is one line."""


@contextmanager
def prepared(asked: Namespace, console: Console) -> Iterator[Stage]:
    """A fresh folder and two servers, for as long as the block runs."""
    with ExitStack() as servers:
        try:
            rmtree(FOLDER, ignore_errors=True)
            (FOLDER / "data").mkdir(parents=True)
            served = servers.enter_context(api(dict(islice(zones().items(), asked.zones))))
            bucket = servers.enter_context(s3())
        except OSError as error:
            raise CannotRun(f"neither a server nor a folder can be had here: {error}") from error
        yield Stage(console, FOLDER, served, bucket, asked.seed, asked.kills, asked.step)


def performed(stage: Stage, name: str, step: Callable[[Stage], str]) -> Done:
    """Do the step. A store that is wrong may raise anything, and then the claims of the step do not hold."""
    start = monotonic()
    try:
        said, held = step(stage), True
    except NotSo as claim:
        said, held = str(claim), False
    except Exception as failure:  # noqa: BLE001  # shown in full, and counted against the demo
        stage.console.print_exception()
        said, held = f"failed: {type(failure).__name__}: {failure}", False
    stage.console.print(
        f"{'=>' if held else 'DOES NOT HOLD:'} {said}", style="green" if held else "bold red", markup=False
    )
    return Done(name, said, monotonic() - start, held)


def summary(stage: Stage, done: list[Done]) -> None:
    """The table in the terminal, and the page."""
    stage.console.rule("[bold]Summary", align="left")
    table = Table("", "shown", "what was found", "s", box=None)
    for each in done:
        mark = "[green]holds" if each.held else "[bold red]does not hold"
        table.add_row(mark, each.name, each.said.replace("[", r"\["), f"{each.seconds:.1f}")
    stage.console.print(table)
    (stage.folder / "index.html").write_text(page(stage, done), "utf-8")
    total = sum(each.seconds for each in done)
    stage.console.print(f"{total:.0f} s; the page: {stage.folder / 'index.html'}", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
