"""`make round SYSTEM=ambry START=2027-01-11`: the folder of a round, with every date, agenda and form in it.

Exit status: 0 done, with the folder's name; 2 a value is wrong, or the round is there already.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import UTC, date, datetime
from pathlib import Path

from .folder import write
from .plan import BadRound, planned
from .questions import about

__all__ = ["main"]

NOTES = Path(__file__).parents[2] / "reading-notes"


def main(arguments: list[str] | None = None, notes: Path = NOTES, now: datetime | None = None) -> int:
    """Make the folder and say where; the exit status."""
    asked, when = options().parse_args(arguments), now or datetime.now(UTC)
    try:
        title = str(about(notes, asked.system)["title"])
        round_ = planned(asked.system, asked.start, asked.time, asked.zone, asked.people, when.date())
        folder = write(notes, round_, title, when)
    except (BadRound, OSError) as why:
        sys.stderr.write(f"make round: {why}\n")
        return 2
    sys.stdout.write(
        f"{folder.relative_to(notes.parent)}: {', '.join(sorted(path.name for path in folder.iterdir()))}\n"
    )
    for meeting in round_.meetings:
        sys.stdout.write(
            f"{meeting.begins:%a %Y-%m-%d %H:%M} {round_.zone}  {meeting.title}{warning(meeting.begins.date())}\n"
        )
    sys.stdout.write(f"Next: kit/guide.md, week 0, to be done by {round_.prepared:%a %Y-%m-%d}\n")
    return 0


def options() -> ArgumentParser:
    """The command line; `make round` fills it."""
    parser = ArgumentParser("round", description=__doc__)
    parser.add_argument("system")
    parser.add_argument("start", help="day of the first meeting, YYYY-MM-DD")
    parser.add_argument("--time", default="16:00", help="HH:MM, in the zone")
    parser.add_argument("--zone", default="UTC", help="such as Europe/Berlin")
    parser.add_argument("--people", default="", help="names with commas between, the host first")
    return parser


def warning(day: date) -> str:
    """A word on the days round the new year, on which the first group lost its closing call, and on weekends."""
    if (day.month, day.day) in FEW:
        return "  <- few come on this day; a START some weeks later avoids it"
    return f"  <- a {day:%A}: is that meant?" if day.weekday() >= SATURDAY else ""


SATURDAY = 5
FEW = {*((12, day) for day in range(22, 32)), *((1, day) for day in range(1, 4))}

if __name__ == "__main__":
    sys.exit(main())
