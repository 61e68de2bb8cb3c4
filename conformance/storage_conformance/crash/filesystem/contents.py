"""wrong_bytes: whether a file holds nothing but what it may hold after a power cut.

What was synced last is certain. Each sector of 512 bytes is as it was at one moment since then, and beyond the end of
that moment zeros; the size is one of that time, or on the way to one. So what was not synced may be absent, old, new,
a mix, cut, or zeros where the file grew; and never what another file, or nobody, wrote. Unless the file system may use
a block again before it is certain that it is free: then what was cut off, or is new, may hold anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

__all__ = ["wrong_bytes"]

SECTOR = 512  # bytes; a device writes one whole
CELL = re.compile(rb"([0-9a-z]{2})[0-9a-f]{5}\n")


def wrong_bytes(
    moments: Sequence[bytes], held: bytes, writers: Sequence[str], free: Sequence[bytes] = ()
) -> Iterator[str]:
    """What is wrong, as ends of sentences; the first of `moments` is the certain one. `writers`: calls by number.

    A sector that is absent, or all zeros, in one of `free` may hold anything.
    """
    if not moments:
        return
    if len(held) not in sizes(moments):
        yield f"is {len(held)} bytes long, where {_either(sorted({len(each) for each in moments}))} would be right"
    for start in range(0, len(held), SECTOR):
        sector = held[start : start + SECTOR]
        known = all(each[start : start + SECTOR].strip(b"\0") for each in free)
        if known and not any(sector == each[start : start + len(sector)].ljust(len(sector), b"\0") for each in moments):
            yield f"holds {_told(sector, writers)} at bytes {start} to {start + len(sector)}"
            return  # what follows is mostly more of the same


def sizes(moments: Sequence[bytes]) -> set[int]:
    """How long the file may be: as at a moment, or a number of whole sectors on the way up from one to the next."""
    found = {len(each) for each in moments}
    for was, now in pairwise(map(len, moments)):
        found |= set(range(was + -was % SECTOR, now, SECTOR))
    return found


def _told(sector: bytes, writers: Sequence[str]) -> str:
    """Whose bytes these are, in words."""
    if not sector.strip(b"\0"):
        return "zeros that nobody wrote"
    numbers = sorted({int(sign, 36) for sign in CELL.findall(sector)})
    named = [f"`{writers[number]}`" for number in numbers if number < len(writers)]
    return f"what {' and '.join(named)} wrote" if named else f"bytes that nobody wrote ({sector[:16]!r} ...)"


def _either(numbers: list[int]) -> str:
    return " or ".join(map(str, numbers))
