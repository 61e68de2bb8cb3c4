"""Two pools in one server: where the conditions of a write stop holding."""

from __future__ import annotations

from collections import Counter

from lab.asking import get, keys, put
from lab.servers import BUCKET, Server, minio
from lab.step import Lab, Step

KEYS = [f"k{number:02}" for number in range(24)]  # each draws its pool: that all draw alike is one chance in 8 million


def pooled(lab: Lab) -> Server:
    """A server of two pools of four drives each; its folders are those of both."""
    server = minio(lab, drives=8)
    base = server.folders[0].parent
    server.command[-8:] = [f"{base}/d{{1...4}}", f"{base}/d{{5...8}}"]
    return server.start()


def twice(server: Server) -> int:
    """How many of the keys have a folder in both pools."""
    first, second = server.folders[0], server.folders[4]
    return sum((first / BUCKET / key).exists() and (second / BUCKET / key).exists() for key in KEYS)


def two_pools(lab: Lab) -> None:
    """Keys that exist are created again with If-None-Match:*, and then written with If-Match and the tag they have."""
    server = pooled(lab)
    client = server.s3()
    for key in KEYS:
        put(client, key, b"first")
    again = Counter(put(client, key, b"second", IfNoneMatch="*") for key in KEYS)
    lab.expect("If-None-Match:* on a key that is there: some are created again", again["200"] > 0, dict(again))
    lab.expect("and then both pools have them", twice(server) == again["200"], twice(server))
    tags = {key: client.head_object(Bucket=BUCKET, Key=key)["ETag"] for key in KEYS}
    right = Counter(put(client, key, b"third", IfMatch=tags[key]) for key in KEYS)
    lab.expect("If-Match with the tag that HEAD told: some are refused", right["200"] < len(KEYS), dict(right))
    plain = Counter(put(client, key, b"fourth") for key in KEYS)
    lab.saw(f"a plain overwrite of each: {dict(plain)}; in both pools now: {twice(server)} of {len(KEYS)}")
    lab.expect("what was written last is read", {get(client, key, b"fourth") for key in KEYS} == {"200 right"})
    for key in KEYS:
        client.delete_object(Bucket=BUCKET, Key=key)
    lab.expect("after a delete of each, no older copy comes back", keys(client) == [], keys(client))


STEPS = [
    Step(
        "two-pools",
        "with two pools the condition of a write is checked in the pool that is drawn, not where the key is",
        two_pools,
    )
]
