"""A round as a calendar file, by RFC 5545: times in UTC, lines folded at 75 bytes, ids that never change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from .plan import HOUR, Meeting, Round

__all__ = ["calendar", "folded"]

READ = "post one question on what you read"
WIDEST = 75  # bytes of a line, without its end


def calendar(round_: Round, title: str, now: datetime) -> str:
    """The .ics of a round of the system called `title`, as of `now`; importing it twice changes nothing."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//storage-combinators//reading notes//EN", "CALSCALE:GREGORIAN"]
    for meeting in round_.meetings:
        lines += event(round_, meeting, title, now)
    return "".join(f"{line}\r\n" for each in [*lines, "END:VCALENDAR"] for line in folded(each))


def event(round_: Round, meeting: Meeting, title: str, now: datetime) -> list[str]:
    """One meeting, with a reminder a day before: then each reader posts a question, or has an answer ready."""
    due = "the closing call: two minutes for each question that you own" if meeting.closing else READ
    agenda = "\n".join(f"{begins:%H:%M} {what}" for begins, _, what in meeting.agenda)
    about = (
        f"{meeting.goal[0].upper()}{meeting.goal[1:]}.\nAgenda, in {round_.zone}:\n{agenda}\n"
        "Where we meet: the link is in the invitation. The date does not move."
    )
    return [
        "BEGIN:VEVENT",
        f"UID:{round_.name}-{meeting.number}@storage-reading-notes",
        f"DTSTAMP:{stamp(now)}",
        f"DTSTART:{stamp(meeting.utc)}",
        f"DURATION:PT{HOUR}M",
        f"SUMMARY:{escaped(f'{title}, week {meeting.number} of 5: {meeting.title}')}",
        f"DESCRIPTION:{escaped(about)}",
        "STATUS:CONFIRMED",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-P1D",
        f"DESCRIPTION:{escaped(f'Tomorrow: {due}')}",
        "END:VALARM",
        "END:VEVENT",
    ]


def stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """What has a meaning in a value is escaped (section 3.3.11)."""
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def folded(line: str) -> Iterator[str]:
    """Pieces of at most 75 bytes, none ending within a character; all but the first begin with a blank (3.1)."""
    piece, room = "", WIDEST
    for sign in line:
        size = len(sign.encode())
        if size > room:
            yield piece
            piece, room = " ", WIDEST - 1
        piece, room = piece + sign, room - size
    yield piece
