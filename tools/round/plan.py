"""The plan of a round: five weekly meetings of an hour, fixed from the first, and what each is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["DAY", "ROLES", "BadRound", "Meeting", "Round", "planned", "slots"]

ROLES = ("host", "pilot", "scribe", "sceptic", "newcomer's advocate")
HOUR = 60  # minutes that a meeting lasts
MINE = 3  # questions that one has in a week, at most
FEW = 2  # questions of a week when fewer than three people share them
MOST = 730  # days until a first meeting: what is later is a slip of the pen

# Title, the sections of the template that it is about, what there is when it ends.
MEETINGS = (
    (
        "Install the hard way; components",
        ("install", "source", "components"),
        "the system runs on two laptops, or what stopped it is written down",
    ),
    ("Write path, by one traced PUT", ("write",), "a PUT can be told from request to disk, with six citations"),
    ("Read path; how to lose data", ("read", "failure"), "three failures have been tried, or told line by line"),
    (
        "Performance, algorithms, community",
        ("performance", "algorithms", "community", "references"),
        "one number is repeated, or it is said why not",
    ),
    ("Closing call", (), "every question is answered, partly answered or open; the round is over"),
)
# Minutes and what is done in them; a closing call is not a meeting with less time, it is another thing.
WEEKLY = (
    (5, "last week's open question, by its owner"),
    (10, "the pilot shows what was run this week, screen shared"),
    (25, "walk along the citations, owner by owner, file open at the pinned commit"),
    (10, "the sceptic asks: which line? what if it fails there?"),
    (5, "which combinator is this? one line is added to the system's tree"),
    (5, "who owns what next; the scribe reads out what stays open"),
)
FIRST = (5, 'names, one sentence each; the one rule: no "I think" without a line')
CLOSING = (
    (3, "host: what we read, at which commit; the clock is shown"),
    (32, "each owner answers in two minutes: the answer, its best line, how sure"),
    (8, "the system as one tree of combinators, drawn together"),
    (7, "vote on three statements: yes, no, cannot tell; no debate"),
    (3, "what we could not find: the list is read, it closes as open"),
    (5, "retrospective: one line each to keep, to drop, to try"),
    (2, "next system, next host; the call ends, whatever is open"),
)


class BadRound(ValueError):
    """A round that cannot be made so; the text says what to give instead."""


@dataclass(frozen=True)
class Meeting:
    """One call: its number from 1, when it begins, what it is about."""

    number: int
    title: str
    sections: tuple[str, ...]
    goal: str
    begins: datetime  # in the round's zone

    @property
    def closing(self) -> bool:
        return not self.sections

    @property
    def utc(self) -> datetime:
        """When it begins, in UTC."""
        return self.begins.astimezone(UTC)

    @property
    def agenda(self) -> list[tuple[datetime, int, str]]:
        """When each part begins, in the round's zone, how many minutes it has, and what is done."""
        parts = (FIRST, *WEEKLY[1:]) if self.number == 1 else WEEKLY
        return list(slots(self.begins, CLOSING if self.closing else parts))

    @property
    def ends(self) -> datetime:
        """When it ends, in the round's zone."""
        return self.begins + timedelta(minutes=HOUR)


@dataclass(frozen=True)
class Round:
    """A round of one system: its meetings, and who takes part (names, in an order; perhaps none yet)."""

    system: str
    zone: str
    meetings: tuple[Meeting, ...]
    people: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of its folder."""
        return f"{self.meetings[0].begins.date()}-{self.system}"

    @property
    def prepared(self) -> date:
        """By when the host has done week 0."""
        return self.meetings[0].begins.date() - timedelta(days=3)

    @property
    def answers(self) -> date:
        """By when those who are invited say that they come: before the host shares out what there is to do."""
        return self.prepared - timedelta(days=2)

    def roles(self, meeting: Meeting) -> dict[str, str]:
        """Who has which role: the host stays, the others move on by one each week and have one role each.

        A role that nobody is left for is not in it. Of two people the host is the scribe too.
        """
        others = self.people[1:]
        moved = [others[(meeting.number - 1 + n) % len(others)] for n in range(len(others))]
        if len(others) == 1:
            moved += self.people[:1]
        return dict(zip(ROLES, [*self.people[:1], *moved], strict=False))

    def owners(self, weeks: Iterable[Sequence[str]]) -> dict[str, str]:
        """Who owns which of the questions of each week, in turn through the round; what is too much is nobody's."""
        most = MINE * len(self.people) if len(self.people) > FEW else FEW
        shared = [name for week in weeks for name in week[:most]] if self.people else []
        return {name: self.people[number % len(self.people)] for number, name in enumerate(shared)}


def slots(begins: datetime, parts: Sequence[tuple[int, str]]) -> Iterator[tuple[datetime, int, str]]:
    """The parts of an agenda with the time at which each begins."""
    for minutes, what in parts:
        yield begins, minutes, what
        begins += timedelta(minutes=minutes)


def planned(system: str, start: str, at: str, zone: str, people: str, today: date) -> Round:
    """A round with its first meeting on `start`, then one each week; BadRound if a value is no date, time or zone."""
    try:
        first, hour = date.fromisoformat(exact(DAY, start)), time.fromisoformat(exact(HOURS, at))
        place = ZoneInfo(zone)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        raise BadRound(
            f"START={start} TIME={at} ZONE={zone}: give a date, a time and a zone such as {EXAMPLE}"
        ) from None
    if not today < first < today + timedelta(days=MOST):
        raise BadRound(f"START={start} is not within two years after today, {today}: give the day of the first meeting")
    meetings = tuple(
        Meeting(n, *what, datetime.combine(first + timedelta(weeks=n - 1), hour, place))
        for n, what in enumerate(MEETINGS, 1)
    )
    for meeting in meetings:
        if (meeting.utc + timedelta(minutes=HOUR)).astimezone(place).utcoffset() != meeting.begins.utcoffset():
            day = meeting.begins.date()
            raise BadRound(f"TIME={at}: on {day} the clocks of {zone} change within this hour: give another TIME")
    names = tuple(name.strip() for name in people.split(",") if name.strip())
    if len(set(names)) != len(names) or not "".join(names).replace("|", "\n").isprintable():
        raise BadRound(f"PEOPLE={people!r}: names with commas between, each once, without bars and line ends")
    return Round(system, zone, meetings, names)


def exact(form: str, given: str) -> str:
    """What was given; nothing when it is of another form, such as 20270111 or 16:00+02:00."""
    return given if re.fullmatch(form, given) else ""


DAY, HOURS = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{2}:[0-9]{2}"
EXAMPLE = "START=2027-01-11 TIME=16:00 ZONE=Europe/Berlin"
