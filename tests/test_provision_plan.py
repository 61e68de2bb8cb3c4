"""In which order a server is looked for, and what is said when there is none."""

from dataclasses import dataclass

import pytest

from provision import plan, programs
from provision.kind import Failed
from provision.plan import FURTHER, KINDS, allowed, choose, further
from provision.run import planned


@dataclass(frozen=True)
class Toy:
    name: str = "toy"
    variable: str = "STORAGE_TOY_URL"
    image: str = "toy"
    program: str = "toyd"

    def asked(self, url):
        if "dead" in url:
            raise Failed("it does not answer")
        return "Toy 1"

    def program_version(self, path):
        return "Toy 2"

    def embedded_version(self):
        return "Toy 3"


@pytest.fixture
def machine(monkeypatch):
    """What this machine has, said by a test: an engine, programs."""

    def has(*things):
        def contained(kind):
            if "engine" not in things:
                raise Failed("no container engine answers")
            return plan.Choice(kind.name, "container", "Toy 4")

        monkeypatch.setattr(plan, "contained", contained)
        monkeypatch.setattr(programs, "found", lambda program: f"/bin/{program}" if program in things else None)

    return has


ADDRESS = {"STORAGE_TOY_URL": "toy://secret@host"}


@pytest.mark.parametrize(
    ("things", "environ", "source"),
    [
        (("engine", "toyd"), ADDRESS, "address"),
        (("engine", "toyd"), {}, "container"),
        (("toyd",), {}, "program"),
        ((), {}, "embedded"),
        (("engine", "toyd"), {"STORAGE_ENGINE": "embedded", **ADDRESS}, "embedded"),
        (("engine", "toyd"), {"STORAGE_ENGINE": "embedded", "STORAGE_REQUIRE_CONTAINERS": "1"}, "embedded"),
        (("engine",), {"STORAGE_ENGINE": "containers"}, "container"),
        (("toyd",), {"STORAGE_ENGINE": "containers"}, "program"),
        (("engine", "toyd"), {"STORAGE_REQUIRE_CONTAINERS": "1"}, "container"),
        ((), {"STORAGE_REQUIRE_CONTAINERS": "1", **ADDRESS}, "address"),
        ((), {"STORAGE_REQUIRE_CONTAINERS": "0"}, "embedded"),
    ],
)
def test_the_first_source_that_is_there_is_used(machine, things, environ, source):
    machine(*things)
    assert choose(Toy(), environ).source == source


@pytest.mark.parametrize(
    ("things", "environ"),
    [
        ((), {"STORAGE_ENGINE": "containers"}),
        ((), {"STORAGE_REQUIRE_CONTAINERS": "1"}),
        (("toyd",), {"STORAGE_REQUIRE_CONTAINERS": "1"}),
    ],
)
def test_a_missing_real_server_is_an_error_where_one_is_required(machine, things, environ):
    machine(*things)
    with pytest.raises(Failed, match="no real toy: no container engine answers; STORAGE_TOY_URL may say where one is"):
        choose(Toy(), environ)


def test_an_address_that_does_not_answer_is_an_error_and_never_skipped_over(machine):
    machine("engine", "toyd")
    with pytest.raises(Failed, match="the server of STORAGE_TOY_URL: it does not answer") as told:
        choose(Toy(), {"STORAGE_TOY_URL": "toy://secret@dead"})
    assert "secret" not in str(told.value)


def test_a_slip_in_the_name_of_the_engine_is_an_error():
    with pytest.raises(Failed, match="'container'"):
        allowed({"STORAGE_ENGINE": "container"})


def test_further_servers_are_used_where_their_program_is_found_and_named_where_not(machine, tmp_path, monkeypatch):
    machine("weed")
    monkeypatch.setattr(programs, "said", lambda *command: "version 30GB 3.99 0123 linux")
    run = planned("run", tmp_path, {"STORAGE_ENGINE": "embedded"})
    assert str(run).endswith("versitygw: not found, weed: not found")
    assert list(run.choices) == [kind.name for kind in KINDS]
    assert [str(further(kind, {})) for kind in FURTHER] == ["None", "weed: SeaweedFS 3.99 (program)"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_is_said_of_a_server_that_is_not_there_shows_no_password(kind):
    url = {
        "s3": "s3://key:hunter2@tests?endpoint=http://127.0.0.1:1&region=us-east-1",
        "redis": "redis://:hunter2@127.0.0.1:1/0",
        "sftp": "sftp://store:hunter2@127.0.0.1:1/data?host_key=SHA256:x",
        "http": "nginx+http://store:hunter2@127.0.0.1:1/",
    }[kind.name]
    with pytest.raises(Failed) as told:
        kind.asked(url)
    assert "hunter2" not in str(told.value)
    assert "\n" not in str(told.value)
