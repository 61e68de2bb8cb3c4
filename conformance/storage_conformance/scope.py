"""What is generated: the refs, keys and values that choices draw from. More of them belong here, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING

__all__ = ["BYTES", "FAMILIES", "JSON", "KEYS", "SMALL", "Family", "Scope", "Step", "alphabet", "families", "values"]

Step = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Family:
    """Refs that some store takes for one another, and what they differ in."""

    differ: str
    refs: tuple[Any, ...]  # or keys, of a mapping that takes any


@dataclass(frozen=True)
class Scope:
    """What one trial draws from: refs (of a mapping: keys), values, and the bases to list."""

    kind: str
    refs: tuple[Any, ...]
    values: tuple[Any, ...]
    bases: tuple[Ref, ...] = ()
    menus: dict[tuple[bool, str], list[list[Step]]] = field(default_factory=dict, repr=False, compare=False)

    def menu(self, claims: Any, *, reads: bool, only: str = "") -> list[list[Step]]:
        """The steps that a history may take next, by how many of the values are in use already; of one verb if `only`.

        Values are taken into use in their order: histories that differ by a renaming of values are one.
        """
        if (reads, only) not in self.menus:
            full = [step for step in alphabet(self, claims, reads=reads) if only in ("", step[0])]
            counts = range(len(self.values) + 1)
            self.menus[reads, only] = [[step for step in full if self._in_order(step[1], used)] for used in counts]
        return self.menus[reads, only]

    def _in_order(self, args: tuple[Any, ...], used: int) -> bool:
        for arg in args:
            if arg in self.values[used + 1 :]:
                return False
            used = self.used((arg,), used)
        return True

    def used(self, args: tuple[Any, ...], before: int) -> int:
        """How many values are in use after a step with `args`."""
        if before == len(self.values):
            return before
        return max([before, *(self.values.index(arg) + 1 for arg in args if arg in self.values)])


SMALL = (Ref("a"), Ref("a", "b"), Ref("b"))

_LONG = "n" * 255
_NAMES = {
    "upper and lower case": ("readme", "README", "Readme"),
    "case beyond ASCII": ("straße", "STRASSE", "strasse", "İ", "i̇", "ı"),
    "composed and decomposed accents": ("\u00e9", "e\u0301"),
    "compatibility forms": ("ﬁ", "fi", "①", "1"),
    "percent signs": ("a b", "a%20b", "a+b", "a%2520b", "%", "%%", "%2F"),
    "characters with a meaning in a URL": ("a?b", "a#b", "a&b=c", "a;b", "a:b", "http:"),
    "blanks at the ends": ("a", " a", "a ", "a\t", "\u00a0a"),
    "line ends": ("a", "a\n", "a\nb", "a\r\nb", "\ufeffa"),
    "dots": ("a", ".a", "a.", "...", "..a", "a..", "a.b"),
    "what looks hidden or temporary": (
        ".tmp",
        "a.tmp",
        "a~",
        "#a#",
        ".git",
        "tmp",
        ".a.swp",
        "a.lock",
        "a.v",
        "a.json",
    ),
    "what looks like an escape": (
        "a_b",
        "a__b",
        "_",
        "__",
        "a-b",
        "-",
        "--",
        "=",
        "a=2Fb",
        "\\",
        "a\\b",
        "%00",
        "\\x00",
    ),
    "patterns": ("*", "?", "[a]", "a*", "{a}", "$HOME", "~", "!a"),
    "quotes": ("'", '"', "`", "a'b", "<a>", "|", "a,b"),
    "names that are reserved elsewhere": ("CON", "con", "NUL", "aux.txt", "COM1", "__proto__", "null", "None", "keys"),
    "numbers": ("1", "01", "1.0", "+1", "1e0", "0x1", "１"),
    "long names": (_LONG, _LONG[:-1], _LONG[:-1] + "m", "é" * 127),
    "control characters": ("\x01", "\x1b", "\x7f", "a\x0bb", "\u2028", "\u200b", "a\u200bb", "ab"),
    "planes": ("\U0001f600", "\uffff", "𐀀", "日本"),
}
_PATHS = {
    "prefixes": (Ref("a"), Ref("ab"), Ref("a", "b"), Ref("a-b"), Ref("a", "b", "c"), Ref("a", "bc"), Ref("ab", "c")),
    "where the names end": (
        Ref("a", "bc"),
        Ref("ab", "c"),
        Ref("a", "b", "c"),
        Ref("abc"),
        Ref("a.b", "c"),
        Ref("a", "b.c"),
    ),
    "what a separator becomes": (
        Ref("a", "b"),
        Ref("a%2Fb"),
        Ref("a_b"),
        Ref("a:b"),
        Ref("a\\b"),
        Ref("a__b"),
        Ref("a.b"),
    ),
    "repeated names": (Ref("a"), Ref("a", "a"), Ref("a", "a", "a"), Ref("aa")),
    "depth": (Ref(*"abcdefghij"), Ref(*"abcdefghi"), Ref(*"abcdefghik"), Ref(*["d"] * 60)),
}
FAMILIES: tuple[Family, ...] = tuple(
    [Family(differ, tuple(map(Ref, names))) for differ, names in _NAMES.items()]
    + [Family(differ, refs) for differ, refs in _PATHS.items()]
)

KEYS: tuple[Family, ...] = (
    Family("where slashes are", ("a/b", "a//b", "/a/b", "a/b/", "a", "a/", "/a", "/", "//")),
    Family("dots for folders", (".", "..", "...", "a/..", "a/.", "./a", "../a", "a")),
    Family("NUL", ("\0", "a\0", "a\0b", "a", "b")),
    Family("lone surrogates", ("\ud800", "\udfff", "\ufffd", "?", "\udc80", "\ud83d")),
    Family("long keys", ("k" * 1024, "k" * 1023 + "l", "k" * 1023, "é" * 512)),
)

_BLOCK = bytes(range(256))
BYTES: tuple[bytes, ...] = (
    b"", b" ", b"\0", b"a\0", b"\0a", b"a ", b" a", b"\n", b"a\n", b"\r\n", b"a\rb",
    b"\xef\xbb\xbfa", b"\xff\xfe", b"\xe9", b"\xc3\xa9",
    b"0", b"1", b"1.0", b"None", b"null", b"true", b"[]", b"{}", b'"a"', b"a,b", b"%s", b"%00", b"$1", b"=",
    b"\x1f\x8b", b"\x1f\x8b\x08\0\0\0\0\0", b"x\x9c", b"BZh9", b"\xfd7zXZ\0", b"(\xb5/\xfd", b"\x80\x04.", b"\x93NUMPY",
    b"MISSING",
    _BLOCK, b"\0" * 4095, b"a" * 4096, _BLOCK * 16 + b"b", b"a" * 8191, _BLOCK * 256, _BLOCK * 256 + b"c",
    b"\0" * 65535, _BLOCK * 4096 + b"d",
)  # fmt: skip  # one line per kind: nothing and blanks, text that reads as something else, magic numbers, sizes
JSON: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 1.5, 1e300, 2**53 + 1, "", "x", "null", "é", "\u2028", "😀", "\0", [], [[]], [None],
    ["x", 1], {}, {"a": [1]}, {"a": {"b": {"c": None}}}, {"": 0}, {"b": 1, "a": 2}, {"a": None},
    [True, 1.5, "x", {"k": []}], "x" * 70_000,
)  # fmt: skip


@cache
def values(held: str, max_value: int) -> tuple[Any, ...]:
    """The hostile values for a store that holds "bytes", "json" or "text", up to `max_value` bytes."""
    if held == "bytes":
        return tuple(value for value in BYTES if len(value) <= max_value)
    return JSON if held == "json" else tuple(value for value in JSON if isinstance(value, str) and "\0" not in value)


@cache
def families(keys: str, max_key: int) -> tuple[Family, ...]:
    """The families, those of `keys` "any" too, without what is longer than `max_key` bytes with slashes."""
    every = (*FAMILIES, *KEYS) if keys == "any" else FAMILIES
    short = [Family(f.differ, tuple(r for r in f.refs if _size(r) <= max_key)) for f in every]
    return tuple(family for family in short if len(family.refs) > 1)


def _size(key: Any) -> int:
    return len(str(key).encode("utf-8", "surrogatepass"))


def alphabet(scope: Scope, claims: Any, *, reads: bool) -> list[Step]:
    """Every step that a history may take in `scope`, given what is claimed; reading ones only when `reads`."""
    return _mapping_steps(scope, reads) if scope.kind == "mapping" else _store_steps(scope, claims, reads)


def _store_steps(scope: Scope, claims: Any, reads: bool) -> list[Step]:
    steps: list[Step] = []
    if claims.writes:
        steps += [("put", pair) for pair in product(scope.refs, scope.values)]
        steps += [("delete", (ref,)) for ref in scope.refs]
        steps += [("swap", (ref, *forms)) for ref in scope.refs for forms in swaps(scope.values, claims.swaps)]
    if claims.writes and claims.merges:
        steps += [("merge", pair) for pair in product(scope.refs, scope.values)]
    if reads:
        steps += [("get", (ref,)) for ref in scope.refs]
        steps += [("refs", (base, None)) for base in scope.bases[:1] if claims.lists]
    return steps


def swaps(held: tuple[Any, ...], level: str) -> list[tuple[Any, Any]]:
    """The forms (old, new) of swap that a store must know at this level of its claim."""
    create = [(MISSING, new) for new in (*held, MISSING)]
    write = list(product(held, held))
    remove = [(old, MISSING) for old in held]
    return {"no": [], "create": create, "write": create + write, "all": create + write + remove}[level]


def _mapping_steps(scope: Scope, reads: bool) -> list[Step]:
    pairs = list(product(scope.refs, scope.values))
    steps: list[Step] = [("[]=", pair) for pair in pairs] + [("setdefault", pair) for pair in pairs]
    steps += [("del", (key,)) for key in scope.refs] + [("pop", (key, None)) for key in scope.refs]
    if reads:
        steps += [("[]", (key,)) for key in scope.refs] + [("in", (key,)) for key in scope.refs]
        steps += [("iter", ()), ("len", ())]
    return steps
