"""One server with all roles: an object in its volume, and what damage to the volume does."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from lab.asking import bits, get, keys, put
from lab.process import said, until
from lab.servers import BUCKET, Server, weed
from lab.step import Lab, NotRun, Step

from ..volume import Needle, indexed, needles

DATA = bits(100_020)
COUNT = 50


def started(lab: Lab) -> Server:
    """A server that takes objects, which is some seconds after it answers."""
    server = weed(lab).start()
    until(lambda: put(server.s3(), "warm", b"up") == "200", 60)
    return server


def place_of(server: Server, data: bytes) -> tuple[Path, Needle]:
    """The .dat file that holds `data`, and the needle in it; NotRun if it is in none."""
    for path in sorted(server.folders[0].glob(f"{BUCKET}_*.dat")):
        for needle in needles(path):
            if needle.data == data:
                return path, needle
    raise NotRun("no volume holds the object's bytes as they were sent")


def start(lab: Lab) -> None:
    """Master, volume server, filer and gateway start as one process over one folder."""
    server = started(lab)
    heard = server.process.listens()
    lab.expect("told 127.0.0.1, it is heard on this machine only", set(heard) <= {"127.0.0.1", "::1"}, heard)
    answers = [put(server.s3(), "o", DATA), get(server.s3(), "o", DATA)]
    lab.expect("an object is stored and read", answers == ["200", "200 right"], answers)
    for path in sorted(server.folders[0].iterdir()):
        if path.is_file() and path.stat().st_size:
            lab.saw(f"{path.name} {path.stat().st_size}")


def needle(lab: Lab) -> None:
    """One object, found in its volume by our own reader: needle, check sum, index."""
    server = started(lab)
    put(server.s3(), "o", DATA)
    path, found = place_of(server, DATA)
    lab.saw(f"{path.name}: needle {found.id}, cookie {found.cookie:08x}")
    lab.saw(f"its data begins at {found.at}, its CRC-32C is {found.checksum:08x}")
    lab.expect("the check sum is that of the bytes", found.sound)
    wide = "8000GB" in said(lab.program("weed"), "version")  # built for volumes above 32 GB: offsets of five bytes
    index = indexed(path.with_suffix(".idx"), wide)
    lab.expect(f"its index has it, {17 if wide else 16} bytes an entry", index[found.id][0] == found.at - 20)


def flip(path: Path, at: int) -> None:
    """Change one byte of a file in place."""
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 0xFF]))


def bit_flip(lab: Lab) -> None:
    """One byte in the needle of an object that nobody has read yet."""
    server = started(lab)
    put(server.s3(), "o", DATA)
    server.process.stop()  # so that nothing of it is cached
    path, found = place_of(server, DATA)
    flip(path, found.at + 1000)
    server.start()
    until(lambda: put(server.s3(), "warm", b"up") == "200", 60)
    told = get(server.s3(), "o", DATA)
    lab.expect("no wrong byte is served as right", told != "200 right" and "WRONG" not in told, told)
    flip(path, found.at + 1000)
    lab.expect("the byte turned back: right again", until(lambda: get(server.s3(), "o", DATA) == "200 right", 60))


def cache_hides_damage(lab: Lab) -> None:
    """The object is read, then one byte of its needle is changed, then it is read again through the S3 gateway."""
    server = started(lab)
    put(server.s3(), "o", DATA)
    lab.expect("before: right", get(server.s3(), "o", DATA) == "200 right")
    path, found = place_of(server, DATA)
    flip(path, found.at + 1000)
    lab.expect("the volume is damaged", not next(n for n in needles(path) if n.id == found.id).sound)
    told = get(server.s3(), "o", DATA)
    lab.saw(f"after: {told}; commit cc8364a03 answered 200 right here, from a cache in the gateway")
    lab.expect("since then, what the volume has lost is not served from a cache", told.startswith("5"), told)


def cut_volume(lab: Lab) -> None:
    """Fifty objects; while the server is down a volume loses its last 60,000 bytes."""
    server, sent = filled(lab)
    server.process.stop()
    path = max(server.folders[0].glob(f"{BUCKET}_*.dat"), key=lambda each: each.stat().st_size)
    os.truncate(path, path.stat().st_size - 60_000)
    server.start()
    ready = until(lambda: put(server.s3(), "warm", b"up") == "200", 60)
    lab.expect("it starts, and takes new objects", ready)
    lost = [key for key, data in sent.items() if get(server.s3(), key, data) != "200 right"]
    lab.expect("only what was in the part that is gone is lost", 1 <= len(lost) <= 2, lost)
    listed = keys(server.s3())
    lab.expect("and is still listed", set(lost) <= set(listed), [key for key in lost if key not in listed] or "all")


def index_missing(lab: Lab) -> None:
    """Fifty objects; while the server is down one .idx file is removed."""
    server, sent = filled(lab)
    server.process.stop()
    path = max(server.folders[0].glob(f"{BUCKET}_*.idx"), key=lambda each: each.stat().st_size)
    path.unlink()
    up = starts(lab, server)
    lab.saw("commit cc8364a03 ended here, with every role that it has, for one missing file")
    lab.expect("this version starts", up)
    there = sum(get(server.s3(), key, data) == "200 right" for key, data in sent.items()) if up else 0
    lab.expect(f"and has {COUNT} of {COUNT}", there == COUNT, there)
    lab.expect("since it has made the index anew", path.exists(), path.name)


def starts(lab: Lab, server: Server) -> bool:
    """Does it start, and take an object?"""
    try:
        server.start()
    except NotRun as reason:
        lab.saw(str(reason)[:200])
        return False
    return until(lambda: put(server.s3(), "warm", b"up") == "200", 30)


def filled(lab: Lab) -> tuple[Server, dict[str, bytes]]:
    """A server with fifty objects that were all acknowledged."""
    server = started(lab)
    sent = {f"o{n}": bits(100_000, str(n)) for n in range(COUNT)}
    client = server.s3()
    lab.expect("fifty PUTs are answered 200", {put(client, key, data) for key, data in sent.items()} == {"200"})
    return server, sent


def kill_after_ack(lab: Lab) -> None:
    """Fifty PUTs are answered 200, then kill -9, then a start over the same folder."""
    server, sent = filled(lab)
    server.process.stop(signal.SIGKILL)
    server.start()
    until(lambda: put(server.s3(), "warm", b"up") == "200", 60)
    there = sum(get(server.s3(), key, data) == "200 right" for key, data in sent.items())
    lab.expect(f"{COUNT} of {COUNT} are there: the kernel had them", there == COUNT, there)


STEPS = [
    Step("start", "one process is enough; many ports, all on this machine", start, 180),
    Step("needle", "an object of one chunk is one needle, its bytes as they were sent", needle, 180),
    Step("bit-flip", "the check sum is looked at on every read from a volume", bit_flip, 240),
    Step("cache-hides-damage", "damage is seen by the next read of an object that was read", cache_hides_damage, 180),
    Step("cut-volume", "the last needle is lost, and nobody is told", cut_volume, 240),
    Step("index-missing", "without an index the server starts, and makes it anew", index_missing, 300),
    Step(
        "kill-after-ack", "what was acknowledged survives the process, though nothing was synced", kill_after_ack, 240
    ),
]
