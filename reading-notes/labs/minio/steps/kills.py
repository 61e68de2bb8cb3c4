"""kill -9: what is there afterwards. The kernel and its page cache go on: this is no power cut, see `power`."""

from __future__ import annotations

import signal
import socket
import threading
from functools import partial

from lab.asking import bits, get, keys, put
from lab.process import until
from lab.servers import BUCKET, Server, minio
from lab.step import Lab, Step

from ..formats.drive import tree

OLD, NEW = bits(1 << 20, "old"), bits(8 << 20, "new")
COUNT = 50


def kill_mid_put(lab: Lab) -> None:
    """A client has sent half of a new value when the server is killed; it is started again over the same drives."""
    server = minio(lab, drives=4).start()
    put(server.s3(), "o", OLD)
    half = half_a_put(server)
    lab.expect("half of the new value is on its way to the drives", until(lambda: bool(uploads(server)), 20))
    for line in uploads(server):
        lab.saw(f"in the middle: {line}")
    server.process.stop(signal.SIGKILL)
    half.close()
    server.start()
    client = server.s3()
    lab.expect("the old value is there, whole", (said := get(client, "o", OLD)) == "200 right", said)
    lab.expect("and takes a new one", [put(client, "o", NEW), get(client, "o", NEW)] == ["200", "200 right"])
    lab.expect(
        "what was uploaded is swept away after the start", until(lambda: not uploads(server), 45), uploads(server)
    )


def half_a_put(server: Server) -> socket.socket:
    """A signed PUT of which only half the body is sent; the socket stays open."""
    url = server.s3().generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": "o"})
    host, _, port = server.address.partition(":")
    line = socket.create_connection((host, int(port)), timeout=30)
    path = url.partition(server.address)[2]
    line.sendall(f"PUT {path} HTTP/1.1\r\nHost: {server.address}\r\nContent-Length: {len(NEW)}\r\n\r\n".encode())
    line.sendall(NEW[: len(NEW) // 2])
    return line


def uploads(server: Server) -> list[str]:
    """Part files in .minio.sys/tmp of a PUT that is not finished, or never was; the trash has old values."""
    found = [line for folder in server.folders for line in tree(folder / ".minio.sys" / "tmp")]
    return [line for line in found if "part." in line and not line.startswith(".trash/")]


def kill_after_ack(lab: Lab) -> None:
    """Fifty PUTs are answered 200, then the server is killed at once; started again, all are read."""
    server = minio(lab, drives=4).start()
    client = server.s3()
    sent = {f"o{n}": bits(1000 + n * 12_000, str(n)) for n in range(COUNT)}
    lab.expect("all answered 200", {put(client, key, data) for key, data in sent.items()} == {"200"})
    server.process.stop(signal.SIGKILL)
    server.start()
    client = server.s3()
    there = sum(get(client, key, data) == "200 right" for key, data in sent.items())
    lab.expect(f"{COUNT} of {COUNT} are there and right", there == COUNT, there)
    lab.expect("and listed", len(keys(client)) == COUNT, len(keys(client)))


def kill_while_writing(lab: Lab) -> None:
    """Four clients write, each its own key again and again, until the server is killed: five rounds."""
    server, wrong = minio(lab, drives=4).start(), []
    for kill in range(5):
        told: dict[str, int] = {}
        writers = [threading.Thread(target=write, args=(server, f"k{n}", told)) for n in range(4)]
        for writer in writers:
            writer.start()
        until(partial(enough, told, 3 + kill), 30)
        server.process.stop(signal.SIGKILL)
        for writer in writers:
            writer.join()
        server.start()
        found = {key: generation(server, key) for key in told}
        wrong += [
            f"{key}: {found[key]} after {last}" for key, last in told.items() if found[key] not in {last, last + 1}
        ]
        lab.saw(f"kill {kill + 1}: acknowledged {sorted(told.values())}, found {sorted(found.values())}")
    lab.expect(
        "each key holds its last acknowledged value, or the one that was being written", not wrong, wrong or "always"
    )


def enough(told: dict[str, int], count: int) -> bool:
    """Have all four writers been answered so often?"""
    return len(told) == 4 and min(told.values()) >= count


def write(server: Server, key: str, told: dict[str, int]) -> None:
    """Put value 1, 2, 3 ... until one is not acknowledged."""
    client, number = server.s3(), 1
    while put(client, key, value(key, number)) == "200":
        told[key] = number
        number += 1


def value(key: str, number: int) -> bytes:
    """A value that says which it is, too long to be inline."""
    return f"{key} {number} ".encode() + bits(300_000, f"{key}{number}")


def generation(server: Server, key: str) -> int:
    """Which value is there, whole; -1 if it is none of those that were sent."""
    body = server.s3().get_object(Bucket=BUCKET, Key=key)["Body"].read()
    number = int(body.split(b" ", 2)[1])
    return number if body == value(key, number) else -1


STEPS = [
    Step("kill-mid-put", "a PUT that was cut short leaves the old value, and rubbish that is swept", kill_mid_put, 180),
    Step("kill-after-ack", "what was acknowledged survives the process", kill_after_ack, 180),
    Step("kill-while-writing", "each key is before or after, nothing else", kill_while_writing, 240),
]
