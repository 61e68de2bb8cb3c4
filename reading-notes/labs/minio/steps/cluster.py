"""The smallest cluster: four servers of one drive each, all on this machine, which make one set of two and two."""

from __future__ import annotations

import signal
import statistics
import time
from dataclasses import replace
from typing import Any
from urllib.request import Request, urlopen

from lab.asking import bits, get, put
from lab.process import free_port, last_line, start, tried, until
from lab.records import measured
from lab.servers import BUCKET, Server, minio
from lab.step import Lab, NotRun, Step

from .numbers import busy

NODES = 4
DATA = bits(3 << 20)
RUNS, SMALL, EACH, LARGE = 7, 4096, 50, 16 << 20  # runs; bytes of a small object, how many in a run; bytes of a large


def cluster(lab: Lab) -> list[Server]:
    """Four servers that find each other by port. NotRun if they do not.

    Which drive is whose cannot be told by the host, which is the same for all: each server is told its own.
    """
    model = minio(lab, drives=NODES)
    at = [f"127.0.0.1:{free_port()}" for _ in range(NODES)]
    drives = [f"http://{address}{folder}" for address, folder in zip(at, model.folders, strict=True)]
    nodes = []
    for number, address in enumerate(at, 1):
        command = [model.command[0], "server", "--address", address, *drives]
        env = model.env | {"_MINIO_SERVER_LOCAL": address}
        nodes.append(replace(model, name=f"node{number}", address=address, command=command, env=env))
    for node in nodes:
        node.program = start(lab, node.name, node.command, node.env, lambda: None)
    if not until(lambda: all(tried(node.ready) for node in nodes), 90):
        raise NotRun(f"the four servers do not find each other: {last_line(nodes[0].process.log)}")
    return nodes


def nodes_away(lab: Lab) -> None:
    """Four servers of one drive each; one is killed, then a second; then both come back."""
    nodes = cluster(lab)
    clients = [node.s3() for node in nodes]
    put(clients[0], "before", DATA)
    answers = [get(client, "before", DATA) for client in clients]
    lab.expect("what one takes each gives", answers == ["200 right"] * NODES, answers)
    nodes[3].process.stop(signal.SIGKILL)
    lab.expect("one killed: GET goes on", served(clients[0]))
    lab.expect("and PUT", until(lambda: put(clients[1], "during", DATA) == "200", 30))
    nodes[2].process.stop(signal.SIGKILL)
    lab.expect("two killed: GET goes on", served(clients[0]))
    told = put(clients[0], "never", DATA)
    lab.expect("PUT is refused", told.startswith("503"), told)
    lab.expect("the cluster says that it is not well", until(lambda: healthy(nodes[0]) == 503, 30))
    for node in nodes[2:]:
        node.program = start(lab, node.name, node.command, node.env, lambda: None)
    lab.expect("both back: PUT goes on", until(lambda: put(clients[3], "after", DATA) == "200", 60))
    missed = nodes[0].folders[3] / BUCKET / "during" / "xl.meta"
    lab.saw(f"half a minute later the fourth has what it missed: {until(missed.exists, 30)}")
    lab.expect("a read gets it put there", until(lambda: served(clients[0], "during") and missed.exists(), 60))


def served(client: object, key: str = "before") -> bool:
    """Is the object given right, perhaps after a moment?"""
    return until(lambda: get(client, key, DATA) == "200 right", 30)


def healthy(node: Server) -> int:
    """The status that the server gives of its cluster's health."""
    return node.page("/minio/health/cluster")[0]


def base_numbers(lab: Lab) -> None:
    """One client asks one of four servers of one drive each: small objects one after the other, and large ones."""
    taken = timed(cluster(lab)[0].s3())
    for name, several in taken.items():
        little, verb = "small" in name, name[:3].upper()
        values = [each * 1e3 if little else LARGE / 1e6 / each for each in several]
        unit = f"ms for one {verb} of 4 KiB" if little else f"MB/s of one {verb} of 16 MiB"
        command = "make lab SYSTEM=minio STEP=base-numbers"
        lab.numbers.append(measured(f"base.{name}", values, f"{unit}{busy()}", command))
    for each in lab.numbers:
        lab.saw(f"{each['id']}: median {each['median']} {each['unit']}, spread {each['spread']}, {each['runs']} runs")
    waits = statistics.median(taken["put-small"]) > statistics.median(taken["get-small"])
    lab.expect("a small PUT, which waits for three drives, costs more than a small GET", waits)
    lab.saw("four servers on one machine share its cores and its disk: this is a floor, not what four machines do")


def timed(client: Any) -> dict[str, list[float]]:
    """Seconds of one request, a value for each run; of small objects the mean of as many as a run has."""
    small, large = bits(SMALL), bits(LARGE)
    taken: dict[str, list[float]] = {name: [] for name in ("put-small", "get-small", "put-large", "get-large")}
    for run in range(RUNS + 1):
        names = [f"s{run}-{n}" for n in range(EACH)]
        seconds = {
            "put-small": sum(asked(client, "put_object", name, small) for name in names) / EACH,
            "get-small": sum(asked(client, "get_object", name, small) for name in names) / EACH,
            "put-large": asked(client, "put_object", f"l{run}", large),
            "get-large": asked(client, "get_object", f"l{run}", large),
        }
        for name in taken if run else ():  # the first run opens files and connections
            taken[name].append(seconds[name])
    return taken


def asked(client: Any, verb: str, name: str, data: bytes) -> float:
    """Seconds of one request without a signed body; OSError for an answer that is not the data."""
    url = client.generate_presigned_url(verb, Params={"Bucket": BUCKET, "Key": name})
    request = Request(url, data, method="PUT") if verb == "put_object" else Request(url)  # noqa: S310  # 127.0.0.1
    began = time.monotonic()
    with urlopen(request, timeout=60) as answer:  # noqa: S310  # http, of 127.0.0.1
        found = answer.read()
    taken = time.monotonic() - began
    if verb == "get_object" and found != data:
        raise OSError(f"GET of {name} answers other bytes than were put")
    return taken


STEPS = [
    Step("nodes-away", "four servers go on without one of them, and without two they only read", nodes_away, 400),
    Step("base-numbers", "a small PUT costs more than a small GET, since it waits for drives", base_numbers, 400),
]
