"""The lines of `strace -f -xx -X raw -y` become calls: an object for each call that returned, nothing interpreted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["Call", "Exit", "File", "Garbled", "calls"]


@dataclass(frozen=True)
class File:
    """A descriptor, and the path that the kernel had for it then: empty where it had none."""

    number: int
    path: bytes


Value: TypeAlias = "int | bytes | File | list[Value] | dict[str, Value] | None"


@dataclass(frozen=True)
class Call:
    """A call that returned; `began` and `ended` are line numbers, which order the calls of several processes."""

    pid: int
    name: str
    args: tuple[Any, ...]
    result: int
    began: int
    ended: int
    named: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Exit:
    """A process or thread that ended, by itself or by a signal."""

    pid: int
    how: str
    ended: int


class Garbled(ValueError):
    """A line that strace does not write; the text is the line."""


LINE = re.compile(r"(\d+) +(?:(\w+|\?+)\((.*)|<\.\.\. (\w+|\?+) resumed>(.*)|(\+\+\+|---) (.*) (?:\+\+\+|---))$")
RETURNED = re.compile(r"(.*)\)\s+= (-?\d+|0x[0-9a-f]+|\?)(?:<[^>]*>(?:\(deleted\))?)?(?: [^\"]*)?$")
UNFINISHED = " <unfinished ...>"
TOKEN = re.compile(
    r'\s*(?:"(?P<text>(?:\\x[0-9a-f]{2})*)"(?P<cut>\.\.\.)?|(?P<mark>[\[\]{}(),]|=>)|/\*.*?\*/'
    r"|(?P<name>[A-Za-z_]\w*)=(?!>)|(?P<number>-?(?:0x[0-9a-f]+|\d+))(?:<(?P<path>[^>]*)>(?:\(deleted\))?)?|(?P<word>[^\s,\[\]{}()=\"]+))"
)
MOVES = re.compile(r"\d+ +(?:rename|link)")
ABSOLUTE = re.compile(r'"(\\x2f[^"]*)"')
IDLE = ("read", "readv", "mmap", "ioctl", "lseek")  # of interest only for files that are recorded


def calls(lines: Sequence[str], root: bytes) -> Iterator[Call | Exit]:
    """Every call that returned and every end of a process, in order; no reads of files outside `root`.

    But those of files that are moved in are there.

    Raises Garbled for a line that cannot be read. Format: strace(1), options -f, -xx, -X raw, -y.
    """
    begun: dict[int, tuple[str, str, int]] = {}
    inside = escaped(root)
    moves = filter(MOVES.match, lines)
    concern = {inside, *(path for line in moves for path in ABSOLUTE.findall(line))}
    for number, line in enumerate(lines):
        found = LINE.match(line.rstrip("\n"))
        if not found:
            raise Garbled(line.strip()[:200])
        pid, name, rest, resumed, tail = int(found[1]), found[2], found[3], found[4], found[5]
        if found[6]:
            if found[6] == "+++":
                yield Exit(pid, found[7], number)
            continue
        start = number
        if resumed:
            name, head, start = begun.pop(pid, (resumed, "", number))
            rest = head + tail
        if rest.endswith(UNFINISHED):
            begun[pid] = (name, rest.removesuffix(UNFINISHED), start)
        elif name not in IDLE or any(path in rest for path in concern):
            yield from _returned(pid, name, rest, start, number)


def escaped(text: bytes) -> str:
    r"""As -xx writes it.

    >>> escaped(b"/a")
    '\\x2f\\x61'
    """
    return "".join(f"\\x{byte:02x}" for byte in text)


def _returned(pid: int, name: str, rest: str, start: int, number: int) -> Iterator[Call]:
    """The call, unless it never returned (exit_group) or the process was killed in it."""
    found = RETURNED.match(rest)
    if not found:
        raise Garbled(f"{name}({rest}"[:200])
    if found[2] == "?":
        return
    if name.startswith("?"):  # strace could not ask which call it was; of a thread that is killed in it nothing follows
        raise Garbled(f"a call without a name returned {found[2]}")
    args, named = _parsed(found[1])
    yield Call(pid, name, args, int(found[2], 0), start, number, named)


def _parsed(text: str) -> tuple[tuple[Value, ...], tuple[tuple[str, Value], ...]]:
    """The arguments by position, and those that strace writes with a name (clone)."""
    tokens = [token for token in TOKEN.finditer(text) if token.lastgroup]
    values, named = _sequence(iter(tokens))
    return tuple(values), tuple(named.items())


def _sequence(tokens: Iterator[re.Match[str]]) -> tuple[list[Value], dict[str, Value]]:
    """Values up to the closing mark."""
    values: list[Value] = []
    named: dict[str, Value] = {}
    name = ""
    for token in tokens:
        if token["mark"] in ("]", "}", ")"):
            break
        if token["name"]:
            name = token["name"]
        elif token["mark"] not in (",", "=>"):
            value = _value(token, tokens)
            if name:
                named[name], name = value, ""
            else:
                values.append(value)
    return values, named


def _value(token: re.Match[str], tokens: Iterator[re.Match[str]]) -> Value:
    if token["mark"]:
        values, named = _sequence(tokens)
        return named or values
    if token["text"] is not None:
        if token["cut"]:
            raise Garbled("a value was cut short by strace")
        return bytes.fromhex(token["text"].replace("\\x", ""))
    if token["path"] is not None:
        return File(int(token["number"], 0), _unescaped(token["path"]))
    return _number(token["number"]) if token["number"] else None


def _number(text: str) -> int:
    """Modes are written in octal, as C has them."""
    return int(text, 8 if re.fullmatch(r"0\d+", text) else 0)


def _unescaped(path: str) -> bytes:
    return bytes.fromhex("".join(part[:2] for part in path.split("\\x")[1:])) if path.startswith("\\x") else b""
