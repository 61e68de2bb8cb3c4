"""Folders that vanish from drives: what is put back, and what a read removes for good."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lab.asking import bits, get, keys, put
from lab.process import until
from lab.servers import BUCKET, minio
from lab.step import Lab, Step

from ..damage import away, back, intact
from ..formats.drive import tree

DATA = bits(1 << 20)


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


def wrong_empty_drives(lab: Lab) -> None:
    """The object is missing on three of four drives, as if empty disks were mounted; then it is read."""
    server = minio(lab, drives=4).start()
    client = server.s3()
    put(client, "o", DATA)
    for folder in server.folders[:3]:
        away(lab, folder / BUCKET / "o")
    last = server.folders[3] / BUCKET / "o" / "xl.meta"
    lab.expect("before the read, the fourth drive has its share", intact(server, "o") == [False, False, False, True])
    answers = read_until_gone(client, last)
    lab.expect("every GET: 404", set(answers) == {"404 NoSuchKey"}, answers[-1])
    deleted = not last.exists()
    lab.expect("a GET has deleted the last share, which was healthy", deleted, f"after {len(answers)} GETs")
    lab.saw(f"left of it: {tree(server.folders[3] / BUCKET)}")
    lab.expect("LIST does not show it", keys(client) == [], keys(client))
    for folder in server.folders[:3]:
        back(lab, folder / BUCKET / "o")
    said = get(client, "o", DATA)
    lab.expect("the three that were away come back: readable again, from three", said == "200 right", said)


def read_until_gone(client: Any, last: Path) -> list[str]:
    """Read until the share is gone, 30 s at most: a GET looks for it only if all four drives answered in time."""
    answers: list[str] = []

    def gone() -> bool:
        answers.append(get(client, "o", DATA))
        return not last.exists()

    until(gone, 30)
    return answers


STEPS = [
    Step("object-away", "a read mends what is missing once, and not what is missing twice", object_away, 150),
    Step(
        "wrong-empty-drives",
        "a GET deletes the last healthy share of an object that most drives do not know",
        wrong_empty_drives,
    ),
]
