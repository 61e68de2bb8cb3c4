"""Our readers of foreign files: on bytes that real servers wrote (samples/, from runs of ours), and on made-up ones."""

import struct
import sys
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import msgpack
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "reading-notes")]

from lab.asking import bits  # noqa: E402  # the path above comes first
from labs.minio.formats.drive import Held, identity  # noqa: E402  # the path above comes first
from labs.minio.formats.highway import MINIO_KEY, highway256  # noqa: E402  # the same
from labs.minio.formats.reed_solomon import encoded, recovered  # noqa: E402  # the same
from labs.minio.formats.shards import BadShard, Layout, frames, joined  # noqa: E402  # the same
from labs.minio.formats.xl_meta import BadMeta, decode  # noqa: E402  # the same
from labs.seaweedfs.volume import BadVolume, crc32c, indexed, needles  # noqa: E402  # the same

SAMPLES = Path(__file__).parent / "samples"
SMALL = bits(41)  # shards of 21 bytes, with high bits: they need the field and the hash of an odd rest
NEEDLE = bits(1500, "needle")
PI = b"1415926535897932384626433832795028841971693993751058209749445923078164062862089986280348253421170679"


def sample(number: int) -> bytes:
    return (SAMPLES / f"small-d{number}.xl.meta").read_bytes()


def test_the_key_of_minio_is_the_hash_of_pi() -> None:
    assert highway256(PI, bytes(32)) == MINIO_KEY  # as its source says; so a hash of ours is right, made of no sample


def test_a_real_object_is_rebuilt_from_any_two_of_its_four_drives() -> None:
    drives = [Held(SAMPLES, decode(sample(number))) for number in range(1, 5)]
    assert drives[0].layout == Layout(size=41, block=1 << 20, data=2, parity=2)
    assert sorted(drive.shard for drive in drives) == [0, 1, 2, 3]
    parts = {drive.shard: drive.frames() for drive in drives}
    for pair in combinations(parts, 2):
        assert joined({number: parts[number] for number in pair}, drives[0].layout) == SMALL


def test_a_real_object_says_what_was_sent_with_it() -> None:
    version = decode(sample(1)).versions[0]
    assert (version.kind, version.id, version.inline) == ("object", "null", True)
    assert version.modified.year == 2026
    assert version.fields["MetaUsr"]["X-Amz-Meta-Colour"] == "blue"
    assert version.fields["MetaUsr"]["content-type"] == "text/plain"


def test_real_versions_come_newest_first() -> None:
    meta = decode((SAMPLES / "versions.xl.meta").read_bytes())
    assert [version.kind for version in meta.versions] == ["delete marker", "object", "object", "object"]
    assert sorted((version.modified for version in meta.versions), reverse=True) == [v.modified for v in meta.versions]
    sizes = [version.fields["Size"] for version in meta.versions[1:]]
    assert sizes == [5, 3, 3]
    texts = [meta.data[version.id][32:] for version in meta.versions[1:]]
    assert texts == [b"three", b"two", b"one"]


def test_a_real_drive_knows_its_place(tmp_path: Path) -> None:
    (tmp_path / ".minio.sys").mkdir()
    (tmp_path / ".minio.sys" / "format.json").write_bytes((SAMPLES / "format.json").read_bytes())
    who = identity(tmp_path)
    assert [len(drives) for drives in who.sets] == [4]
    assert who.sets[0][0] == who.this


@given(at=st.integers(0, 457), mask=st.integers(1, 255))
def test_a_changed_byte_of_a_real_xl_meta_is_seen(at: int, mask: int) -> None:
    raw = bytearray(sample(1))
    raw[at] ^= mask
    try:
        read(bytes(raw))
    except (BadMeta, BadShard, KeyError):
        return
    inline = len(sample(1)) - 32 - 21 - len(b"\x01\x81\xa4null\xc4\x35")
    assert at < 8 or inline <= at  # the versions of the format, and the frame of inline data, have no check sum


@given(st.integers(0, 457))
def test_a_cut_xl_meta_is_refused(size: int) -> None:
    with pytest.raises((BadMeta, BadShard, KeyError)):
        read(sample(1)[:size])


def read(raw: bytes) -> list[bytes]:
    found = Held(SAMPLES, decode(raw))
    return list(frames(found.frames(), found.layout))


@given(st.binary(max_size=200))
def test_what_is_no_xl_meta_is_refused(raw: bytes) -> None:
    for text in (raw, b"XL2 \x01\x00\x03\x00\xc6" + raw, wrapped(raw)):
        with pytest.raises(BadMeta):
            decode(text)


def wrapped(held: bytes) -> bytes:
    """Anything, with a right check sum round it."""
    checksum = xxhash.xxh64_intdigest(held) & 0xFFFFFFFF
    return (
        b"XL2 "
        + struct.pack("<HH", 1, 3)
        + struct.pack(">BI", 0xC6, len(held))
        + held
        + struct.pack(">BI", 0xCE, checksum)
    )


@given(
    ids=st.lists(st.binary(min_size=16, max_size=16), min_size=1, max_size=4),
    time=st.integers(0, 4_000_000_000),
    data=st.binary(max_size=300),
)
def test_an_xl_meta_that_we_wrote_is_read_back(ids: list[bytes], time: int, data: bytes) -> None:
    held = msgpack.packb(3) + msgpack.packb(3) + msgpack.packb(len(ids))
    for id_ in ids:
        held += msgpack.packb(msgpack.packb([id_, time * 10**9, b"sign", 1, 4, 2, 2]))
        held += msgpack.packb(msgpack.packb({"Type": 1, "V2Obj": {"Size": len(data)}}))
    meta = decode(wrapped(held) + b"\x01" + msgpack.packb({"null": data}))
    assert [version.modified for version in meta.versions] == [datetime.fromtimestamp(time, UTC)] * len(ids)
    assert [version.id == "null" for version in meta.versions] == [not any(id_) for id_ in ids]
    assert meta.data == {"null": data}


@given(
    data=st.integers(1, 8), parity=st.integers(0, 5), width=st.integers(1, 40), seed=st.randoms(use_true_random=False)
)
def test_any_k_shards_give_the_data_back(data: int, parity: int, width: int, seed) -> None:
    shards = [seed.randbytes(width) for _ in range(data)]
    every = dict(enumerate([*shards, *encoded(shards, parity)]))
    some = seed.sample(sorted(every), data)
    assert recovered({number: every[number] for number in some}, data, parity) == shards


@given(
    whole=st.binary(min_size=1, max_size=500),
    block=st.integers(1, 200),
    data=st.integers(1, 4),
    parity=st.integers(1, 3),
    seed=st.randoms(use_true_random=False),
)
def test_a_damaged_frame_is_named_and_the_rest_is_enough(
    whole: bytes, block: int, data: int, parity: int, seed
) -> None:
    layout = Layout(len(whole), block, data, parity)
    parts = split(whole, layout)
    broken = seed.randrange(data + parity)
    at = seed.randrange(len(parts[broken]))
    damaged = bytearray(parts[broken])
    damaged[at] ^= 1 + seed.randrange(255)
    with pytest.raises(BadShard, match="frame "):
        list(frames(bytes(damaged), layout))
    with pytest.raises(BadShard, match="cut short"):
        list(frames(parts[broken][:at], layout))
    assert joined({number: raw for number, raw in parts.items() if number != broken}, layout) == whole


def split(whole: bytes, layout: Layout) -> dict[int, bytes]:
    """What MinIO does with an object, in few words."""
    parts = dict.fromkeys(range(layout.data + layout.parity), b"")
    for start, block in zip(range(0, layout.size, layout.block), layout.blocks(), strict=True):
        width = layout.width(block)
        padded = whole[start : start + block].ljust(width * layout.data, b"\0")
        shards = [padded[n * width : (n + 1) * width] for n in range(layout.data)]
        for number, shard in enumerate([*shards, *encoded(shards, layout.parity)]):
            parts[number] += highway256(shard) + shard
    return parts


def test_crc32c_is_the_one_of_the_standard() -> None:
    assert crc32c(b"123456789") == 0xE3069283


def test_a_real_volume_is_read() -> None:
    found = {needle.id: needle for needle in needles(SAMPLES / "volume.dat")}
    (needle,) = [needle for needle in found.values() if needle.data == NEEDLE]
    assert all(each.sound for each in found.values())
    index = indexed(SAMPLES / "volume.idx", wide=True)
    assert index[needle.id][0] == needle.at - 20


@given(st.integers(0, 1600))
def test_a_cut_volume_is_refused_or_lacks_needles(tmp_path_factory: pytest.TempPathFactory, size: int) -> None:
    raw = (SAMPLES / "volume.dat").read_bytes()
    path = tmp_path_factory.mktemp("cut") / "volume.dat"
    path.write_bytes(raw[:size])
    try:
        whole = list(needles(path))
    except BadVolume:
        return
    assert len(whole) <= len(list(needles(SAMPLES / "volume.dat")))
    assert all(needle.sound for needle in whole)


def test_an_index_of_small_volumes_has_four_bytes_of_offset(tmp_path: Path) -> None:
    path = tmp_path / "v.idx"
    path.write_bytes(struct.pack(">QIi", 7, 3, 100) + struct.pack(">QIi", 8, 20, -1) + b"cut")
    assert indexed(path) == {7: (24, 100), 8: (160, -1)}
