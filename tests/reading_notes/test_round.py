"""The folder of a round: dates that do not move, a calendar that calendars read, refusals in one line."""

import random
import re
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from cite.notes import questions  # noqa: E402  # the path above comes first
from round.__main__ import main  # noqa: E402  # the same
from round.calendar import calendar, folded  # noqa: E402  # the same
from round.folder import rendered  # noqa: E402  # the same
from round.plan import MEETINGS, planned  # noqa: E402  # the same
from round.questions import asked, beginning  # noqa: E402  # the same

NOTES = ROOT / "reading-notes"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SYSTEMS = sorted(path.parent.name for path in NOTES.glob("systems/*/system.toml"))


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """The notes, with a folder of rounds of its own."""
    for name in ("systems", "kit", "labs", "TEMPLATE.md"):
        (tmp_path / name).symlink_to(NOTES / name)
    return tmp_path


def made(notes: Path, *arguments: str, now: datetime = NOW) -> tuple[int, list[Path]]:
    status = main(list(arguments), notes, now)
    return status, sorted((notes / "rounds").glob("*")) if (notes / "rounds").exists() else []


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_gets_a_round_with_all_that_a_host_needs(notes: Path, system: str) -> None:
    status, (folder,) = made(notes, system, "2027-01-11")
    assert status == 0
    weekly = {f"week-{n}-{what}.md" for n in range(1, 5) for what in ("agenda", "handout")}
    once = {"README.md", "invitation.md", "owners.md", "roles.md", "closing-call.md", "retrospective.md", "round.ics"}
    assert {path.name for path in folder.iterdir()} == weekly | once
    text = "\n".join(path.read_text() for path in folder.glob("*.md"))
    assert not re.search(r"\{\{|\{%|(?<![\w-])None(?![\w-])|Undefined", text)
    assert "2027-02-08" in text  # the closing call


def test_every_question_of_the_template_has_a_week_and_a_line_in_the_owners_file() -> None:
    round_ = planned("ambry", "2027-01-11", "16:00", "UTC", "Ana,Bo,Chen,Dee", NOW.date())
    files = rendered(NOTES, round_, "Ambry")
    questions = asked(NOTES, "ambry")
    assert len(questions) > 25
    for question in questions:
        assert f"`{question.id}`" in files["owners.md"]
        assert sum(f"`{question.id}`" in text for name, text in files.items() if name.endswith("agenda.md")) == 1
    assert "____" not in files["owners.md"]


def test_links_of_a_round_lead_somewhere(notes: Path) -> None:
    _, (folder,) = made(notes, "minio", "2027-01-11")
    links = re.findall(r"\]\(([^)#]+)\)", "".join(path.read_text() for path in folder.glob("*.md")))
    assert len(links) > 10
    assert not [link for link in links if not link.startswith("https://") and not (folder / link).exists()]


@pytest.mark.parametrize(("system", "lab"), [("minio", True), ("ambry", False)])
def test_nobody_is_promised_a_lab_that_is_not_there(system: str, lab: bool) -> None:
    round_ = planned(system, "2027-01-11", "16:00", "UTC", "", NOW.date())
    text = "".join(rendered(NOTES, round_, system).values())
    assert (f"make lab SYSTEM={system}" in text) == lab
    assert ("has no lab yet" in text) != lab


def test_links_of_the_kit_lead_somewhere() -> None:
    for page in (NOTES / "kit").glob("*.md"):
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


@given(
    days=st.integers(1, 729),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Chatham"]),
    hour=st.integers(4, 23),  # after that at which clocks change
    title=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.sampled_from(" ;,\\"), max_size=90),
)
def test_the_calendar_is_read_as_it_was_meant(days: int, zone: str, hour: int, title: str) -> None:
    start = (NOW.date() + timedelta(days=days)).isoformat()
    round_ = planned("ambry", start, f"{hour:02}:30", zone, "", NOW.date())
    text = calendar(round_, title, NOW)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    read = Calendar.from_ical(text)
    events = read.walk("VEVENT")
    assert [event["UID"] for event in events] == [f"{start}-ambry-{n}@storage-reading-notes" for n in range(1, 6)]
    assert [event.decoded("DTSTART") for event in events] == [meeting.utc for meeting in round_.meetings]
    assert {event.decoded("DURATION") for event in events} == {timedelta(hours=1)}
    assert all(str(event["SUMMARY"]).startswith(f"{title}, week ") for event in events)
    assert all(event.decoded("DTSTAMP") == NOW and event.walk("VALARM") for event in events)
    assert not [error for event in events for error in event.errors]


def test_meetings_keep_the_hour_of_the_wall_when_clocks_change() -> None:
    round_ = planned("ambry", "2027-03-15", "16:00", "Europe/Berlin", "", NOW.date())
    assert {meeting.begins.hour for meeting in round_.meetings} == {16}
    assert {meeting.utc.hour for meeting in round_.meetings} == {14, 15}
    assert {meeting.begins.weekday() for meeting in round_.meetings} == {0}


@given(st.text(max_size=200) | st.text("aé€😀", min_size=70, max_size=300))
def test_folding_is_undone_by_removing_the_breaks(line: str) -> None:
    pieces = list(folded(line))
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
    assert all(len(piece.encode()) <= 75 for piece in pieces)


def test_an_hour_has_sixty_minutes() -> None:
    for meeting in planned("ambry", "2027-01-11", "16:00", "UTC", "", NOW.date()).meetings:
        assert sum(minutes for _, minutes, _ in meeting.agenda) == 60
    assert len({meeting[0] for meeting in MEETINGS}) == 5


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nosuch", "2027-01-11"], "SYSTEM=nosuch has no folder in reading-notes/systems: give one of aistore, ambry"),
        (["", "2027-01-11"], "SYSTEM= has no folder"),
        (["../minio", "2027-01-11"], "SYSTEM=../minio has no folder"),
        (["ambry", "11.1.2027"], "START=11.1.2027 "),
        (["ambry", ""], "START= "),
        (["ambry", "2027-02-30"], "START=2027-02-30 "),
        (["ambry", "20270501"], "START=20270501 "),
        (["ambry", "2027-W02-1"], "START=2027-W02-1 "),
        (["ambry", "2027-01-11", "--time", "16:00+02:00"], "TIME=16:00+02:00 "),
        (["ambry", "2027-01-11", "--time", "16"], "TIME=16 "),
        (
            ["ambry", "2027-02-28", "--time", "02:30", "--zone", "America/New_York"],
            "TIME=02:30: on 2027-03-14 the clocks of America/New_York change within this hour",
        ),
        (["ambry", "2027-02-28", "--time", "01:30", "--zone", "America/New_York"], "on 2027-03-14 the clocks"),
        (["ambry", "2026-11-21"], "START=2026-11-21 is not within two years after today, 2026-11-21"),
        (["ambry", "2027-01-11", "--zone", "Mars/Olympus"], "ZONE=Mars/Olympus"),
        (["ambry", "2027-01-11", "--zone", "../etc/passwd"], "ZONE=../etc/passwd"),
        (["ambry", "2027-01-11", "--time", "25:00"], "TIME=25:00"),
        (["ambry", "2027-01-11", "--people", "Ana,Ana"], "each once"),
        (["ambry", "2027-01-11", "--people", "a|b"], "without bars"),
        (["ambry", "9999-12-31"], "START=9999-12-31 "),
    ],
)
def test_what_is_wrong_is_one_line_and_leaves_nothing(
    notes: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    status, folders = made(notes, *arguments)
    told = capsys.readouterr().err
    assert status == 2
    assert folders == []
    assert told.startswith("make round: ")
    assert says in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("second", "ok"), [("2027-01-11", False), ("2027-01-18", False), ("2026-12-21", False), ("2027-02-15", True)]
)
def test_a_round_that_is_there_is_not_moved(
    notes: Path, capsys: pytest.CaptureFixture[str], second: str, ok: bool
) -> None:
    assert made(notes, "ambry", "2027-01-11")[0] == 0
    kept = {path: path.read_bytes() for path in (notes / "rounds" / "2027-01-11-ambry").iterdir()}
    status, folders = made(notes, "ambry", second)
    assert (status, len(folders)) == ((0, 2) if ok else (2, 1))
    assert ok or "its dates do not move" in capsys.readouterr().err
    assert kept == {path: path.read_bytes() for path in (notes / "rounds" / "2027-01-11-ambry").iterdir()}
    assert made(notes, "minio", "2027-01-11")[0] == 0  # another system may be read meanwhile


def test_the_same_values_make_the_same_round(notes: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    texts = []
    for _ in range(2):
        _, (folder,) = made(notes, "minio", "2027-01-11", "--people", "Ana,Bo")
        texts.append({path.name: path.read_bytes() for path in folder.iterdir()})
        folder.rename(tmp_path_factory.mktemp("old") / str(random.random()))
    assert texts[0] == texts[1]


def test_a_weekend_is_asked_about(notes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(notes, "ambry", "2027-01-09")
    assert capsys.readouterr().out.count("a Saturday: is that meant?") == 5
    made(notes, "minio", "2027-01-08")
    assert "is that meant?" not in capsys.readouterr().out


def test_new_year_is_warned_of(notes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(notes, "ambry", "2026-12-01")
    assert capsys.readouterr().out.count("few come on this day") == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("It is one file {src}`a@b:c#L1-L2 d`. More.", "It is one file."),
        ("- A list {lab}`minio/x`.\n- Second.\n- Third.", "A list. Second."),
        ("1. First: it is asked {src}`a@b:c#L1-L2 d`, {lab}`minio/x`.\n2. Then.", "First: it is asked. Then."),
        ("| a | b |\n|---|---|\n| 1 | 2 {lab}`minio/x` |\n\nBelow the table.", "Below the table."),
        ("Run `a ... b. c` {lab}`minio/x`, which ends; more.", "Run `a ... b. c`, which ends."),
        ("**Trace**: a call. More.\n\n![A picture. Of it](x.svg) {lab}`minio/x`", "Trace: a call."),
        ("From {dated}`https://a.b/c 2021-04-23` {src}`a@b:c#L1-L2 d`.", "From a.b/c, 2021-04-23."),
        ("{number}`no.such`, {number}`no.other`, once {number}`no.third`.", "no.such, no.other, once no.third."),
        ("| a | b |\n|---|---|\n| 1 | 2 {lab}`minio/x` |", ""),
        ("Open: nobody looked.", ""),
        ("", ""),
    ],
)
def test_a_handout_has_first_sentences_without_their_evidence(answer: str, said: str) -> None:
    (question,) = questions(f"### a.b What?\n\n{answer}\n")
    assert beginning(question.blocks) == said


def test_a_round_says_which_lines_to_open_and_which_steps_to_run() -> None:
    round_ = planned("minio", "2027-01-11", "16:00", "UTC", "", NOW.date())
    files = rendered(NOTES, round_, "MinIO")
    for question in asked(NOTES, "minio"):
        week = next(m.number for m in round_.meetings if question.section in m.sections)
        if question.answer:
            assert all(f"`{place}`" in files[f"week-{week}-handout.md"] for place in question.places)
        agenda = next(line for line in files[f"week-{week}-agenda.md"].splitlines() if "pilot has run" in line)
        steps = set(re.findall(r"[\w-]+", agenda.partition("STEP=")[2]))
        assert set(question.steps) <= steps or question.section == "references"
        assert not {"conform", "conform-peers"} & steps  # the report card's: the better part of an hour, to no end here
    assert "STEP='" in files["week-3-agenda.md"]
    assert (
        "ARGS=--list"
        in rendered(NOTES, planned("seaweedfs", "2027-01-11", "16:00", "UTC", "", NOW.date()), "S")["week-3-agenda.md"]
    )


def test_what_a_call_is_for_can_be_reached_without_a_lab() -> None:
    files = rendered(NOTES, planned("cubefs", "2027-01-11", "16:00", "UTC", "Zoë", NOW.date()), "CubeFS")
    assert not [name for name, text in files.items() if re.search(r"in the lab|lab steps|lab ran|lab runs", text)]


def test_no_sentence_of_a_handout_lacks_its_number_or_its_day() -> None:
    round_ = planned("minio", "2027-01-11", "16:00", "UTC", "", NOW.date())
    handout = rendered(NOTES, round_, "MinIO")["week-4-handout.md"]
    assert re.search(r"\d+ commits \(.*\) in all by \d+ names of authors", handout)
    assert re.search(r"Licence: AGPL-3\.0, since \S+, \d{4}-\d\d-\d\d\.", handout)
    assert not re.search(r"\b(by|since|after the other)\.", handout)


def test_a_handout_fits_on_a_page() -> None:
    for system in SYSTEMS:
        round_ = planned(system, date(2027, 1, 11).isoformat(), "16:00", "UTC", "", NOW.date())
        for name, text in rendered(NOTES, round_, system).items():
            assert not name.endswith("handout.md") or len(text.splitlines()) <= 60, (system, name)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "write title = '...', repository = '...', commit = '...', date = '...', licence = '...', language ="),
        ("title = 7\n", "write title = '...'"),
        ("title = \n", "Invalid value"),
        ("title = 'Ôme'\n", "utf-8"),
        ("questions = 7\n", "[entry_points], [questions]"),
    ],
)
def test_a_new_system_that_says_too_little_of_itself_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    file = tmp_path / "systems" / "ome" / "system.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="latin-1")
    assert made(tmp_path, "ome", "2027-01-11") == (2, [])
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("make round: reading-notes/systems/ome/system.toml: ")
    assert told in line


def test_notes_that_are_no_text_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("systems/ambry/system.toml", "TEMPLATE.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((NOTES / name).read_bytes())
    (tmp_path / "systems" / "ambry" / "notes.md").write_bytes(b"### read.path\xff")
    assert made(tmp_path, "ambry", "2027-01-11") == (2, [])
    assert "notes.md: 'utf-8' codec" in capsys.readouterr().err


def test_a_folder_among_the_rounds_that_is_none_is_left_alone(notes: Path) -> None:
    aside = notes / "rounds" / "old-ambry"
    aside.mkdir(parents=True)
    assert made(notes, "ambry", "2027-01-11")[0] == 0
    assert aside.is_dir()
