"""The files of a round, from the templates in reading-notes/kit/templates; written whole or not at all."""

from __future__ import annotations

import re
import shutil
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .calendar import calendar
from .plan import DAY, BadRound, Meeting, Round
from .questions import Question, about, asked

__all__ = ["write"]

ONCE = ("README.md", "invitation.md", "owners.md", "roles.md", "closing-call.md", "retrospective.md")
NAMING = re.compile(r"owners\.md|roles\.md|closing-call\.md|week-\d-agenda\.md")  # the files that say who does what
WEEKLY = ("agenda.md", "handout.md")  # one for each meeting but the closing call


def write(notes: Path, round_: Round, title: str, now: datetime) -> Path:
    """Make reading-notes/rounds/DATE-SYSTEM; BadRound if it, or a round of this system not yet over, is there.

    With people, and every date as it is, the files of the round that say who does what are written anew.
    """
    target = notes / "rounds" / round_.name
    files = rendered(notes, round_, title)
    files["round.ics"] = calendar(round_, title, now)
    if round_.people and same_dates(target / "round.ics", files["round.ics"]):
        for name in filter(NAMING.fullmatch, files):
            (target / name).write_text(files[name], encoding="utf-8")
        return target
    refuse_second(target.parent, round_)
    target.parent.mkdir(exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".", dir=target.parent))
    try:
        for name, text in files.items():
            (made / name).write_bytes(text.encode())  # as it is: a calendar's lines end in CR LF
        made.chmod(0o755)
        made.rename(target)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return target


def same_dates(there: Path, made: str) -> bool:
    """Is it that calendar, apart from when it was written?"""
    if not there.is_file():
        return False
    old, new = there.read_bytes().splitlines(), made.encode().splitlines()
    return [x for x in old if not x.startswith(b"DTSTAMP")] == [x for x in new if not x.startswith(b"DTSTAMP")]


def refuse_second(rounds: Path, round_: Round) -> None:
    """Dates do not move: a round that is there is neither written over nor begun again before its end."""
    weeks = timedelta(weeks=len(round_.meetings) - 1)
    for folder in sorted(rounds.glob(f"*-{round_.system}")):
        if not re.fullmatch(DAY, folder.name.removesuffix(f"-{round_.system}")):
            continue  # another system whose name ends so, or a folder that somebody has put aside
        begins = date.fromisoformat(folder.name[:10])
        if begins + weeks >= round_.meetings[0].begins.date() and round_.meetings[-1].begins.date() >= begins:
            raise BadRound(
                f"rounds/{folder.name} is there, its closing call is on {begins + weeks}, and its dates do not move;"
                " to share out its questions give the same START, TIME, ZONE and PEOPLE; to drop it remove its folder"
            )


def rendered(notes: Path, round_: Round, title: str) -> dict[str, str]:
    """The text of each file by its name."""
    environment = Environment(
        loader=FileSystemLoader(notes / "kit" / "templates"),
        autoescape=False,  # noqa: S701  # Markdown for people, no HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["day"] = spoken
    questions = asked(notes, round_.system)
    said: dict[str, Any] = {
        "round": round_,
        "title": title,
        "about": about(notes, round_.system),
        "questions": questions,
    }
    said["owner"] = dict.fromkeys((question.id for question in questions), "") | round_.owners(
        [question.id for question in sorted(questions, key=known) if question.section in meeting.sections]
        for meeting in round_.meetings
    )
    said["week"] = {question.id: week_of(round_, question.section) for question in questions}
    said["lab"] = (notes / "labs" / round_.system / "steps").is_dir()
    files = {name: environment.get_template(name).render(said) for name in ONCE}
    for meeting in round_.meetings[:-1]:
        mine = [question for question in questions if question.section in meeting.sections]
        for name in WEEKLY:
            steps = dict.fromkeys(
                step for question in mine if question.section != "references" for step in question.steps
            )
            text = environment.get_template(name).render(said | {"meeting": meeting, "mine": mine, "steps": [*steps]})
            files[f"week-{meeting.number}-{name}"] = text
    return files


def known(question: Question) -> bool:
    """Is there an answer in the notes? Such a question is shared out last."""
    return question.state == "answered"


def spoken(day: date) -> str:
    """A day as people say it: Monday 8 February 2027."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def week_of(round_: Round, section: str) -> Meeting:
    """The meeting that a section is read in; BadRound if the template has one that no meeting takes."""
    for meeting in round_.meetings:
        if section in meeting.sections:
            return meeting
    raise BadRound(f"TEMPLATE.md has a section {section} that no meeting of tools/round/plan.py is about")
