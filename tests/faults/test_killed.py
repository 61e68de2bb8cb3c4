"""Real servers that are killed in mid-run and started again: what they said is there, and the store goes on."""

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import psutil
import pytest

import real
from faults.model import Model
from faults.proxy import Fault, Proxy
from faults.wires import LEAVES, Leaf, address
from provision import programs
from provision.fixtures import S3
from provision.kind import Failed
from provision.run import Run
from storage_combinators import MISSING, Ref
from storage_combinators.edges.open_store import open_store

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # clients without a close
BY_NAME = {leaf.name: leaf for leaf in LEAVES}
REFS = [Ref("a"), Ref("a", "b"), Ref("c")]
KILLS = 2

Again = Callable[[], tuple[str, int]]  # starts the server again; where it is
Killable = tuple[str, Callable[[], None], Again]  # its URL, and how to kill it


@contextmanager
def redis_program(folder: Path, _: Run) -> Iterator[Killable]:
    """Each write is on the disk before it is answered."""
    port = programs.free_port()
    command = [str(real.found("redis-server")), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder),
               "--save", "", "--appendonly", "yes", "--appendfsync", "always"]  # fmt: skip
    kill, again = by_pid("redis", command, folder, port)
    again()
    try:
        yield f"redis://127.0.0.1:{port}/0", kill, again
    finally:
        programs.stop(folder)


@contextmanager
def ssh_program(folder: Path, _: Run) -> Iterator[Killable]:
    with real.sshd(folder) as url:
        command = [str(real.found("sshd")), "-D", "-e", "-f", str(folder / "sshd_config")]
        yield url, *by_pid("sshd", command, folder, address(url)[1])


def by_pid(name: str, command: list[str], folder: Path, port: int) -> tuple[Callable[[], None], Again]:
    def kill() -> None:
        process = psutil.Process(json.loads((folder / f"{name}.pid").read_text())[0])
        family = [process, *process.children(recursive=True)]
        for each in family:
            each.kill()
        psutil.wait_procs(family, timeout=programs.PATIENCE)

    def again() -> tuple[str, int]:
        def answers() -> None:
            socket.create_connection(("127.0.0.1", port), 5).close()

        programs.start(name, command, folder, {}, answers)
        return "127.0.0.1", port

    return kill, again


@contextmanager
def minio_container(folder: Path, run: Run) -> Iterator[Killable]:
    if run.choices[S3.name].source != "container":
        pytest.skip("MinIO is not in a container")
    from provision import containers

    name = f"killed-{uuid4().hex}"
    server = S3.in_container(name, folder)
    container = containers.engine().containers.get(server.container)

    def again() -> tuple[str, int]:
        container.wait(timeout=programs.PATIENCE)  # another thread kills it; start does nothing while it runs
        container.start()
        there = containers.address(server.container, 9000)
        came_back(lambda: S3.asked(server.url.replace("{}:{}".format(*address(server.url)), there)))
        return "127.0.0.1", int(there.partition(":")[2])

    try:
        yield server.url, container.kill, again
    finally:
        containers.remove(name)


def came_back(answers: Callable[[], object]) -> None:
    """Wait until `answers` does, as programs.start does for programs."""
    end = time.monotonic() + programs.PATIENCE
    while True:
        try:
            answers()
            return
        except Failed:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


CASES: dict[str, tuple[Leaf, Any, str]] = {
    "redis": (BY_NAME["redis"], redis_program, "redis-server"),
    "sftp": (BY_NAME["sftp"], ssh_program, "sshd"),
    "scp": (BY_NAME["scp"], ssh_program, "sshd"),
    "s3": (BY_NAME["s3"], minio_container, ""),
}


@pytest.mark.parametrize("seed", [int(os.environ.get("STORAGE_SEED", "1"))], ids=lambda seed: f"seed{seed}")
@pytest.mark.parametrize("name", CASES)
def test_a_server_that_is_killed_keeps_what_it_said(name: str, seed: int, tmp_path: Path, storage_run: Run) -> None:
    leaf, made, needed = CASES[name]
    if needed and not real.found(needed):
        pytest.skip(f"{needed} is not installed")
    with made(tmp_path, storage_run) as (url, kill, again):
        host, port = address(url)
        with Proxy(host, port) as proxy:
            there = url.replace(f"{host}:{port}", f"127.0.0.1:{proxy.port}").replace(*leaf.scheme, 1)
            model = Model(open_store(there), leaf.failures, leaf.late, "hunter2")
            try:
                random = Random(seed)
                for _ in range(KILLS):
                    killed_under_way(model, random, proxy, kill, again)
            except Exception as error:
                error.add_note("\n".join(["the last steps were:", *model.story[-20:]]))
                raise
    assert model.failed >= KILLS


def killed_under_way(model: Model, random: Random, proxy: Proxy, kill: Callable[[], None], again: Again) -> None:
    """Writes; one within which the server is killed; failures while it is gone; then as before."""
    write(model, random, 8)
    proxy.on_strike = kill
    proxy.arm(Fault("cut", random.choice(["up", "down"]), random.choice([0, 10, 200])))
    write(model, random, 1)
    if not proxy.calm():  # there were not as many bytes
        kill()
    write(model, random, 2)
    proxy.target = again()
    for ref in REFS:
        until_it_works(model, ref)
    model.refs(Ref(), None)


def write(model: Model, random: Random, count: int) -> None:
    for _ in range(count):
        ref, value = random.choice(REFS), random.randbytes(random.choice([0, 100, 70_000]))
        verb = random.choice(["put", "put", "merge", "delete", "create"])
        if verb == "create" and "swaps" not in getattr(model.store, "without", {}):
            model.swap(ref, MISSING, value)
        elif verb == "delete":
            model.delete(ref)
        else:
            model.put(ref, value)


def until_it_works(model: Model, ref: Ref) -> None:
    """At once, or at the second time where a connection turns out to be lost when it is used."""
    for _ in range(3):
        failed = model.failed
        model.get(ref)
        if model.failed == failed:
            return
    raise AssertionError("it does not work again, though the server is back")
