"""Values that some store does not give back as they were. More of them belong here.

Long ones are noise, in which no two parts are alike: parts that are lost, doubled or out of order show.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import pickle
import zlib
from dataclasses import dataclass
from functools import cache
from json import dumps
from random import Random
from typing import Any

__all__ = [
    "BYTES",
    "JSON",
    "NEARLY",
    "TWINS",
    "Group",
    "groups",
    "large",
    "nearly",
    "noise",
    "size_of",
    "twins",
    "values",
]


@dataclass(frozen=True)
class Group:
    """Values that are tried one after the other at one ref, and what they have in common."""

    alike: str
    values: tuple[Any, ...]


@cache
def noise(size: int) -> bytes:
    """`size` bytes that repeat nothing and cannot be compressed; the same ones each time."""
    return Random(size).randbytes(size)  # noqa: S311  # nothing is to be kept secret


_BLOCK = bytes(range(256))
_TEXTS = (
    b"", b" ", b"\0", b"a\0", b"\0a", b"a ", b" a", b"\n", b"a\n", b"\r\n", b"a\r\nb", b"a\rb", b"a\n\nb\n", b"\na",
    b"\t", b"a\t",
    b"\x1a", b"a\x1ab", b"\x04", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f", b"\x80",
    b"0", b"1", b"01", b"-1", b"1.0", b"1e3", b"None", b"null", b"NULL", b"nil", b"true", b"True", b"False", b"nan",
    b"[]", b"{}",
    b'"a"', b"'a'", b"b'a'", b'""', b"a,b", b"a;b", b"a|b", b"a:b", b"a=b", b"a\tb", b"{'a': 1}", b'{"a": 1}',
    b"(1,)", b"a: 1\n",
    b"%s", b"%00", b"%20", b"a+b", b"$1", b"=", b"\\", b"\\n", b"\\x00", b"\\N", b"&amp;", b"<a>", b"<![CDATA[",
    b"]]>", b"--", b"';--",
    b"007", b"\xff\xff", b"''", b"\\\\", b"a\xff\xffb", b"\xff\0", b"\x1b\x1b", b"\x10\x10", b'"a"\n', b'a""b',
    b"=41", b"a=\n",
    b"YQ==", b"YWI=", b"6162", b"0x61", b"data:,a", b"a" * 76 + b"\n", b"---\n", b"#!", b"# a", b"EOF", b".", b"..",
)  # fmt: skip  # blanks and ends, text that reads as something else
_MARKS = (
    b"MISSING", b"missing", b"DELETED", b"__DELETED__", b"<DELETED>", b"__TOMBSTONE__", b"$deleted", b"deleted:1",
    b"__deleted__", b"deleted", b"tombstone", b"TOMBSTONE", b"__tombstone__",
    b"\0tombstone",
    b"<deleted>", b"__MISSING__", b"__missing__", b"__none__", b"__NONE__", b"undefined", b"EMPTY", b"__empty__",
    b"empty",
    b"expired", b"0:a", b"1|a", b"raw:a", b"z:a", b"json:{}", b"b:a", b"s:a", b"ref:a", b"sha256:", b"@a", b"->a",
    b"KEY", b"DEL",
    b"\x00\x00\x00\x01a", b"\x01", b"\x00a", b"\x01a", b"\x02a", b"\x1e", b"\x1f", b"\xfe", b"\xff",
)  # fmt: skip  # what a store may write itself, for what is deleted, empty or encoded
_ENCODED = tuple(
    "Gr\u00fc\u00dfe, \u4e16".encode(code)
    for code in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-7", "gb18030")
)
_INVALID = (
    b"\xe9", b"\xc3", b"\xc3\xa9", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbfa",
    b"\xff\xfea\0", b"\xfe\xff",
    b"\xe2\x80\xa8", b"\x85", b"\xa0", b"a\xa0",
)  # fmt: skip  # no UTF-8, or another than it seems
_MAGIC = (
    b"\x1f\x8b", b"\x1f\x8b\x08\0\0\0\0\0", b"x\x9c", b"x\x01", b"x\xda", b"BZh9", b"\xfd7zXZ\0", b"(\xb5/\xfd",
    b'\x04"M\x18',
    b"\x80\x04.", b"\x80\x05N.", b"\x93NUMPY", b"PK\x03\x04", b"%PDF", b"\x89PNG\r\n\x1a\n", b"SQLite format 3\0",
    b"gAAAAA",
    b"0123456789abcde\x01", b"0123456789abcd\x02\x02", b"\x10" * 16, b"0123456789abcd\x80\0", b"0123456\x01",
    gzip.compress(b"x", mtime=0), zlib.compress(b"x"), bz2.compress(b"x"), lzma.compress(b"x"), pickle.dumps(b"x"),
    pickle.dumps(None), pickle.dumps("x"), gzip.compress(b"", mtime=0), zlib.compress(zlib.compress(b"x")),
)  # fmt: skip  # packed already, or seemingly
_RUNS = tuple(
    char * size for size in (2, 3, 16, 254, 255, 256, 257, 1000, 4096, 65536) for char in (b"\0", b"a", b" ", b"\n")
)
_SINGLE = tuple(bytes([code]) for code in range(256))
BYTES: tuple[bytes, ...] = (
    *_TEXTS,
    *_INVALID,
    *_MAGIC,
    *_MARKS,
    _BLOCK,
    _BLOCK * 16 + b"b",
    noise(4096),
    noise(65537),
    noise(2**20 + 1),
)
JSON: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 1.5, 1e300, 2**53 + 1, "", "x", "null", "\u00e9", "\u2028", "\U0001f600", "\0",
    [], [[]], [None],
    ["x", 1], {}, {"a": [1]}, {"a": {"b": {"c": None}}}, {"": 0}, {"b": 1, "a": 2}, {"a": None},
    [True, 1.5, "x", {"k": []}], " x ", "x\n", "a\r\nb", "1", "true", [1.0], 0.1, [0, False], {"1": 1}, "x" * 255,
    "x" * 65536,
    "\u00e9" * 4096, "x" * 2**20,
)  # fmt: skip

_POWERS = [2**power + more for power in range(1, 23) for more in (-1, 0, 1)]
_BLOCKS = [
    57,
    58,
    76,
    100,
    500,
    1000,
    1500,
    2000,
    3 * 4096,
    10_000,
    3 * 8192 + 1,
    100_000,
    200_000,
    3 * 65536,
    1_000_000,
    10**6 + 1,
]
_PARTS = [5 * 2**20 - 1, 5 * 2**20, 5 * 2**20 + 1, 6 * 2**20 + 7]
SIZES = tuple(sorted({*range(1, 70), *_POWERS, *_BLOCKS, *_PARTS}))  # bytes


@cache
def groups(held: str, max_value: int) -> tuple[Group, ...]:
    """The hostile values by what they have in common, for a store that holds "bytes", "json" or "text"."""
    if held != "bytes":
        return (Group(f"as {held}", values(held, max_value)),)
    large = [size for size in SIZES if size <= max_value]
    small = [Group("text that reads as something else", _TEXTS), Group("a mark of the store's own", _MARKS)]
    small += [Group("other encodings", (*_ENCODED, *_INVALID)), Group("packed, or seemingly", _MAGIC)]
    small += [Group("one byte", _SINGLE), Group("runs of one byte", _RUNS)]
    small += [Group("one byte at an end", tuple(v for byte in _SINGLE for v in (b"a" + byte, byte + b"a")))]
    small += [Group("sizes up to 128 KiB", tuple(noise(size) for size in large if size <= 2**17 + 1))]
    fitting = [Group(group.alike, tuple(v for v in group.values if len(v) <= max_value)) for group in small]
    return (*fitting, Group("sizes up to 5 MiB and over", tuple(noise(size) for size in large if size > 2**17 + 1)))


@cache
def values(held: str, max_value: int) -> tuple[Any, ...]:
    """The hostile values one by one, for a store that holds "bytes", "json" or "text", up to `max_value` bytes."""
    if held == "bytes":
        return tuple(value for value in BYTES if len(value) <= max_value)
    fitting = tuple(value for value in JSON if size_of(value) <= max_value)
    return fitting if held == "json" else tuple(v for v in fitting if isinstance(v, str) and "\0" not in v)


def size_of(value: Any) -> int:
    """Bytes of a value; of one that is no bytes, as JSON writes it."""
    return len(value) if isinstance(value, bytes) else len(dumps(value))


TWINS: tuple[tuple[bytes, bytes], ...] = (
    (b"x", b"y"),
    (b"xyz", b"u"),
    (b"x", b""),
    (b"xy", b"xz"),
    (b"x" * 5000, b"x" * 4999 + b"y"),
    (b"x" * 5000, b"y" + b"x" * 4999),
    (noise(70_000), noise(69_999)),
    (b"ab", b"ba"),
    (b"plumless", b"buckeroo"),
)  # they differ in all, in length, in being there, in the last byte, in the first, in order, not in CRC-32

NEARLY: tuple[tuple[bytes, bytes], ...] = (
    (b"x" * 5000, b"x" * 2500 + b"y" + b"x" * 2499),
    (b"x", b"X"),
    (b"x", b"x\n"),
    (b"x", b" x "),
    (b"1", b"01"),
    (b"x", b"x\0"),
    (b"x\n", b"x\r\n"),
    (b"\xff", b"\xfe"),
    (b'{"a": 1}', b'{"a":1}'),
    ("\u00e9".encode(), "e\u0301".encode()),
)  # they are the same to whoever compares the ends alone, without case, blanks or accents, as numbers, text or JSON

LARGE = (
    (70_000, 23_000),
    (2**20 + 1, 350_000),
    (3 * 2**20 + 7, 2**21 + 5),
    (3 * 2**20 + 7, 100_000),
    (5 * 2**20 + 1, 7),
)


@cache
def large(held: str, max_value: int) -> tuple[tuple[Any, Any], ...]:
    """Pairs of long values, up to `max_value` bytes, which differ in one byte that is at no end, nor in the middle."""
    pair: tuple[Any, Any] = (b"x", b"y") if held == "bytes" else ("x", "y")
    x, y = pair
    fitting = [each for each in LARGE if each[0] + 2 <= max_value]  # the quotes of JSON
    return tuple((x * size, x * at + y + x * (size - at - 1)) for size, at in fitting)


@cache
def twins(held: str, max_value: int) -> tuple[tuple[Any, Any], ...]:
    """Pairs of values that some store takes for one another, up to `max_value` bytes."""
    if held == "bytes":
        return tuple(pair for pair in TWINS if max(map(len, pair)) <= max_value)
    return (("x", "y"), ("x", "")) if held == "text" else ((["x"], ["y"]), (None, ["x"]), ([1], [True]), ({}, []))


@cache
def nearly(held: str, max_value: int) -> tuple[tuple[Any, Any], ...]:
    """Pairs of bytes, up to `max_value` of them, that are the same to whoever compares too little of them."""
    return tuple(pair for pair in NEARLY if held == "bytes" and max(map(len, pair)) <= max_value)
