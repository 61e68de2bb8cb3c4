"""What a round tells its people: who does what, who owns what, when, and in words that are true of the meeting."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from round.__main__ import main  # noqa: E402  # the path above comes first
from round.calendar import calendar  # noqa: E402  # the same
from round.folder import rendered  # noqa: E402  # the same
from round.plan import ROLES, planned  # noqa: E402  # the same

NOTES = ROOT / "reading-notes"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@given(st.integers(3, 12))
def test_roles_move_on_and_pilot_and_scribe_are_two(count: int) -> None:
    names = [f"p{n}" for n in range(count)]
    round_ = planned("ambry", "2027-01-11", "16:00", "UTC", ",".join(names), NOW.date())
    for meeting in round_.meetings:
        who = round_.roles(meeting)
        assert list(who) == list(ROLES)[:count]
        assert len(set(who.values())) == min(count, len(ROLES))
    assert len({round_.roles(meeting)["pilot"] for meeting in round_.meetings}) == min(count - 1, 5)


def test_of_two_people_the_host_writes_and_nobody_is_the_sceptic() -> None:
    round_ = planned("ambry", "2027-01-11", "16:00", "UTC", "Ana,Bo", NOW.date())
    assert round_.roles(round_.meetings[1]) == {"host": "Ana", "pilot": "Bo", "scribe": "Ana"}
    alone = planned("ambry", "2027-01-11", "16:00", "UTC", "Ana", NOW.date())
    assert alone.roles(alone.meetings[0]) == {"host": "Ana"}
    table = rendered(NOTES, round_, "Ambry")["roles.md"]
    assert "| 1 | Ana | Bo | Ana | ____ | ____ |" in table


@given(st.integers(0, 9), st.lists(st.integers(0, 14), min_size=5, max_size=5))
def test_nobody_owns_more_than_three_a_week_and_all_own_alike(count: int, sizes: list[int]) -> None:
    people = ",".join(f"p{n}" for n in range(count))
    round_ = planned("ambry", "2027-01-11", "16:00", "UTC", people, NOW.date())
    weeks = [[f"{week}.{n}" for n in range(size)] for week, size in enumerate(sizes)]
    owned = round_.owners(weeks)
    for week in weeks:
        mine = [owned[name] for name in week if name in owned]
        assert len(mine) == min(len(week), 3 * count if count > 2 else 2 * bool(count))
        assert all(mine.count(name) <= (3 if count > 2 else 2) for name in mine)
    shares = [list(owned.values()).count(f"p{n}") for n in range(count)]
    assert not shares or max(shares) - min(shares) <= 1


def test_what_is_open_is_shared_out_first_and_what_is_left_has_a_blank() -> None:
    round_ = planned("minio", "2027-01-11", "16:00", "UTC", "Ana,Bo", NOW.date())
    rows = [line for line in rendered(NOTES, round_, "MinIO")["owners.md"].splitlines() if "`" in line]
    assert [sum(line.startswith(f"| {week} ") and "____" not in line for line in rows) for week in range(1, 5)] == [
        2
    ] * 4
    for week in range(1, 5):
        mine = [line for line in rows if line.startswith(f"| {week} ")]
        named = ["| answered |" not in line for line in mine if "____" not in line]
        assert all(named) or not any("____" in line for line in mine if "| partly |" in line)


def test_what_is_said_to_people_is_true_of_the_meeting() -> None:
    round_ = planned("aistore", "2027-01-11", "16:00", "UTC", "Ana,Bo,Chen", NOW.date())
    files = rendered(NOTES, round_, "AIStore")
    assert "A AIStore" not in files["closing-call.md"]
    assert "| all |" in next(line for line in files["week-1-agenda.md"].splitlines() if "names, one sentence" in line)
    assert "| owner |" in next(line for line in files["week-2-agenda.md"].splitlines() if "last week's" in line)
    events = Calendar.from_ical(calendar(round_, "AIStore", NOW)).walk("VEVENT")
    said = [str(event.walk("VALARM")[0]["DESCRIPTION"]) for event in events]
    assert said == ["Tomorrow: post one question on what you read"] * 4 + [
        "Tomorrow: the closing call: two minutes for each question that you own"
    ]


@pytest.mark.parametrize(
    ("zone", "head", "row", "invited"),
    [
        ("UTC", "| week | begins (UTC) | about |", "| 1 | Mon 2027-01-11 08:00 | Install", "08:00 (UTC) we read"),
        (
            "Pacific/Auckland",
            "| week | begins (Pacific/Auckland) | in UTC | about |",
            "| 1 | Mon 2027-01-11 08:00 | Sun 19:00 | Install",
            "08:00 (Pacific/Auckland; Sun 19:00 UTC) we read",
        ),
    ],
)
def test_utc_is_said_once_and_with_its_day(zone: str, head: str, row: str, invited: str) -> None:
    files = rendered(NOTES, planned("ambry", "2027-01-11", "08:00", zone, "", NOW.date()), "Ambry")
    lines = files["README.md"].splitlines()
    table = lines[lines.index(next(line for line in lines if line.startswith(head))) :]
    assert table[3].startswith(row)
    assert len({line.count("|") for line in table[:8]}) == 1
    assert invited in files["invitation.md"]


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """The notes, with a folder of rounds of its own."""
    for name in ("systems", "kit", "labs", "TEMPLATE.md"):
        (tmp_path / name).symlink_to(NOTES / name)
    return tmp_path


def test_people_are_shared_out_once_they_have_answered_and_nothing_else_is_touched(
    notes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    when = ("ambry", "2027-01-11", "--time", "16:00", "--zone", "Europe/Berlin")
    assert main([*when], notes, NOW) == 0
    folder = notes / "rounds" / "2027-01-11-ambry"
    linked = (folder / "README.md").read_text().replace("____ (link)", "https://example.org/call")
    (folder / "README.md").write_text(linked)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    later = NOW + timedelta(days=9)
    for people in ("Ana,Bo", "Ana,Bo,Chen,Dee"):
        assert main([*when, "--people", people], notes, later) == 0
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"owners.md", "roles.md", "closing-call.md", *(f"week-{n}-agenda.md" for n in range(1, 5))}
    assert all(name.encode() in after["owners.md"] for name in ("Ana", "Bo", "Chen", "Dee"))
    for other in (("--time", "17:00"), ("--zone", "UTC")):
        assert main([*when, *other, "--people", "Eve"], notes, later) == 2
        assert "its dates do not move; to share out its questions give the same START" in capsys.readouterr().err
    assert main([*when, "--people", "Eve"], notes, NOW + timedelta(days=60)) == 2  # it has begun
    assert after == {path.name: path.read_bytes() for path in folder.iterdir()}


def test_who_is_invited_answers_before_the_questions_are_shared_out() -> None:
    round_ = planned("ambry", "2027-01-11", "16:00", "UTC", "", NOW.date())
    assert round_.answers < round_.prepared < round_.meetings[0].begins.date()
    assert "by Wednesday 6 January 2027" in rendered(NOTES, round_, "Ambry")["invitation.md"]
