"""The lab's own machinery: steps within their time, what they start ended, records kept, bad calls in one line."""

import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import gettempdir

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "reading-notes")]

from lab import __main__ as command  # noqa: E402  # the path above comes first
from lab.pages import made  # noqa: E402  # the same
from lab.process import Program, free_port, start  # noqa: E402  # the same
from lab.records import Record, keep, keep_numbers, measured, page, read  # noqa: E402  # the same
from lab.running import performed  # noqa: E402  # the same
from lab.step import Lab, NotRun, Step  # noqa: E402  # the same
from lab.syscalls import counted, lines_of  # noqa: E402  # the same
from lab.systems import all_steps, systems  # noqa: E402  # the same

SYSTEMS = sorted(path.parent.name for path in (ROOT / "reading-notes" / "labs").glob("*/steps"))
ONE_OF = f"SYSTEM is one of {', '.join(SYSTEMS)}"


def run(work, limit: float = 60) -> tuple[Record, Lab]:
    labs: list[Lab] = []

    def step(lab: Lab) -> None:
        labs.append(lab)
        work(lab)

    return performed("toy", Step("step", "it works", step, limit), lambda text: None), labs[0]


def nothing(lab: Lab) -> None:
    lab.saw("nothing")


def failing(lab: Lab) -> None:
    lab.expect("one is one", True, 1)
    lab.expect("one is two", False, 1)


def lacking(lab: Lab) -> None:
    lab.program("no-such-program-anywhere")


def broken(lab: Lab) -> None:
    raise OSError("the server is gone")


def unjudged(lab: Lab) -> None:
    lab.lack("two laws: no time")


def unjudged_and_failing(lab: Lab) -> None:
    unjudged(lab)
    failing(lab)


def slow_program(lab: Lab) -> None:
    raise subprocess.TimeoutExpired(["/usr/bin/slow", "--option"], 300.0)


def endless(lab: Lab) -> None:
    while True:
        time.sleep(0.1)


FAILED = ["one is one: 1", "NOT AS EXPECTED: one is two: 1"]
UNJUDGED = "NOT JUDGED: two laws: no time"
TO_THE_END = "not run to the end, because"


@pytest.mark.parametrize(
    ("work", "verdict", "why", "observed"),
    [
        (nothing, "as expected", "", ["nothing"]),
        (failing, "different", "", FAILED),
        (lacking, "not run", "not run, because no program no-such-program-anywhere on PATH", []),
        (broken, "different", "", ["NOT AS EXPECTED: OSError: the server is gone"]),
        (unjudged, "not run", f"{TO_THE_END} two laws: no time", [UNJUDGED]),
        (unjudged_and_failing, "different", f"{TO_THE_END} two laws: no time", [UNJUDGED, *FAILED]),
        (slow_program, "not run", f"{TO_THE_END} slow had not ended after 300 s", []),
        (endless, "not run", "not run to the end, because 1 s were over", []),
    ],
)
def test_every_way_that_a_step_ends_is_told_and_leaves_no_folder(work, verdict, why, observed) -> None:
    record, lab = run(work, 1 if work is endless else 60)
    assert (record.verdict, record.why, record.observed) == (verdict, why, observed)
    assert not lab.folder.exists()
    assert record.machine.count(",") >= 5
    assert len(record.date) == 10


@pytest.mark.parametrize("end", [nothing, broken, endless, lacking])
def test_what_a_step_started_is_ended_on_every_path(end, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.process.GRACE", 0.5)
    ids: list[int] = []

    def work(lab: Lab) -> None:
        program = sleeper(lab)
        ids.extend(each.pid for each in program.family())
        end(lab)

    run(work, 3 if end is endless else 60)
    assert ids
    assert not [number for number in ids if alive(number)]


def sleeper(lab: Lab) -> Program:
    """A program with a child, which ignores the first signal."""
    inner = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    return start(lab, "sleeper", [sys.executable, "-c", script], {}, lambda: None)


def alive(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_program_that_ends_at_once_is_told_with_its_last_words() -> None:
    def work(lab: Lab) -> None:
        def answers() -> None:
            raise OSError

        start(lab, "short", [sys.executable, "-c", "print('no disk')"], {}, answers)

    record, _ = run(work)
    assert record.why == "not run, because short does not answer: no disk"


def test_the_labs_folder_is_not_told() -> None:
    record, _ = run(lambda lab: lab.saw(f"{lab.folder}/d1"))
    assert record.observed == ["LAB/d1"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ambry"], f"'ambry' has no lab yet, since no program of it runs here; {ONE_OF}"),
        ([""], f"'' is no system of the reading notes; {ONE_OF}"),
        (["../minio"], "'../minio' is no system"),
        (["minio", "nonsense"], "minio has no step nonsense; STEP is one of program, start-one"),
    ],
)
def test_a_bad_call_is_one_line_and_status_2(capsys: pytest.CaptureFixture[str], arguments, says) -> None:
    assert command.main(arguments) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"make lab: {says}")
    assert told.count("\n") == 1


def test_make_says_what_there_is_when_nothing_is_named() -> None:
    done = subprocess.run(["make", "lab"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 2
    assert ONE_OF in done.stderr


def test_without_any_server_every_step_is_not_run_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("lab.programs.TAKEN", tmp_path)
    assert command.main(["minio", "bit-flip", "race"]) == 2
    assert capsys.readouterr().out.count("not run, because no program minio on PATH") == 2


@pytest.mark.parametrize("system", SYSTEMS)
def test_steps_have_names_of_their_own_an_expectation_a_limit_and_say_what_they_do(system: str) -> None:
    steps = all_steps(system)
    assert len({step.name for step in steps}) == len(steps) >= 3
    assert all(step.expects and step.told and 0 < step.limit <= 2400 for step in steps)
    assert {"minio", "seaweedfs"} <= set(systems()) == set(SYSTEMS)


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_pages_are_those_of_what_was_kept(system: str) -> None:
    for path, text in made(system).items():
        assert path.read_text() == text, f"make lab SYSTEM={system} ARGS=--pages"


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_was_kept_is_of_a_step_that_there_is_and_shows_no_credential(system: str) -> None:
    records = read(ROOT / "reading-notes" / "labs" / system / "observed.jsonl")
    known = {step.name for step in all_steps(system)}
    assert {record.step for record in records} <= known
    for record in records:
        assert record.verdict in {"as expected", "different", "not run"}
        assert record.why if record.verdict == "not run" else record.verdict == "different" or not record.why
        assert record.date
        assert not [line for line in record.observed if f"{gettempdir()}/lab-" in line or "X-Amz-Signature" in line]


def test_a_record_takes_the_place_of_the_older_one_of_its_step(tmp_path: Path) -> None:
    path = tmp_path / "observed.jsonl"
    first, second = record("a", "as expected"), record("b", "different")
    keep(path, first)
    keep(path, second)
    keep(path, record("a", "different"))
    assert [(each.step, each.verdict) for each in read(path)] == [("a", "different"), ("b", "different")]
    text = page("toy", read(path), ["b", "a", "c"], {"a": "A.", "b": "B.", "c": "C."})
    assert text.index("## b") < text.index("## a") < text.index("Never run yet")


def test_what_was_not_run_wipes_nothing_that_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "observed.jsonl"
    kept = [keep(path, record(*each)) for each in [("a", "not run"), ("a", "not run"), ("a", "as expected")]]
    assert (kept, keep(path, record("a", "not run"))) == ([True, True, True], False)
    assert keep(path, record("b", "not run"))
    assert [(each.step, each.verdict) for each in read(path)] == [("a", "as expected"), ("b", "not run")]


def record(step: str, verdict: str) -> Record:
    return Record("toy", step, "it works", verdict, "", ["seen"], {"toy": "1"}, "a machine", "2026-11-21", 1.0)


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=9))
def test_a_number_is_kept_with_its_spread(tmp_path_factory: pytest.TempPathFactory, values: list[float]) -> None:
    folder = tmp_path_factory.mktemp("numbers")
    (folder / "system.toml").write_text('commit = "abc"\n')
    for _ in range(2):
        keep_numbers(
            folder / "numbers.jsonl", [measured("toy.speed", values, "MB/s", "make lab")], record("a", "as expected")
        )
    (line,) = (folder / "numbers.jsonl").read_text().splitlines()
    said = json.loads(line)
    tolerance = max(values) / 100 + 0.01
    assert said["runs"] == len(values)
    assert abs(said["spread"] - (max(values) - min(values))) <= tolerance
    assert min(values) - tolerance <= said["median"] <= max(values) + tolerance
    assert {said[name] for name in ("id", "step", "commit", "machine", "date")} == {
        "toy.speed",
        "toy/a",
        "abc",
        "a machine",
        "2026-11-21",
    }


def test_calls_that_were_interrupted_are_put_together(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(
        '7 openat(AT_FDCWD, "/d/x", O_WRONLY|O_DSYNC <unfinished ...>\n'
        "8 fdatasync(4</d/y>) = 0\n"
        "7 <... openat resumed>) = 5</d/x>\n"
        "9 --- SIGURG {si_signo=SIGURG} ---\n"
        '8 openat(AT_FDCWD, "/d/z", O_RDONLY|O_DSYNC) = -1 ENOENT (No such file or directory)\n'
    )
    calls = lines_of(log)
    assert calls[1] == 'openat(AT_FDCWD, "/d/x", O_WRONLY|O_DSYNC) = 5</d/x>'
    assert counted(calls) == {"fdatasync": 1, "O_DSYNC": 1}


def test_a_port_is_free_when_it_is_given() -> None:
    assert 1024 < free_port() < 65536


def test_not_run_is_one_line() -> None:
    with pytest.raises(NotRun, match="on PATH"):
        Lab(ROOT).program("no-such-program-anywhere")
