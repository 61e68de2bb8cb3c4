"""Outlaws among stores that go wrong late: with the time, the number, the size, or what was there before."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Depth

from .outlaw import outlaw
from .right import Plain


@outlaw(
    "a_put_leaves_nothing_of_what_was_there",
    wrong="A shorter value leaves the end of the longer one that it replaces.",
    seen="a file that is opened to be written, and not cut",
)
class LeavesTheTail(Plain):
    def write(self, ref: Ref, value: Any) -> None:
        old = self.read(ref)
        super().write(ref, value if MISSING in (old, value) else value + old[len(value) :])


@outlaw(
    "a_put_leaves_nothing_of_what_was_there",
    wrong="A value of the same length and the same first byte is taken for no change.",
    seen="rsync by size",
)
class ComparesSizes(Plain):
    def write(self, ref: Ref, value: Any) -> None:
        old = self.read(ref)
        if MISSING in (old, value) or (len(old), old[:1]) != (len(value), value[:1]):
            super().write(ref, value)


@outlaw(
    "refs_that_hold_the_same_are_still_two",
    wrong="What two refs hold is kept once; when one of them goes, so does what the other one holds.",
    seen="content addressing without a count of references",
)
class KeepsContentOnce(Plain):
    def __init__(self) -> None:
        super().__init__()
        self.content: dict[int, bytes] = {}

    def read(self, ref: Ref) -> Any:
        return self.content.get(super().read(ref), MISSING)

    def write(self, ref: Ref, value: Any) -> None:
        if value is MISSING:
            self.content.pop(super().read(ref), None)
        else:
            self.content[hash(value)] = value
        super().write(ref, value if value is MISSING else hash(value))

    def every(self) -> Iterable[Ref]:
        return [ref for ref in super().every() if self.read(ref) is not MISSING]


@outlaw(
    "what_was_deleted_can_be_put_again",
    wrong="That a ref is missing is remembered, and not forgotten when it is put.",
    seen="a negative cache that only reading fills and nothing empties",
)
class RemembersAbsence(Plain):
    def __init__(self) -> None:
        super().__init__()
        self.absent: set[Ref] = set()

    def get(self, ref: Ref, /) -> Any:
        if self.read(ref) is MISSING:
            self.absent.add(ref)
        return super().get(Ref("nowhere") if ref in self.absent else ref)


@outlaw(
    "a_ref_and_what_is_below_it_come_and_go_alone",
    wrong="When the last ref of a folder goes, the folder goes, with the value that the folder itself has.",
    seen="rmdir of parents that are empty",
)
class TidiesUpwards(Plain):
    def delete(self, ref: Ref, /) -> None:
        super().delete(ref)
        above = ref.cut(len(ref) - 1)
        if len(ref) > 1 and not any(other.within(above) and other != above for other in self.every()):
            super().delete(above)


@outlaw(
    "the_300th_put_is_as_good_as_the_first",
    wrong="Versions are counted in 8 bits: the 256th is taken for an older one, and ignored.",
    seen="sequence numbers that overflow",
)
class CountsToABytesEnd(Plain):
    def __init__(self) -> None:
        super().__init__()
        self.versions: dict[Ref, int] = {}

    def write(self, ref: Ref, value: Any) -> None:
        self.versions[ref] = (self.versions.get(ref, 0) + 1) % 256
        if self.versions[ref]:
            super().write(ref, value)


@outlaw(
    "a_long_history_answers_as_a_dictionary_does",
    wrong="Every hundredth write is lost.",
    seen="a buffer that is emptied one entry too late",
)
class LosesTheHundredth(Plain):
    def __init__(self) -> None:
        super().__init__()
        self.writes = 0

    def write(self, ref: Ref, value: Any) -> None:
        self.writes += 1
        if self.writes % 100:
            super().write(ref, value)


@outlaw("what_was_put_stays_however_time_goes_by", wrong="Values expire after an hour.", seen="SETEX of Redis")
class Expires(Plain):
    def __init__(self) -> None:
        super().__init__()
        self.clock = time.monotonic

    def write(self, ref: Ref, value: Any) -> None:
        super().write(ref, value if value is MISSING else (self.clock() + 3600, value))

    def read(self, ref: Ref) -> Any:
        held = super().read(ref)
        return MISSING if held is MISSING or held[0] < self.clock() else held[1]


@outlaw(
    "what_is_read_often_stays", wrong="A value can be read 100 times.", seen="links that serve a number of downloads"
)
class WearsOut(Plain):
    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    def get(self, ref: Ref, /) -> Any:
        value = super().get(ref)
        self.reads += 1
        if self.reads % 100 == 0:
            self.write(ref, MISSING)
        return value


@outlaw(
    "many_large_values_are_all_kept", wrong="Beyond 8 MiB the oldest values go.", seen="caches that are used as stores"
)
class KeepsMegabytes(Plain):
    def write(self, ref: Ref, value: Any) -> None:
        super().write(ref, value)
        while sum(map(len, self.cells.values())) > 2**23:
            self.cells.pop(next(iter(self.cells)))


@outlaw(
    "of_thousands_of_refs_none_is_lost_or_mixed_up",
    wrong="Refs are kept by a hash of 20 bits, in the hope that no two are alike.",
    seen="short links",
)
class HashesShortly(Plain):
    def read(self, ref: Ref) -> Any:
        held = super().read(Ref(f"{bits(ref):x}"))
        return held if held is MISSING else held[1]

    def write(self, ref: Ref, value: Any) -> None:
        super().write(Ref(f"{bits(ref):x}"), value if value is MISSING else (ref, value))

    def every(self) -> Iterable[Ref]:
        return [ref for ref, _ in self.cells.values()]


def bits(ref: Ref) -> int:
    """Twenty bits, the same in every process."""
    return int.from_bytes(str(ref).encode()) * 0x9E3779B1 % 2**52 >> 32


@outlaw(
    "a_listing_bears_changes",
    wrong="A listing counts how many refs it has shown: while refs go, it skips some that stay.",
    seen="LIMIT and OFFSET",
)
class ListsByOffset(Plain):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        shown = 0
        while more := sorted(super().refs(base, depth))[shown : shown + 1]:
            yield from more
            shown += 1
