"""Bits that turn on disk: is it seen, is it served, is it mended?"""

from __future__ import annotations

import os

from lab.admin import DEEP, NORMAL, heal
from lab.asking import bits, get, put
from lab.process import until
from lab.servers import BUCKET, Server, minio
from lab.step import Lab, Step

from ..damage import damaged, flip, intact, shards

DATA = bits(4 << 20)
INSIDE = 32 + 1000  # a byte of the first block, after its hash
LATE = -1000  # a byte of the last block
WATCH = 30  # seconds in which a repair would be seen


def filled(lab: Lab, key: str = "o") -> Server:
    """MinIO on four drives with one object."""
    server = minio(lab, drives=4).start()
    put(server.s3(), key, DATA)
    return server


def bit_flip(lab: Lab) -> None:
    """One byte of one shard, then of a second, is changed; the object is read again and again."""
    server = filled(lab)
    client = server.s3()
    for count in (1, 2):
        flip(shards(server, "o")[count - 1].part(), INSIDE)
        lab.expect(f"{count} of 4 damaged: GET is right", (said := get(client, "o", DATA)) == "200 right", said)
    mended = until(lambda: get(client, "o", DATA) == "200 right" and all(intact(server, "o")), WATCH)
    lab.expect(f"after {WATCH} s of reads the damage is still there", not mended, intact(server, "o"))
    for number, folder in enumerate(server.folders, 1):
        lab.saw(f"d{number}: {damaged(folder, 'o') or 'intact'}")


def bit_flip_three(lab: Lab) -> None:
    """One byte more than can be borne: in three of four shards, in the first block, and in another's last one."""
    server = filled(lab, "early")
    client = server.s3()
    put(client, "late", DATA)
    for key, at in (("early", INSIDE), ("late", LATE)):
        for each in shards(server, key)[:3]:
            flip(each.part(), at)
    lab.expect(
        "in the first block: refused before a byte", (said := get(client, "early", DATA)).startswith("503"), said
    )
    said = get(client, "late", DATA)
    lab.expect("in the last block: 200, and then the body ends early", said == "200 cut at 3145728 of 4194304", said)
    lab.expect(
        "HEAD is 200 for both", {key: head(server, key) for key in ("early", "late")} == {"early": 200, "late": 200}
    )


def head(server: Server, key: str) -> int:
    """The status of a HEAD."""
    return int(server.s3().head_object(Bucket=BUCKET, Key=key)["ResponseMetadata"]["HTTPStatusCode"])


def deep_heal(lab: Lab) -> None:
    """Healing asked for by the administrator: a normal scan, then a deep one, of an object with two bad shards."""
    server = filled(lab)
    before = [each.part().read_bytes() for each in shards(server, "o")]
    for each in shards(server, "o")[:2]:
        flip(each.part(), INSIDE)
    lab.saw(f"normal scan: {heal(server, NORMAL)}")
    lab.expect("a normal scan leaves the damage", intact(server, "o").count(False) == 2, intact(server, "o"))
    lab.saw(f"deep scan: {heal(server, DEEP)}")
    lab.expect("a deep scan mends it", all(intact(server, "o")), intact(server, "o"))
    lab.expect(
        "to the very bytes that were there", [each.part().read_bytes() for each in shards(server, "o")] == before
    )


def meta_flip(lab: Lab) -> None:
    """One byte of xl.meta is changed on two, then on three of four drives."""
    server = filled(lab)
    client = server.s3()
    for count, wanted in ((2, "200 right"), (3, "503 SlowDownRead")):
        for each in server.folders[:count]:
            if not damaged(each, "o"):
                flip(each / BUCKET / "o" / "xl.meta", 40)
        lab.expect(f"on {count} of 4: {wanted}", (said := get(client, "o", DATA)) == wanted, said)
        lab.saw(", ".join(f"d{n}: {damaged(folder, 'o') or 'intact'}" for n, folder in enumerate(server.folders, 1)))


def cut_file(lab: Lab) -> None:
    """Files that are shorter than they were: a part on one of four drives, a part on the only drive, an xl.meta."""
    server = filled(lab)
    client = server.s3()
    cut(shards(server, "o")[0].part(), 1)
    lab.expect(
        "part.1 of one of four, one byte short: GET is right", (said := get(client, "o", DATA)) == "200 right", said
    )
    seen = until(lambda: get(client, "o", DATA) == "200 right" and all(intact(server, "o")), WATCH)
    lab.saw(f"after {WATCH} s of reads it is {'mended' if seen else 'not mended: ' + damaged(server.folders[0], 'o')}")
    alone = minio(lab, name="alone").start()
    for key, short in (("one", 1), ("most", 3 << 20)):
        put(alone.s3(), key, DATA)
        cut(shards(alone, key)[0].part(), short)
        said = get(alone.s3(), key, DATA)
        lab.expect(f"one drive, {short} bytes short: no wrong byte is served as right", said != "200 right", said)
    put(alone.s3(), "meta", b"small")
    cut(alone.folders[0] / BUCKET / "meta" / "xl.meta", 20)
    said = get(alone.s3(), "meta", b"small")
    lab.expect("one drive, xl.meta cut: refused or absent", said[:3] in {"404", "500", "503"}, said)
    lab.saw(f"and its file is {'still there' if (alone.folders[0] / BUCKET / 'meta' / 'xl.meta').exists() else 'gone'}")


def cut(path: object, count: int) -> None:
    """Take the last `count` bytes off a file."""
    name = str(path)
    os.truncate(name, os.path.getsize(name) - count)


STEPS = [
    Step("bit-flip", "the right bytes are served round the damage, and a read does not get it mended", bit_flip),
    Step("bit-flip-three", "damage is never served, but is told late: after a 200", bit_flip_three),
    Step("deep-heal", "only a heal that reads every block sees a turned bit", deep_heal, 180),
    Step("meta-flip", "metadata is a vote: two of four are enough", meta_flip),
    Step("cut-file", "a file that is too short is damage like any other", cut_file, 180),
]
