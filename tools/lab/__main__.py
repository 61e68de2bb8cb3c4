"""`make lab SYSTEM=minio [STEP=bit-flip]`: run the steps of a system's lab, each in a folder of its own.

Exit status: 0 all as expected; 1 something was not; 2 a step could not be run, or the call is wrong; 130 after Ctrl-C.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from rich.console import Console

from .card import BadReport
from .pages import write_pages
from .records import Record, keep
from .running import performed
from .step import Step
from .systems import ROOT, Unknown, steps_named, systems

__all__ = ["main"]

MARKS = {"as expected": "[green]as expected", "different": "[red]different", "not run": "[yellow]not run"}


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for; the exit status."""
    asked, console = options(arguments), Console(highlight=False)
    try:
        steps = steps_named(asked.system, asked.step)
    except Unknown as why:
        sys.stderr.write(f"make lab: {why}\n")
        return 2
    if asked.list:
        for step in steps:
            console.print(f"[bold]{step.name}[/]  {step.told}\n    expected: {step.expects} (at most {step.limit:g} s)")
        return 0
    try:
        if asked.pages:
            console.print("\n".join(map(str, write_pages(asked.system))), markup=False)
            return 0
        return status([shown(console, asked, step, n, len(steps)) for n, step in enumerate(steps, 1)])
    except BadReport as why:
        sys.stderr.write(f"make lab: {why}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nmake lab: stopped by Ctrl-C; all that it started is stopped\n")
        return 130


def options(arguments: list[str] | None) -> Namespace:
    """The command line."""
    parser = ArgumentParser("lab", description=__doc__)
    parser.add_argument("system", metavar="SYSTEM", help=f"one of {', '.join(systems())}")
    parser.add_argument("step", nargs="*", metavar="STEP", help="all, if none is named")
    parser.add_argument("--list", action="store_true", help="say what the steps are, run nothing")
    parser.add_argument("--pages", action="store_true", help="make the pages of what was kept, run nothing")
    parser.add_argument("--record", action="store_true", help="keep what was seen in reading-notes/")
    return parser.parse_args(arguments)


def shown(console: Console, asked: Namespace, step: Step, number: int, of: int) -> Record:
    """One step with its progress; its record is kept at once, so that Ctrl-C later loses nothing."""
    console.rule(f"[bold]{number}/{of} {asked.system}/{step.name}", align="left")
    console.print(f"{step.told}\n[dim]expected: {step.expects}; at most {step.limit:g} s[/]")
    kept = ROOT / "reading-notes" / "systems" / asked.system if asked.record else None
    record = performed(asked.system, step, lambda text: console.print(f"  {text}", markup=False), kept)
    console.print(f"[bold]{MARKS[record.verdict]}[/][/] after {record.seconds:.0f} s {record.why}")
    if asked.record and not keep(ROOT / "reading-notes" / "labs" / asked.system / "observed.jsonl", record):
        console.print("the older record of this step is kept: in it the step was run")
    return record


def status(records: list[Record]) -> int:
    """1 before 2: what differs matters more than what could not be run."""
    verdicts = {record.verdict for record in records}
    return 1 if "different" in verdicts else 2 if "not run" in verdicts else 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2] / "reading-notes"))  # where the steps are
    sys.exit(main())
