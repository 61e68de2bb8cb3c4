"""Containers over testcontainers: an image for each folder of docker/, bound to 127.0.0.1, known by labels."""

import gc
import re
import sys
import time
import warnings
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import docker
from docker.errors import BuildError, DockerException, ImageNotFound, NotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network
from testcontainers.core.wait_strategies import HealthcheckWaitStrategy

from provision.kind import Failed

DOCKER = Path(__file__).parents[2] / "docker"
RUN, BEGAN = "storage-combinators.run", "storage-combinators.began"
KEPT = "up-"  # how the runs of `make up` begin, which nobody sweeps away
OLD = 12 * 3600  # seconds after which what a killed run of tests left behind is removed
LOOPBACK = {"com.docker.network.bridge.host_binding_ipv4": "127.0.0.1"}

# Its reaper removes a container as soon as the process that started it ends: here the other workers still use it.
testcontainers_config.ryuk_disabled = True


@cache
def engine() -> Any:
    """The container engine. Failed when there is none."""
    try:
        client = docker.from_env()
        client.ping()
        return client
    except DockerException as error:
        why = str(error)
    with warnings.catch_warnings():  # the client leaves its sockets open where nobody answers
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
    raise Failed(f"no container engine answers: {why}")


def version(folder: str) -> str:
    """What the image of docker/`folder` says it is, before it is built."""
    return re.findall(
        r'^LABEL storage-combinators\.version="(.*)"$', (DOCKER / folder / "Dockerfile").read_text(), re.M
    )[0]


def tag(folder: str) -> str:
    """The image's name; its tag is of the folder's content, so that an edited Dockerfile is another image."""
    digest = sha256()
    for path in sorted(path for path in (DOCKER / folder).rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(DOCKER)} {path.stat().st_mode & 0o111} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return f"storage-combinators/{folder}:{digest.hexdigest()[:12]}"


def image(folder: str) -> str:
    """The tag of the image of docker/`folder`, built when it is missing. Failed, with its last lines."""
    name = tag(folder)
    try:
        engine().images.get(name)
    except ImageNotFound:
        print(f"building docker/{folder} (once; minio takes 5 to 15 minutes)", file=sys.stderr, flush=True)
        build(folder, name)
    return name


def build(folder: str, name: str) -> None:
    try:
        engine().images.build(path=str(DOCKER / folder), tag=name, rm=True, forcerm=True)
    except BuildError as error:
        last = [line["stream"].strip() for line in error.build_log if line.get("stream", "").strip()][-3:]
        raise Failed(f"docker/{folder} does not build: {error.msg} after {' | '.join(last)}") from None


def start(folder: str, port: int, run: str, env: Mapping[str, str], volumes: Mapping[str, str]) -> tuple[str, str]:
    """A healthy container of docker/`folder`: its id, and the host:port of this machine that leads to its `port`."""
    name = image(folder)
    labels = {RUN: run, BEGAN: str(int(time.time()))}
    network = Network(docker_network_kw={"labels": labels, "options": LOOPBACK}).create()
    container = DockerContainer(name, env=dict(env), ports=[port], network=network, labels=labels)
    for here, there in volumes.items():
        container.with_volume_mapping(here, there, "ro")
    container.waiting_for(HealthcheckWaitStrategy().with_poll_interval(0.2).with_startup_timeout(120))
    try:
        container.start()
    except (RuntimeError, TimeoutError) as error:
        raise Failed(f"the container of docker/{folder} does not get healthy: {error}") from None
    return container.get_container_id(), address(container.get_container_id(), port)


def address(container: str, port: int) -> str:
    """Where `port` of the container is published. Failed unless that is on 127.0.0.1 and nowhere else."""
    bound = engine().api.port(container, port) or []
    if [one["HostIp"] for one in bound] != ["127.0.0.1"]:
        raise Failed(f"port {port} is published at {bound}, not on 127.0.0.1 alone")
    return f"127.0.0.1:{bound[0]['HostPort']}"


def remove(run: str) -> None:
    """Remove every container and network of `run`, running or not."""
    for container in engine().containers.list(all=True, filters={"label": f"{RUN}={run}"}):
        gone(container.remove, force=True, v=True)
    for network in engine().networks.list(filters={"label": f"{RUN}={run}"}):
        gone(network.remove)


def sweep() -> None:
    """Remove what runs of tests that were killed left behind long ago."""
    kept = engine().containers.list(all=True, filters={"label": RUN}) + engine().networks.list(filters={"label": RUN})
    for thing in kept:
        labels = thing.attrs.get("Labels") or thing.labels
        if not labels[RUN].startswith(KEPT) and time.time() - int(labels[BEGAN]) > OLD:
            remove(labels[RUN])


def gone(remove: Any, **options: Any) -> None:
    try:
        remove(**options)
    except NotFound:  # somebody else was faster, which is what was wanted
        pass


def running(container: str) -> bool:
    try:
        return engine().containers.get(container).status == "running"
    except NotFound:
        return False
