"""One published number, repeated: what S2 compression costs, which MinIO gives as 500 MB/s of each core or more."""

from __future__ import annotations

import os
import random
import statistics
import time
from urllib.request import Request, urlopen

from lab.asking import get
from lab.records import measured
from lab.servers import BUCKET, Server, minio
from lab.step import Lab, Step

RUNS = 7
PUBLISHED = 500  # MB/s of each core, at least
SIZE = 96 << 20  # bytes; written again and again under one key
ON, OFF = "log.txt", "log.raw"  # MinIO compresses by the name's ending


def published_number(lab: Lab) -> None:
    """The same log of 96 MiB is put with and without compression, seven times each, in turns, over one drive.

    What compression costs is the difference of processor time of the server; the wall clock has everything else in it.
    """
    server = minio(lab, env={"MINIO_COMPRESSION_ENABLE": "on", "MINIO_COMPRESSION_EXTENSIONS": ".txt"}).start()
    data = log(SIZE)
    lab.expect(
        "compressed, and still read as it was",
        [once(server, ON, data)[0] > 0, get(server.s3(), ON, data)] == [True, "200 right"],
    )
    size = sum(path.stat().st_size for path in (server.folders[0] / BUCKET / ON).rglob("part.*"))
    lab.saw(f"{SIZE} bytes are {size} on disk")
    taken = {key: [once(server, key, data) for _ in range(1)] for key in (ON, OFF)}
    for _ in range(RUNS):
        for key in (ON, OFF):
            taken[key].append(once(server, key, data))
    runs = {key: several[1:] for key, several in taken.items()}
    bare = statistics.median(cpu for _, cpu in runs[OFF])
    speeds = [SIZE / 1e6 / max(cpu - bare, 1e-3) for _, cpu in runs[ON]]
    command = "make lab SYSTEM=minio STEP=published-number"
    lab.numbers = [measured("compression.per-core", speeds, "MB/s of one core, for compression alone", command)]
    for name, key in (("compression.put", ON), ("plain.put", OFF)):
        walls = [SIZE / 1e6 / wall for wall, _ in runs[key]]
        lab.numbers.append(measured(name, walls, f"MB/s of one PUT by the clock{busy()}", command))
    for each in lab.numbers:
        lab.saw(f"{each['id']}: median {each['median']} {each['unit']}, spread {each['spread']}, {each['runs']} runs")
    median = statistics.median(speeds)
    lab.expect(
        "at least a third of what is published, for a core may be slower here",
        median * 3 >= PUBLISHED,
        f"{median:.0f} MB/s",
    )
    reached = "reached" if median >= PUBLISHED else "not reached"
    lab.saw(f"published: {PUBLISHED} MB/s of a core or more, which is {reached} here")
    lab.saw(
        "a difference is not measured further: the published number is of machine-made content, on a machine not named;"
    )
    lab.saw(
        f"this log, of which {size / SIZE:.0%} is left, may compress worse, and one core here is a virtual one, shared."
    )
    lab.saw("The clock has MD5 for the ETag, HighwayHash, loopback and the disk in it as well.")


def busy() -> str:
    """What is said of a number by the clock when others want the machine too; else nothing."""
    return ", on a machine busy with other work" if os.getloadavg()[0] > (os.cpu_count() or 1) + 2 else ""


def log(size: int) -> bytes:
    """Lines as machines write them: a time, a level, a path, a few numbers; from a fixed seed."""
    dice, lines, total = random.Random(1), [], 0  # noqa: S311  # text to compress, no secret
    while total < size // 8:
        number = dice.randrange(10**6)
        lines.append(
            f"2026-11-21T{dice.randrange(24):02}:{dice.randrange(60):02}:{dice.randrange(60):02}.{number:06}Z "
            f"{dice.choice(['INFO', 'INFO', 'WARN', 'ERROR'])} request id={dice.randrange(16**12):012x} "
            f"path=/{dice.choice(['a', 'bucket', 'video'])}/{number % 977} status={dice.choice([200, 200, 404])}\n"
        )
        total += len(lines[-1])
    return ("".join(lines).encode() * 9)[:size]


def once(server: Server, key: str, data: bytes) -> tuple[float, float]:
    """One PUT without a signed body: seconds on the clock, seconds of the server's processor time."""
    url = server.s3().generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": key})
    cpu, began = server.process.cpu(), time.monotonic()
    with urlopen(Request(url, data, method="PUT"), timeout=60) as answer:  # noqa: S310  # http, of 127.0.0.1
        answer.read()
    return time.monotonic() - began, server.process.cpu() - cpu


STEPS = [
    Step(
        "published-number",
        "compression takes 500 MB in a second of one core, as published, or a third of that where cores are slower",
        published_number,
        240,
    )
]
