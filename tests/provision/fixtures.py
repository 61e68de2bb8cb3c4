"""The pytest plugin: `pytest -p provision.fixtures`, or pytest_plugins in the conftest of the root.

The controller decides which servers are used, says so in the header, and ends them; a worker starts what it needs.
"""

import json
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from provision.kind import Failed, Server
from provision.plan import FURTHER, KINDS, Choice
from provision.run import Run, planned

S3, REDIS, SFTP, HTTP = KINDS
RUN = pytest.StashKey[Run]()
BEFORE = pytest.StashKey[Any]()


def pytest_configure(config: pytest.Config) -> None:
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[RUN] = read(worker["storage_run"])
        return
    name = uuid4().hex
    try:
        config.stash[RUN] = run = planned(name, Path(tempfile.gettempdir(), f"storage-servers-{name}"))
    except Failed as error:
        pytest.exit(f"storage servers: {error}", returncode=2)
    if run.uses("container"):
        from provision import containers

        containers.sweep()
    run.folder.mkdir(mode=0o700)
    config.stash[BEFORE] = signal.signal(signal.SIGTERM, signal.default_int_handler)  # else nothing would be ended


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["storage_run"] = written(node.config.stash[RUN])


def pytest_report_header(config: pytest.Config) -> str:
    return f"storage servers: {config.stash[RUN]}"


def pytest_unconfigure(config: pytest.Config) -> None:
    if BEFORE in config.stash:
        config.stash[RUN].stop()
        signal.signal(signal.SIGTERM, config.stash[BEFORE])


def written(run: Run) -> str:
    return json.dumps([run.name, str(run.folder), [asdict(choice) for choice in run.choices.values()]])


def read(text: str) -> Run:
    name, folder, choices = json.loads(text)
    return Run(name, Path(folder), {choice["kind"]: Choice(**choice) for choice in choices})


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`s3_subject`: the S3 of the run, then each further one whose program is found."""
    if "s3_subject" in metafunc.fixturenames:
        run = metafunc.config.stash[RUN]
        metafunc.parametrize("s3_subject", [S3, *(kind for kind in FURTHER if kind.name in run.choices)],
                             ids=lambda kind: kind.name, indirect=True)  # fmt: skip


@pytest.fixture(scope="session")
def storage_run(request: pytest.FixtureRequest) -> Run:
    """The servers of this run."""
    return request.config.stash[RUN]


@pytest.fixture(scope="session")
def s3_server(storage_run: Run) -> Iterator[Server]:
    with storage_run.server(S3) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server(storage_run: Run) -> Iterator[Server]:
    with storage_run.server(REDIS) as server:
        yield server


@pytest.fixture(scope="session")
def sftp_server(storage_run: Run) -> Iterator[Server]:
    with storage_run.server(SFTP) as server:
        yield server


@pytest.fixture(scope="session")
def http_server(storage_run: Run) -> Iterator[Server]:
    with storage_run.server(HTTP) as server:
        yield server


@pytest.fixture
def s3_place(s3_server: Server) -> Iterator[Server]:
    """An empty prefix."""
    with S3.place(s3_server) as place:
        yield place


@pytest.fixture
def redis_place(redis_server: Server) -> Iterator[Server]:
    """A name that no key begins with."""
    with REDIS.place(redis_server) as place:
        yield place


@pytest.fixture
def sftp_place(sftp_server: Server) -> Iterator[Server]:
    """A folder that does not exist yet."""
    with SFTP.place(sftp_server) as place:
        yield place


@pytest.fixture
def http_place(http_server: Server) -> Iterator[Server]:
    """An empty folder, `folder` on this machine, read at `url`."""
    with HTTP.place(http_server) as place:
        yield place


@pytest.fixture
def s3_subject(request: pytest.FixtureRequest, storage_run: Run) -> Iterator[Server]:
    """An empty prefix on each S3 server that is there."""
    with storage_run.server(request.param) as server, request.param.place(server) as place:
        yield place
