"""Containers: reached over 127.0.0.1 alone, known by labels, built again when their folder changes."""

import os
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from provision import containers, programs
from provision.kind import Failed
from provision.plan import KINDS, Choice, allowed
from provision.run import Run


@pytest.fixture(scope="session")
def engine():
    """The container engine, where the order of the search allows one; where it is required its absence is an error."""
    if "container" not in allowed(os.environ):
        pytest.skip("STORAGE_ENGINE=embedded: no container is started")
    try:
        return containers.engine()
    except Failed as error:
        if os.environ.get("STORAGE_REQUIRE_CONTAINERS") or os.environ.get("STORAGE_ENGINE") == "containers":
            raise
        pytest.skip(str(error))


@pytest.fixture
def run(engine, tmp_path):
    run = Run(f"test-{os.getpid()}", tmp_path / "run", {k.name: Choice(k.name, "container", "") for k in KINDS})
    run.folder.mkdir()
    yield run
    run.stop()
    assert not labelled(engine, run.name)


def labelled(engine, name):
    chosen = {"filters": {"label": f"{containers.RUN}={name}"}}
    return engine.containers.list(all=True, **chosen) + engine.networks.list(**chosen)


def listening(port):
    """The addresses, in hexadecimal, at which this machine listens on `port`, by both versions of IP."""
    lines = [line.split() for path in ("tcp", "tcp6") for line in Path("/proc/net", path).read_text().splitlines()[1:]]
    return [line[1].partition(":")[0] for line in lines if line[3] == "0A" and line[1].endswith(f":{port:04X}")]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_server_is_published_on_the_loopback_address_alone_and_is_what_its_image_says(run, kind):
    with run.server(kind) as server:
        told = containers.engine().api.inspect_container(server.container)
    bound = [one for ports in told["NetworkSettings"]["Ports"].values() for one in ports or []]
    assert [one["HostIp"] for one in bound] == ["127.0.0.1"]
    assert listening(int(bound[0]["HostPort"])) == ["0100007F"]
    assert f"127.0.0.1:{bound[0]['HostPort']}" in server.url
    assert told["State"]["Health"]["Status"] == "healthy"
    if kind.name != "s3":  # MinIO built from source knows no version
        assert server.what == " ".join(kind.asked(server.url).split()[:2])


@pytest.mark.parametrize("hosts", [["0.0.0.0"], ["127.0.0.1", "::"], []])
def test_a_port_that_is_published_elsewhere_or_not_at_all_is_refused(hosts, monkeypatch):
    bound = [{"HostIp": host, "HostPort": "1234"} for host in hosts]
    api = SimpleNamespace(port=lambda container, port: bound or None)
    monkeypatch.setattr(containers, "engine", lambda: SimpleNamespace(api=api))
    with pytest.raises(Failed, match=r"not on 127\.0\.0\.1 alone"):
        containers.address("some id", 80)


def test_what_others_started_stays(run, engine):
    with run.server(KINDS[1]) as server:
        containers.remove("test-somebody-else")
        assert containers.running(server.container)


def test_only_old_leftovers_are_swept_away_and_never_those_of_make_up(engine, monkeypatch):
    names = ["test-old", "test-new", f"{containers.KEPT}test"]
    for name, began in zip(names, (1, 4e9, 1), strict=True):
        labels = {containers.RUN: name, containers.BEGAN: str(int(began))}
        engine.networks.create(f"{name}-{os.getpid()}", labels=labels)
    try:
        containers.sweep()
        assert [bool(labelled(engine, name)) for name in names] == [False, True, True]
    finally:
        for name in names:
            containers.remove(name)


def test_an_edited_folder_is_another_image(tmp_path, monkeypatch):
    monkeypatch.setattr(containers, "DOCKER", tmp_path)
    (tmp_path / "toy").mkdir()
    file = tmp_path / "toy" / "Dockerfile"
    file.write_text('FROM scratch\nLABEL storage-combinators.version="Toy 1"\n')
    before = containers.tag("toy")
    assert containers.tag("toy") == before
    assert containers.version("toy") == "Toy 1"
    file.write_text('FROM scratch\nLABEL storage-combinators.version="Toy 2"\n')
    assert containers.tag("toy") != before


def test_an_image_that_does_not_build_says_so_with_its_last_lines(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(containers, "DOCKER", tmp_path)
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "Dockerfile").write_text("FROM debian:bookworm-slim\nRUN echo no such luck && exit 7\n")
    with pytest.raises(Failed, match=r"docker/toy does not build: .*non-zero code: 7.*no such luck"):
        containers.image("toy")


@pytest.mark.parametrize("folder", [*(kind.image for kind in KINDS), "runner"])
def test_a_dockerfile_needs_no_more_than_the_plain_builder_and_the_public_base_images(folder):
    text = (containers.DOCKER / folder / "Dockerfile").read_text()
    bases = {line.split()[1] for line in text.splitlines() if line.startswith("FROM")}
    assert bases <= {"debian:bookworm-slim", "golang:1.26-bookworm", "python:3.11-slim-bookworm"}
    assert "# syntax" not in text
    assert "--mount" not in text
    assert "HEALTHCHECK" in text


def test_a_free_port_is_free():
    with socket.socket() as server:
        server.bind(("127.0.0.1", programs.free_port()))
