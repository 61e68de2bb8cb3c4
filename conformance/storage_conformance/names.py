"""Names that some store takes for one another, as families of pairs: a round trip of one name alone shows nothing.

The likeliest come first, since a slow store is asked about the first ones only. More of them belong here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from storage_combinators.ref import Ref

__all__ = ["FAMILIES", "KEYS", "Family", "families"]


@dataclass(frozen=True)
class Family:
    """Refs that some store takes for one another, and what they differ in."""

    differ: str
    refs: tuple[Any, ...]  # or keys, of a mapping that takes any


_LONG = "n" * 255
_WORDS = (  # what a store may keep its own data under, beside a value or in its place
    "tmp", "temp", "lock", "LOCK", "index", "index.json", "index.html", "manifest", "manifest.json", "meta", "metadata",
    "data", "log", "wal", "journal", "store.db", "db.sqlite", "zarr.json", "self", "key", "keys", "value", "values",
    "items", "get", "length", "size", "count", "version", "etag", "constructor", "toString", "true", "undefined", "nan",
    "__len__", "__class__", "__dict__", "__meta__", "__index__", "_data", "_meta", "_index", "_tmp", "_", "__",
    "__data__", "__value__", "__self__", "__root__", "_value", "_self", ".value", ".data", "content", "contents",
    "@value", "#text", "$value", "default", "root", "leaf", "blob", "body", "file", "0", "-",
    ".git", ".lock", ".index", ".meta", ".metadata", ".tmp", ".DS_Store", ".zattrs", ".zgroup", ".keep", ".nfs1", "~a",
)  # fmt: skip  # one list
_ENDINGS = (
    "tmp", "temp", "new", "part", "partial", "lock", "bak", "old", "swp", "del", "deleted", "tombstone", "json", "txt",
    "bin", "dat", "data", "val", "value", "key", "meta", "v", "v1", "1", "gz", "zst", "md5", "sha256", "crc", "etag",
    "pickle", "pkl",
)  # fmt: skip  # one list
_NAMES: dict[str, tuple[str, ...]] = {
    "upper and lower case": ("readme", "README", "Readme", "readMe", "\u00e9", "\u00c9"),
    "composed and decomposed accents": (
        "\u00e9", "e\u0301", "\uac00", "\u1100\u1161", "o\u0323\u0307", "o\u0307\u0323",
    ),
    "blanks at the ends": ("a", " a", "a ", "a  ", "\ta", "a\t", "\u00a0a", "a\u3000", "a b", "a  b"),
    "percent signs": ("a b", "a%20b", "a+b", "a%2Bb", "a%2520b", "%", "%%", "%25", "%2F", "%2f", "%252F", "%zz", "a%"),
    "dots": ("a", ".a", "a.", "...", "..a", "a..", "a.b", "a..b", "ab"),
    "what looks hidden or temporary": (
        "a", ".tmp", "a~", "#a#", ".a.swp", ".#a", "a-wal", ".a", "_a", "tmp-a", ".tmp-a",
    ),
    "what looks like an escape": (
        "a_b", "a__b", "a_2f_b", "a-b", "a-2Fb", "a--b", "-", "=", "a=2Fb", "a~b", "a~1b", "a~0b", "\\", "a\\b", "%00",
        "\\x00", "\\0", "a!b", "a:b", "a|b",
    ),
    "what may stand for a letter beyond ASCII": (
        "\u00e9", "\u00c3\u00a9", "%C3%A9", "%E9", "\\xe9", "\\u00e9", "&#233;", "&eacute;", "=E9", "?", "\ufffd",
        "e", "xn--9ca",
    ),
    "long names": (
        _LONG, _LONG[:-1], _LONG[:-1] + "m", "m" + _LONG[1:], "m" + _LONG[2:], "\u00e9" * 127, "\u00e9" * 126 + "e",
    ),
    "numbers": ("1", "01", "1.0", "+1", "1e0", "0x1", "\uff11", "-1", "0", "-0", "1_0", "10", "True", "1 "),
    "patterns": (
        "*", "?", "[a]", "a*", "{a}", "$HOME", "~", "!a", "a_c", "abc", "a%c", "a.c", "a?c", "a[b]c", "^a", "a$",
        "(", "a|b",
    ),
    "quotes": ("'", '"', "`", "a'b", 'a"b', "''", "<a>", "&lt;a>", "&", "&amp;", "|", "a,b", "a;b", "a\\'b", "'; --"),
    "characters with a meaning in a URL": ("a?b", "a#b", "a&b=c", "a;b", "a:b", "http:", "a@b", "a?", "a#", "?a", "#a"),
    "line ends": ("a", "a\n", "\na", "a\nb", "a\r\nb", "a\r", "\ufeffa", "a\u2028b", "a\x85b"),
    "case beyond ASCII": (
        "stra\u00dfe", "STRASSE", "strasse", "\u0130", "i\u0307", "\u0131", "i", "I", "\u03c3", "\u03c2", "\u03a3",
        "\u212a", "k", "K",
    ),
    "words in compatibility forms": (
        "\ufb01le1", "file1", "\uff46\uff49\uff4c\uff45", "file", "\u2460\u2461\u2462", "123", "\u212aey1", "key1",
        "Key1", "x\u00b2y", "x2y",
    ),
    "escapes with an end": (
        "a:", "a_3a_", "a_3A_", "a%3A", "a%3a", "a=3A", "a&#58;", "a\\x3a", "a\\u003a", "a%u003A", "a__", "a~1",
        "a+3A", "a@3A", "a{3a}",
        "a<3a>", "a_x3a_", "a_", "a-3a-", "a.3a.", "a!3a!", "a$3a$", "a\\:", "a\\3a", "a^:", "a``",
    ),
    "compatibility forms": (
        "\ufb01", "fi", "\u2460", "1", "\uff41", "a", "\u00b2", "2", "\u212b", "\u00c5", "A\u030a", "\u2026", "...",
    ),
    "characters that are not seen": (
        "ab", "a\u200bb", "a\u200db", "a\u00adb", "a\u200eb", "a\ufe0fb", "a\x7fb", "a\x01b", "a\x1bb", "a\x0bb",
        "a\x1fb", "\u0430b",
    ),
    "names that are reserved elsewhere": (
        "CON", "con", "NUL", "aux.txt", "COM1", "__proto__", "prototype", "null", "None", "nil", "__init__",
        "hasOwnProperty",
    ),
    "planes": (
        "\U0001f600", "\U0001f601", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff", "\u65e5\u672c", "\u672c",
    ),
    "what is hashed alike": (  # pairs: CRC-32, Adler-32, FNV-1a, djb2, Java; 48 bits of MD5, SHA-1, SHA-256, SHA-512
        "plumless", "buckeroo", "120", "201", "1aa4", "25059", "ab", "bA", "Aa", "BB", "3fc1d2", "1531467", "228f83",
        "9407a5",
        "kdd3366", "k15b7ba7", "caed8d", "18b7cb0", "22ff48", "108cb57", "333b", "e7b3",
        "ba",  # and BLAKE2b, of 64 and of 4 bytes
    ),
    "words of the store's own": _WORDS,
    "endings of files": ("a", *(f"a.{ending}" for ending in _ENDINGS), "a-journal", "a-shm", "a_", "a~1"),
}  # fmt: skip  # one line or list for each
_ASCII = tuple(chr(code) for code in range(1, 128) if chr(code) not in "./")
_EACH: dict[str, tuple[str, ...]] = {  # large ones, last: for stores that are fast
    "one character of ASCII": (*_ASCII, *(f"a{char}b" for char in _ASCII)),
    "one character of ASCII at an end": (*(f"a{char}" for char in _ASCII), *(f"{char}a" for char in _ASCII)),
    "one character of Latin-1": tuple(chr(code) for code in range(0x80, 0x100)),
}
_PATHS: dict[str, tuple[Ref, ...]] = {
    "prefixes": (
        Ref("a"), Ref("ab"), Ref("a", "b"), Ref("a-b"), Ref("a", "b", "c"), Ref("a", "bc"), Ref("ab", "c"), Ref("a0"),
        Ref("a."), Ref("a!"), Ref("a", "\uffff"), Ref("a", "\U0010ffff", "x"), Ref("a0", "b"), Ref("A", "b"),
    ),
    "what a separator becomes": (
        Ref("a", "b"), Ref("a%2Fb"), Ref("a%2fb"), Ref("a_b"), Ref("a:b"), Ref("a\\b"), Ref("a__b"), Ref("a.b"),
        Ref("a-b"),
        Ref("a|b"), Ref("a\x1fb"), Ref("a\u2215b"), Ref("a\uff0fb"), Ref("a b"), Ref("a,b"), Ref("a~1b"), Ref("ab"),
        Ref("a--b"),
    ),
    "what stands for the value beside what is below it": (Ref("a"), *(Ref("a", word) for word in _WORDS)),
    "where the names end": (
        Ref("a", "bc"), Ref("ab", "c"), Ref("a", "b", "c"), Ref("abc"), Ref("a.b", "c"), Ref("a", "b.c"), Ref("b",
        "a"), Ref("a", "b"),
    ),
    "repeated names": (Ref("a"), Ref("a", "a"), Ref("a", "a", "a"), Ref("aa"), Ref("a", "aa")),
    "case in one name of several": (Ref("a", "b"), Ref("A", "b"), Ref("a", "B"), Ref("A", "B")),
    "depth": (
        Ref(*"abcdefghij"), Ref(*"abcdefghi"), Ref(*"abcdefghik"), Ref(*"kbcdefghij"), Ref(*["d"] * 60),
        Ref(*["d"] * 59),
    ),
    "patterns above other names": (
        Ref("a*"), Ref("a?c"), Ref("[a]"), Ref("a_c"), Ref("a%c"), Ref("a[b]c"), Ref("a*", "x"), Ref("a_c", "x"),
        Ref("a%c", "x"), Ref("abc", "x"), Ref("ab", "x"), Ref("a", "x"),
    ),
    "the last of many bytes": (
        Ref(*["n" * 200] * 4, "a"), Ref(*["n" * 200] * 4, "b"), Ref("m" * 200, *["n" * 200] * 3, "a"),
        Ref(*["n" * 200] * 4), Ref(*["\u00e9" * 100] * 4), Ref(*["\u00e9" * 100] * 3, "\u00e9" * 99 + "e"),
    ),
}  # fmt: skip  # one list for each


def _family(differ: str, names: tuple[str, ...]) -> Family:
    return Family(differ, tuple(map(Ref, dict.fromkeys(names))))


FAMILIES: tuple[Family, ...] = (
    *(Family(differ, refs) for differ, refs in list(_PATHS.items())[:2]),
    *(_family(differ, names) for differ, names in _NAMES.items()),
    *(Family(differ, refs) for differ, refs in list(_PATHS.items())[2:]),
    *(_family(differ, names) for differ, names in _EACH.items()),
)

_KEY = "k" * 1023
KEYS: tuple[Family, ...] = (
    Family(
        "where slashes are",
        ("a/b", "a//b", "/a/b", "a/b/", "a", "a/", "/a", "/", "//", "a\\b", "a%2Fb", "a%2fb", "///a"),
    ),
    Family(
        "dots for folders",
        (".", "..", "...", "a/..", "a/.", "./a", "../a", "a", "a/../b", "b", "./", "../", "a/./b", "a/b"),
    ),
    Family("NUL", ("\0", "a\0", "a\0b", "a", "b", "\0a", "a\0\0", "ab")),
    Family(
        "lone surrogates", ("\ud800", "\udfff", "\ufffd", "?", "\udc80", "\ud83d", "\udce9", "\u00e9", "a\ud800", "a")
    ),
    Family(
        "a pair of surrogates, and what it spells", ("\ud83d\ude00", "\U0001f600", "\ude00\ud83d", "\ud83d", "\ude00")
    ),
    Family(
        "long keys",
        (_KEY + "k", _KEY + "l", _KEY, "l" + _KEY, "\u00e9" * 512, "\u00e9" * 511 + "ee", "k" * 256, "k" * 255),
    ),
    Family("prefixes of text", ("a", "ab", "a/", "a/b", "a0", "a.", "a!", "a/b/c", "aa", "a/\uffff", "a\uffff", "A/b")),
)


@cache
def families(keys: str, max_key: int) -> tuple[Family, ...]:
    """The families, those of `keys` "any" first, without what is longer than `max_key` bytes with slashes."""
    every = (*KEYS, *FAMILIES) if keys == "any" else FAMILIES
    short = [Family(f.differ, tuple(r for r in f.refs if _size(r) <= max_key)) for f in every]
    return tuple(family for family in short if len(family.refs) > 1)


def _size(key: Any) -> int:
    return len(str(key).encode("utf-8", "surrogatepass"))
