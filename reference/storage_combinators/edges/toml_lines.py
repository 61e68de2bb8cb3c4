"""A TOML file, and where in it a key stands, which tomllib does not tell: so that an error can point there. Ours."""

import re
import tomllib
from bisect import bisect
from pathlib import Path
from typing import Any

from .open_store import UsageError

__all__ = ["Where", "line_of", "lines_of", "read"]

Where = tuple[str | int, ...]  # the keys from the outside in; the place in a list is a number
KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
DOTTED = rf"{KEY}(?:\s*\.\s*{KEY})*"
HEADER = re.compile(rf"\s*(\[\[?)\s*({DOTTED})\s*\]")
PAIR = re.compile(rf"\s*({DOTTED})\s*=")
PARTS = re.compile(  # strings of several lines and of one, comments, and what is in neither, sign by sign
    r"""'{3}.*?'{3,5}|"{3}(?:[^\\]|\\.)*?"{3,5}|'[^'\n]*'|"(?:[^"\\\n]|\\.)*"|#[^\n]*|\S""", re.DOTALL
)


def read(path: Path) -> tuple[dict[str, Any], dict[Where, int]]:
    """What the file says, and the lines of its keys; UsageError, in one line with the place, where it is no TOML."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}:1: this is no TOML: {error}") from None
    try:
        return tomllib.loads(text), lines_of(text)
    except RecursionError:
        raise UsageError(f"{path}: this is no tree: it is too deep") from None
    except tomllib.TOMLDecodeError as error:
        what, _, line = str(error).removesuffix(")").partition(" (at ")
        number = line.removeprefix("line ").partition(",")[0]
        last = text.rstrip().count("\n") + 1  # if it is at the end of the document
        raise UsageError(f"{path}:{number if number.isdecimal() else last}: this is no TOML: {what}") from None


def lines_of(text: str) -> dict[Where, int]:
    """The line of each table, of each key that begins a line, and of what is in its list, counted from 1.

    >>> lines_of("a = 1" + chr(10) + "[b.c]" + chr(10) + "d = 2")
    {('a',): 1, ('b', 'c'): 2, ('b', 'c', 'd'): 3}
    """
    found: dict[Where, int] = {}
    last: dict[Where, int] = {}  # of each list of tables, the place of its last
    table: Where = ()
    starts = [0, *(each.end() for each in re.finditer("\n", text))]
    end = 0  # of a value, which may be in a line after its first
    for number, (start, line) in enumerate(zip(starts, text.split("\n"), strict=True), 1):
        if start < end:
            continue
        if header := HEADER.match(line):
            *outer, name = _names(header[2])
            table = (*_inside(tuple(outer), last), name)
            if header[1] == "[[":
                last[table] = last.get(table, -1) + 1
            table = (*table, last[table]) if table in last else table
            found[table] = number
        elif pair := PAIR.match(line):
            where = (*table, *_names(pair[1]))
            listed, end = _listed(text, start + pair.end(), where)
            found |= {where: number} | {each: bisect(starts, place) for each, place in listed.items()}
    return found


def line_of(where: Where, lines: dict[Where, int]) -> int:
    """The line of `where`, or of the nearest thing round it that begins a line; 1 for the whole file."""
    for length in range(len(where), 0, -1):
        if where[:length] in lines:
            return lines[where[:length]]
    return 1


def _listed(text: str, start: int, where: Where) -> tuple[dict[Where, int], int]:
    """Where the things in the list that begins at `start` begin, and those in its lists; and where that value ends."""
    found: dict[Where, int] = {}
    places: list[int] = []
    braces, begins = 0, False
    for part in PARTS.finditer(text, start):
        sign = part[0] if part[0] in ("[", "]", "{", "}", ",") and (not braces or part[0] in "{}") else ""
        if begins and sign != "]" and not part[0].startswith("#"):
            found[*where, *places] = part.start()
            begins = False
        braces += (sign == "{") - (sign == "}")
        if sign == "[":
            places.append(0)
        elif sign == ",":
            places[-1] += 1
        elif sign == "]":
            places.pop()
        if not places and not braces:
            return found, part.end()
        begins = sign != "]" and (begins or sign in ("[", ","))
    return found, len(text)


def _names(dotted: str) -> tuple[str, ...]:
    """The names in ``a."b.c"``, read as TOML reads them."""
    names, inner = [], tomllib.loads(f"{dotted} = 0")
    while isinstance(inner, dict):
        ((name, inner),) = inner.items()
        names.append(name)
    return tuple(names)


def _inside(names: tuple[str, ...], last: dict[Where, int]) -> Where:
    """`names`, with the place of the last table after each that is a list of tables."""
    where: Where = ()
    for name in names:
        where = (*where, name)
        where = (*where, last[where]) if where in last else where
    return where
