"""An object, followed to its bytes on disk."""

from __future__ import annotations

from itertools import combinations

from lab.asking import bits, get, put, short
from lab.servers import BUCKET, minio
from lab.step import Lab, Step

from ..formats.drive import held, tree
from ..formats.shards import frames, joined

SMALL = b"hello lab!\n"
LARGE = bits(4 << 20)


def small_object(lab: Lab) -> None:
    """An object of eleven bytes on one drive: its whole life on disk is one xl.meta, which is decoded."""
    server = minio(lab).start()
    put(server.s3(), "small", SMALL, ContentType="text/plain", Metadata={"colour": "blue"})
    lab.saw("on disk: " + ", ".join(line for line in tree(server.folders[0] / BUCKET)))
    found = held(server.folders[0], BUCKET, "small")
    lab.saw(f"format {found.meta.format}, {found.newest.kind} {found.newest.id}, inline {found.newest.inline}")
    for name, value in found.newest.fields.items():
        lab.saw(f"  {name}: {value!r}")
    lab.expect("the data is inline: no part file", found.newest.inline and not found.part().exists())
    shards = list(frames(found.frames(), found.layout))
    lab.expect("after its hash stands the object, word for word", shards == [SMALL], shards)
    raw = (found.path / "xl.meta").read_bytes()
    lab.saw(f"xl.meta is {len(raw)} bytes; the object starts at byte {raw.index(SMALL)}")


def small_object_four(lab: Lab) -> None:
    """The same on four drives: who holds what, and can the text be seen?"""
    server = minio(lab, drives=4).start()
    put(server.s3(), "small", SMALL)
    drives = [held(folder, BUCKET, "small") for folder in server.folders]
    for number, drive in enumerate(drives, 1):
        size = (drive.path / "xl.meta").stat().st_size
        lab.saw(
            f"d{number}: xl.meta {size} bytes, shard {drive.shard}: "
            + short(b"".join(frames(drive.frames(), drive.layout)))
        )
    lab.expect("two data shards of six bytes, filled with a zero", drives[0].layout.width(len(SMALL)) == 6)
    whole = {drive.shard: drive.frames() for drive in drives}
    for pair in combinations(sorted(whole), 2):
        lab.expect(
            f"shards {pair} give the object back", joined({n: whole[n] for n in pair}, drives[0].layout) == SMALL
        )
    seen = [n for n, drive in enumerate(drives, 1) if SMALL[:6] in (drive.path / "xl.meta").read_bytes()]
    lab.expect("its first half can be read with the eye on one drive only", len(seen) == 1, f"d{seen}")


def large_object(lab: Lab) -> None:
    """4 MiB on four drives: every frame of every part file checked by our own HighwayHash, then the object rebuilt."""
    server = minio(lab, drives=4).start()
    put(server.s3(), "large", LARGE)
    drives = [held(folder, BUCKET, "large") for folder in server.folders]
    layout = drives[0].layout
    lab.saw(f"cut into blocks of {layout.block} bytes, {layout.data} data and {layout.parity} parity shards")
    for number, drive in enumerate(drives, 1):
        count = len(list(frames(drive.part().read_bytes(), layout)))
        lab.saw(
            f"d{number}: shard {drive.shard}, part.1 of {drive.part().stat().st_size} bytes, "
            f"{count} frames, every hash right"
        )
    lab.expect("each file is 2 MiB and four hashes", {d.part().stat().st_size for d in drives} == {(2 << 20) + 4 * 32})
    whole = {drive.shard: drive.frames() for drive in drives}
    for pair in ((0, 1), (2, 3), (1, 2)):
        lab.expect(
            f"our own decoder rebuilds it from shards {pair}", joined({n: whole[n] for n in pair}, layout) == LARGE
        )


def inline_limit(lab: Lab) -> None:
    """Where inline data ends: objects round the limit, on one drive and on four."""
    for count, shards in ((1, 1), (4, 2)):
        server = minio(lab, drives=count, name=f"minio{count}").start()
        client, limit = server.s3(), shards * 128 * 1024
        seen = {}
        for size in (limit, limit + 1):
            put(client, f"o{size}", bits(size))
            seen[size] = held(server.folders[0], BUCKET, f"o{size}").newest.inline
        lab.expect(
            f"{count} drive(s): a shard of 128 KiB is inline, one byte more is not",
            list(seen.values()) == [True, False],
            seen,
        )


def versions(lab: Lab) -> None:
    """Three versions and a delete marker of one key, in one xl.meta."""
    server = minio(lab).start()
    client = server.s3()
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for text in (b"one", b"two", b"three"):
        put(client, "key", text)
    client.delete_object(Bucket=BUCKET, Key="key")
    meta = held(server.folders[0], BUCKET, "key").meta
    for version in meta.versions:
        lab.saw(
            f"{version.kind} {version.id} of {version.modified:%H:%M:%S.%f}, {version.fields.get('Size', '-')} bytes"
        )
    kinds = [version.kind for version in meta.versions]
    lab.expect("newest first, the marker on top, in one file", kinds == ["delete marker", "object", "object", "object"])
    lab.expect(
        "a plain GET is told that there is none", get(client, "key", b"").startswith("404"), get(client, "key", b"")
    )
    oldest = meta.versions[-1].id
    lab.expect("the first is still read by its version", get(client, "key", b"one", VersionId=oldest) == "200 right")


def multipart(lab: Lab) -> None:
    """An upload in two parts: where it is while it is made, and after it is complete."""
    server = minio(lab).start()
    client, drive = server.s3(), server.folders[0]
    upload = client.create_multipart_upload(Bucket=BUCKET, Key="big")["UploadId"]
    parts = [bits(5 << 20, "first"), bits(1 << 20, "second")]
    tags = []
    for number, data in enumerate(parts, 1):
        said = client.upload_part(Bucket=BUCKET, Key="big", UploadId=upload, PartNumber=number, Body=data)
        tags.append({"PartNumber": number, "ETag": said["ETag"]})
    before = [line for line in tree(drive / ".minio.sys") if line.startswith("multipart/")]
    for line in before:
        lab.saw(line)
    lab.expect("until then the key is not there", get(client, "big", b"").startswith("404"))
    lab.expect("its parts lie below .minio.sys/multipart", any("part.2 " in line for line in before))
    waiting = {path.stat().st_ino for path in (drive / ".minio.sys" / "multipart").rglob("part.?")}
    client.complete_multipart_upload(Bucket=BUCKET, Key="big", UploadId=upload, MultipartUpload={"Parts": tags})
    for line in tree(drive / BUCKET):
        lab.saw(f"{BUCKET}/{line}")
    now = {held(drive, BUCKET, "big").part(n).stat().st_ino for n in (1, 2)}
    lab.expect("part.1 and part.2 stay apart, and are the very files that waited", now == waiting)
    lab.expect("and are read as one", get(client, "big", b"".join(parts)) == "200 right")


STEPS = [
    Step("small-object", "a small object is one file, its bytes in the metadata", small_object),
    Step("small-object-four", "each drive has other bytes, and any two of four are enough", small_object_four),
    Step(
        "large-object",
        "a part file is shards, each after the hash of its bytes, and any two drives are enough",
        large_object,
    ),
    Step("inline-limit", "data is inline up to a shard of 128 KiB", inline_limit),
    Step("versions", "all versions of a key are in one file, newest first", versions),
    Step(
        "multipart",
        "parts wait in the system bucket and are renamed, not copied, when the upload is complete",
        multipart,
    ),
]
