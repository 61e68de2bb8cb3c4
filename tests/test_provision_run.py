"""A server is started once for a run of several processes, leaves with it, and a test's place leaves with the test."""

import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from provision import programs
from provision.kind import Failed, Server
from provision.plan import KINDS, Choice
from provision.run import Run
from storage_combinators import Ref
from storage_combinators.edges.open_store import open_store
from storage_combinators.leaves.nginx import Nginx
from storage_combinators.leaves.redis import Redis
from storage_combinators.leaves.sftp import Sftp

S3, REDIS, SFTP, HTTP = KINDS
LEAVES = {"s3": open_store, "redis": Redis, "sftp": Sftp}
HERE = Path(__file__).parent


class Toy:
    """A server that is started as a program: Python's own, or one that ends at once."""

    name, program = "toy", sys.executable

    def __init__(self, *command):
        self.command = command or ("-m", "http.server", "--bind", "127.0.0.1", str(programs.free_port()))

    def as_program(self, path, folder):
        url = f"nginx+http://127.0.0.1:{self.command[-1]}/"
        programs.start(self.name, [path, *self.command], folder, {}, lambda: HTTP.asked(url))
        return Server(url, "program", "Toy 1", str(folder))


@pytest.fixture
def run(tmp_path):
    run = Run("toys", tmp_path / "run", {"toy": Choice("toy", "program", "Toy 1", sys.executable)})
    run.folder.mkdir()
    yield run
    run.stop()


def started_below(folder):
    return [process for process in psutil.process_iter(["cwd"]) if process.info["cwd"] == str(folder)]


def test_many_at_once_get_one_server(run):
    with ThreadPoolExecutor(8) as pool:
        servers = set(pool.map(lambda _: run.shared(Toy()), range(8)))
    assert len(servers) == 1
    assert len(started_below(run.folder / "toy")) == 1


def test_what_was_started_is_ended_although_it_was_never_written_down(run):
    toy = Toy()
    (run.folder / "toy").mkdir()
    toy.as_program(sys.executable, run.folder / "toy")
    assert programs.alive(run.folder / "toy")
    run.stop()
    assert not started_below(run.folder / "toy")
    assert not run.folder.exists()


def test_a_process_that_got_the_id_of_an_ended_one_is_left_alone(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", "print(input())"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        (tmp_path / "other.pid").write_text(f"[{other.pid}, 1.0]")
        programs.stop(tmp_path)
        assert other.communicate(b"alive\n", timeout=60)[0] == b"alive\n"
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_ends_at_once_fails_with_its_last_words_for_everybody(run):
    toy = Toy("-c", "import sys; sys.exit('no such disk')", "1")
    for _ in range(2):
        with pytest.raises(Failed, match=r"toy: Toy 1 \(program\): python.* does not answer: no such disk"):
            run.shared(toy)
        toy = Toy()  # would start, but what failed once is not tried by each worker again


@pytest.mark.parametrize("kind", [S3, REDIS, SFTP], ids=lambda kind: kind.name)
def test_a_place_is_empty_and_leaves_nothing(kind):
    with kind.embedded() as server:
        assert server.source == "embedded"
        with kind.place(server) as place:
            store = LEAVES[kind.name](place.url)
            assert list(store.refs(Ref())) == []
            for number in range(3):
                store.put(Ref("a", str(number)), b"1")
            assert len(list(store.refs(Ref()))) == 3
        assert list(store.refs(Ref())) == []
        getattr(store, "close", list)()
        with kind.place(server) as other:
            assert other.url != place.url


def test_a_folder_of_http_is_served_and_leaves_nothing():
    with HTTP.embedded() as server:
        with HTTP.place(server) as place:
            Path(place.folder, "deep").mkdir()
            Path(place.folder, "deep", "a").write_bytes(b"1")
            store = Nginx(place.url)
            assert list(store.refs(Ref())) == [Ref("deep", "a")]
            assert store.get(Ref("deep", "a")) == b"1"
        assert list(Path(server.folder).iterdir()) == []


# A versitygw that is moto: what is tested here is the plugin, on a machine without engine and servers.
GATEWAY = f"""#!{sys.executable}
import sys, time
if sys.argv[1:] == ["--version"]:
    sys.exit(print("Version v0 of a toy"))
from moto.server import ThreadedMotoServer
host, port = sys.argv[2].split(":")
server = ThreadedMotoServer(host, int(port), verbose=False)
server.start()
time.sleep(600)
"""
TESTS = """
import os, pytest, time
from pathlib import Path
from storage_combinators import Ref
from storage_combinators.edges.open_store import open_store
NOTES = Path(os.environ["NOTES"])

@pytest.mark.parametrize("number", range(6))
def test_place(s3_subject, number, storage_run):
    store = open_store(s3_subject.url)
    assert list(store.refs(Ref())) == []
    store.put(Ref("a"), b"1")
    if s3_subject.source == "program":
        (NOTES / f"{os.getpid()}-{number}").write_text(s3_subject.url.partition("?")[2])
        (NOTES / "folder").write_text(str(storage_run.folder))

def test_of_a_worker_that_dies(storage_run):
    if os.environ.get("DIE"):
        os._exit(3)

def test_that_waits(s3_subject):
    (NOTES / "waiting").touch()
    time.sleep(60 if os.environ.get("WAIT") else 0)
"""


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder with tests of its own, on a machine that has a versitygw and no engine."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "versitygw").write_text(GATEWAY)
    (tmp_path / "bin" / "versitygw").chmod(0o755)
    (tmp_path / "notes").mkdir()
    (tmp_path / "test_places.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for name in list(os.environ):
        if name.startswith(("STORAGE_", "PYTEST_", "COV_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody")
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    monkeypatch.setenv("NOTES", str(tmp_path / "notes"))
    return tmp_path


def command(*more):
    return [sys.executable, "-m", "pytest", "-p", "provision.fixtures", "-p", "no:cacheprovider", "-n", "2", *more]


def test_the_workers_of_a_run_share_its_servers_and_a_dead_worker_leaks_nothing(elsewhere, monkeypatch):
    monkeypatch.setenv("DIE", "1")
    done = subprocess.run(
        command("-k", "versitygw or dies"), cwd=elsewhere, capture_output=True, text=True, timeout=300
    )
    header = re.findall("^storage servers: .*$", done.stdout, re.M)
    assert len(header) == 1
    assert re.search(
        r"s3: .*, redis: .*, sftp: .*, http: .*, versitygw: versitygw v0 of a toy \(program\), weed: ",
        header[0],
    )
    assert "7 passed" in done.stdout, done.stdout
    assert "1 failed" in done.stdout  # the one whose worker died
    notes = [path for path in (elsewhere / "notes").iterdir() if "-" in path.name]
    assert len({path.name.partition("-")[0] for path in notes}) >= 2
    assert len({path.read_text() for path in notes}) == 1
    folder = Path((elsewhere / "notes" / "folder").read_text())
    assert not folder.exists()
    assert not started_below(folder / "versitygw")


def test_a_run_that_is_terminated_ends_its_servers(elsewhere, monkeypatch):
    monkeypatch.setenv("WAIT", "1")
    run = subprocess.Popen(command("-k", "versitygw"), cwd=elsewhere, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    until = time.monotonic() + 120
    while not (elsewhere / "notes" / "waiting").exists() or not (elsewhere / "notes" / "folder").exists():
        assert time.monotonic() < until
        assert run.poll() is None
        time.sleep(0.1)
    folder = Path((elsewhere / "notes" / "folder").read_text())
    assert started_below(folder / "versitygw")
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=60)
    assert not folder.exists()
    assert not started_below(folder / "versitygw")


def test_a_required_server_that_is_missing_ends_the_run_before_its_tests(elsewhere, monkeypatch):
    monkeypatch.setenv("STORAGE_REQUIRE_CONTAINERS", "1")
    done = subprocess.run(command(), cwd=elsewhere, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert "storage servers: no real s3: no container engine answers" in done.stdout + done.stderr
    assert "passed" not in done.stdout
