"""Requests whose answers differ from server to server: MinIO, versitygw and SeaweedFS side by side, where they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from lab.asking import answer, bits, get, keys, put
from lab.process import until
from lab.servers import BUCKET, Server, minio, versitygw, weed
from lab.step import Lab, NotRun, Step
from lab.syscalls import counted, recorded

RACERS, ROUNDS = 12, 3
WRONG = '"00000000000000000000000000000000"'


def peers(lab: Lab) -> Iterator[Server]:
    """MinIO on four drives, and each of the others if its program is here."""
    yield minio(lab, drives=4).start()
    for other in (versitygw, weed):
        try:
            server = other(lab).start()
        except NotRun as reason:
            lab.saw(f"{other.__name__} not run, because {reason}")
            continue
        until(partial(warm, server), 60)
        server.s3().delete_object(Bucket=BUCKET, Key="warm")
        yield server


def warm(server: Server) -> bool:
    """Does it take an object yet?"""
    return put(server.s3(), "warm", b"up") == "200"


def list_below(lab: Lab) -> None:
    """An "a" and an "a/b", in both orders, on one drive and on four: stored, read, listed?"""
    for count in (1, 4):
        client = minio(lab, drives=count, name=f"minio{count}").start().s3()
        lab.expect(
            f"{count} drive(s): both are stored",
            [put(client, k, k.encode()) for k in ("a", "a/b", "c/d", "c")] == ["200"] * 4,
        )
        lab.expect("and read", [get(client, k, k.encode()) for k in ("a", "a/b", "c", "c/d")] == ["200 right"] * 4)
        lists = {
            f"{more}": keys(client, **more) for more in ({}, {"Delimiter": "/"}, {"Prefix": "a/"}, {"Prefix": "a"})
        }
        for more, found in lists.items():
            lab.saw(f"LIST {more}: {found}")
        shown = {key for found in lists.values() for key in found}
        lab.expect("no listing shows what is below an object", "a/b" not in shown and "c/d" not in shown, sorted(shown))
        client.delete_object(Bucket=BUCKET, Key="a")
        lab.expect("once the object above is gone, it is listed", "a/b" in keys(client), keys(client))


def conditions(lab: Lab) -> None:
    """Every conditional request that a swap is made of, on each server: status, code, and what is there afterwards."""
    table = {server.name: asked(server) for server in peers(lab)}
    for name in next(iter(table.values())):
        lab.saw(f"{name}: " + "; ".join(f"{server} {answers[name]}" for server, answers in table.items()))
    seen = table["minio"]
    lab.expect("MinIO: create only if absent", seen["PUT If-None-Match:* on one that is there"].startswith("412"))
    lab.expect("MinIO: replace only this value", seen["PUT If-Match another ETag"].startswith("412"))
    said = seen["DELETE If-Match another ETag"]
    lab.expect(
        "MinIO: DELETE ignores the condition and deletes", said.startswith("204") and said.endswith("gone"), said
    )


def asked(server: Server) -> dict[str, str]:
    """The answers of one server, and after each whether the old value, another or none is there."""
    client = server.s3()

    def old() -> str:
        client.put_object(Bucket=BUCKET, Key="k", Body=b"old")
        return str(client.head_object(Bucket=BUCKET, Key="k")["ETag"])

    def then(call: Callable[..., Any], key: str = "k", **more: Any) -> str:
        said = answer(call, Bucket=BUCKET, Key=key, **more)
        there = get(client, key, b"old")
        return f"{said}, {'kept' if there == '200 right' else 'gone' if there.startswith('404') else 'replaced'}"

    found = {"PUT If-None-Match:* on a new key": then(client.put_object, "n", Body=b"new", IfNoneMatch="*")}
    old()
    found["PUT If-None-Match:* on one that is there"] = then(client.put_object, Body=b"new", IfNoneMatch="*")
    old()
    found["PUT If-Match another ETag"] = then(client.put_object, Body=b"new", IfMatch=WRONG)
    found["PUT If-Match its ETag"] = then(client.put_object, IfMatch=old(), Body=b"new")
    found["PUT If-Match on a key that is missing"] = then(client.put_object, "m", Body=b"new", IfMatch=WRONG)
    found["GET If-None-Match its ETag"] = answer(client.get_object, Bucket=BUCKET, Key="k", IfNoneMatch=old())
    found["DELETE If-Match another ETag"] = then(client.delete_object, IfMatch=WRONG)
    found["DELETE If-Match its ETag"] = then(client.delete_object, IfMatch=old())
    return found


def race(lab: Lab) -> None:
    """Twelve clients create one key at once, each with If-None-Match:*; three rounds on each server."""
    for server in peers(lab):
        clients, wins = [server.s3() for _ in range(RACERS)], []
        with ThreadPoolExecutor(RACERS) as pool:
            for number in range(ROUNDS):
                calls = [
                    pool.submit(put, c, f"race{number}", str(n).encode(), IfNoneMatch="*")
                    for n, c in enumerate(clients)
                ]
                wins.append([call.result() for call in calls].count("200"))
        lab.expect(f"{server.name}: one wins each round", wins == [1] * ROUNDS, wins)


def no_sync(lab: Lab) -> None:
    """Which calls make a PUT durable? One of 100 bytes and one of 4 MiB, each server under strace."""
    seen = {}
    for server in peers(lab):
        for size in (100, 4 << 20):
            calls = recorded(
                lab, server.process, f"{server.name}{size}", partial(put, server.s3(), f"o{size}", bits(size))
            )
            seen[server.name, size] = counted(calls)
            lab.saw(
                f"{server.name}, {size} bytes: {seen[server.name, size] or 'nothing syncs'}; {len(calls)} calls in all"
            )
    lab.expect("MinIO writes each drive through", seen["minio", 100].get("O_DSYNC", 0) >= 4, seen["minio", 100])
    lab.expect("MinIO syncs each shard", seen["minio", 4 << 20].get("fdatasync", 0) >= 4, seen["minio", 4 << 20])
    for name in {name for name, _ in seen} - {"minio"}:
        lab.expect(f"{name} syncs nothing", not seen[name, 100] and not seen[name, 4 << 20])


STEPS = [
    Step("list-below", "an object hides what is below it from every listing", list_below),
    Step("conditions", "conditional PUTs are honoured by all, conditional DELETE is ignored by MinIO", conditions, 180),
    Step("race", "creating is atomic: one of twelve wins", race, 400),
    Step("no-sync", "of the three only MinIO asks the disk", no_sync, 180),
]
