"""Folders that vanish from drives: what is put back, and what a read removes for good."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from lab.asking import bits, get, keys, put
from lab.process import until
from lab.servers import BUCKET, Server, minio
from lab.step import Lab, Step

from ..damage import away, back, intact
from ..formats.drive import tree

DATA = bits(1 << 20)
EMPTY = 60.0  # seconds; a server looks for drives without a format every 10


def object_away(lab: Lab) -> None:
    """The object's folder vanishes from one of four drives, and of a second object from two."""
    server = minio(lab, drives=4).start()
    client = server.s3()
    for key, count in (("one", 1), ("two", 2)):
        put(client, key, DATA)
        for folder in server.folders[:count]:
            away(lab, folder / BUCKET / key)
    lab.expect("on 1 of 4: GET is right", (said := get(client, "one", DATA)) == "200 right", said)
    healed = until(lambda: all(intact(server, "one")), 30)
    lab.expect("and the read gets it put back", healed, intact(server, "one"))
    lab.expect("on 2 of 4: GET is right", (said := get(client, "two", DATA)) == "200 right", said)
    healed = until(lambda: get(client, "two", DATA) == "200 right" and all(intact(server, "two")), 30)
    lab.expect("and reads do not get it put back", not healed, intact(server, "two"))


def most_away(lab: Lab) -> None:
    """The object's folder is moved off three of four drives, which stay what they are otherwise; then it is read."""
    server = minio(lab, drives=4).start()
    client = server.s3()
    put(client, "o", DATA)
    for folder in server.folders[:3]:
        away(lab, folder / BUCKET / "o")
    lab.expect("before the read, the fourth drive has its share", intact(server, "o") == [False, False, False, True])
    answers = read_until_gone(client, lambda: held(server, "o"))
    lab.expect("every GET: 404", set(answers) == {"404 NoSuchKey"}, answers[-1])
    lab.expect("a GET has deleted the last share, which was healthy", not held(server, "o"), f"{len(answers)} GETs")
    lab.saw(f"left of it: {tree(server.folders[3] / BUCKET)}")
    lab.expect("LIST does not show it", keys(client) == [], keys(client))
    for folder in server.folders[:3]:
        back(lab, folder / BUCKET / "o")
    said = get(client, "o", DATA)
    lab.expect("the three that were away come back: readable again, from three", said == "200 right", said)


def five_of_sixteen(lab: Lab) -> None:
    """Sixteen drives, twelve shares of data and four of parity: objects are moved off five, read, and put back."""
    server = minio(lab, drives=16).start()
    client = server.s3()
    for key in ("one", "two", "three"):
        put(client, key, DATA)
        for folder in server.folders[:5]:
            away(lab, folder / BUCKET / key)
        lab.expect(f"{key}: sound shares before the read", (n := sum(intact(server, key))) == 11, n)
        answers = read_until_gone(client, partial(held, server, key), key)
        lab.expect("the first GET: 404", answers[0] == "404 NoSuchKey", answers[0])
        lab.expect("sound shares afterwards: none", not held(server, key), f"{held(server, key)}, {len(answers)} GETs")
        for folder in server.folders[:5]:
            back(lab, folder / BUCKET / key)
        said = get(client, key, DATA)
        lab.expect("the five come back, too few to read from: lost", said.startswith("404"), said)


def empty_disks(lab: Lab) -> None:
    """Empty folders take the place of drives, as wrong disks would: five of sixteen unread, then three of four read."""
    server = emptied(lab, 16, 5)
    until(lambda: not held(server, "o"), EMPTY)
    lab.expect("5 of 16 are empty, nobody reads: the server makes them drives of its own", formatted(server, 5) == 5)
    lab.expect("and has deleted the eleven sound shares", not held(server, "o"), held(server, "o"))
    said = get(server.s3(), "o", DATA)
    lab.expect("the first read, when all is over: 404", said == "404 NoSuchKey", said)
    server.process.stop()
    for folder in server.folders[:5]:
        back(lab, folder)
    said = get(server.start().s3(), "o", DATA)
    lab.expect("restarted with the right five disks, too few to read from: lost", said.startswith("404"), said)
    server.process.stop()
    server = emptied(lab, 4, 3)
    answers = sorted({*read_until_gone(server.s3(), lambda: held(server, "o"))})
    lab.expect("3 of 4 are empty, half a minute of reads: no GET finds it", "200 right" not in answers, answers)
    lab.expect("none is formatted: too few are left to agree on it", not formatted(server, 3), formatted(server, 3))
    lab.expect("and the sound share is there", held(server, "o") == 1, held(server, "o"))


def emptied(lab: Lab, drives: int, count: int) -> Server:
    """A server with an object, of which `count` drives are empty folders from now on."""
    server = minio(lab, drives=drives, name=f"minio{drives}").start()
    put(server.s3(), "o", DATA)
    for folder in server.folders[:count]:
        away(lab, folder)
        folder.mkdir()
    return server


def formatted(server: Server, count: int) -> int:
    """How many of the first `count` drives the server has made its own (again)."""
    return sum((folder / ".minio.sys" / "format.json").exists() for folder in server.folders[:count])


def held(server: Server, key: str) -> int:
    """How many drives have a share of it."""
    return sum((folder / BUCKET / key / "xl.meta").exists() for folder in server.folders)


def read_until_gone(client: Any, left: Callable[[], int], key: str = "o") -> list[str]:
    """Read until no share is left, 30 s at most: a GET looks for them only if every drive answered in time."""
    answers: list[str] = []

    def gone() -> bool:
        answers.append(get(client, key, DATA))
        return not left()

    until(gone, 30)
    return answers


STEPS = [
    Step("object-away", "a read mends what is missing once, and not what is missing twice", object_away, 150),
    Step("most-away", "a GET deletes the last healthy share of an object that most of four drives lack", most_away),
    Step("five-of-sixteen", "with parity below half a GET deletes for good what too many lack", five_of_sixteen),
    Step("empty-disks", "empty disks in more places than there is parity lose the objects, unread", empty_disks, 200),
]
