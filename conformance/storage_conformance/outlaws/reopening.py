"""Outlaws whose fault is in opening again, in compacting, in what two handles count, or in values of many bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from hashlib import sha256
from json import dumps
from pathlib import Path
from typing import Any, ClassVar

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Depth

from .outlaw import outlaw
from .right import Folder, LogFile, Plain

ALONE = {"shared": "each handle has its own memory"}


class Loaded(Folder):
    """Right: what is in the directory is read when it is opened, and kept in memory from then on."""

    without: ClassVar[dict[str, str]] = ALONE

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.cells: dict[Ref, Any] = {}
        for ref in super().every():
            self.cells.update(self.loaded(ref, super().read(ref)))

    def loaded(self, ref: Ref, value: bytes) -> dict[Ref, bytes]:
        return {ref: value}

    def read(self, ref: Ref) -> Any:
        return self.cells.get(ref, MISSING)

    def write(self, ref: Ref, value: Any) -> None:
        super().write(ref, value)
        self.cells.pop(ref, None)
        self.cells.update({} if value is MISSING else {ref: value})

    def every(self) -> Iterable[Ref]:
        return list(self.cells)


@outlaw(
    "refs_that_look_alike_stay_apart", wrong="Names lose the blanks at their ends when they are loaded.", seen="CSV"
)
class LoadsNamesStripped(Loaded):
    def loaded(self, ref: Ref, value: bytes) -> dict[Ref, bytes]:
        return {Ref(*(name.strip() or name for name in ref)): value}


@outlaw("every_value_comes_back", wrong="Line ends are translated in what is loaded.", seen="read_text()")
class LoadsValuesAsText(Loaded):
    def loaded(self, ref: Ref, value: bytes) -> dict[Ref, bytes]:
        return {ref: value.replace(b"\r\n", b"\n")}


@outlaw(
    "the_root_holds_what_it_takes",
    wrong="The shortest record of all, an empty value at the root, is taken for one that was cut short.",
    seen="`while at + HEADER < size`",
)
class LoadsNoEmptyRoot(Loaded):
    def loaded(self, ref: Ref, value: bytes) -> dict[Ref, bytes]:
        return {ref: value} if ref or value else {}


class Compacted(LogFile):
    """Right: when it is opened, the log is read, and then written anew with the lines that count."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        log = directory / "log"
        self.replayed()
        lines = [line for line in log.read_bytes().split(b"\n") if line]
        kept = self.kept(lines)
        if kept != lines:
            log.write_bytes(b"".join(b"\n%s\n" % line for line in kept))
            self.done = log.stat().st_size

    def kept(self, lines: list[bytes]) -> list[bytes]:
        return lines


def alive(lines: Iterable[bytes]) -> list[bytes]:
    """Without those that say that something was deleted."""
    return [line for line in lines if not line.endswith(b" null]")]


@outlaw(
    "the_300th_put_is_as_good_as_the_first",
    wrong="Compaction drops what says that a ref was deleted, not what it hides: opened once more, the ref is back.",
    seen="tombstones that are collected too early",
)
class DropsGravestones(Compacted):
    def kept(self, lines: list[bytes]) -> list[bytes]:
        return alive(lines) if len(lines) > 85 else lines


@outlaw(
    "the_300th_put_is_as_good_as_the_first",
    wrong="Compaction, due after 64 KiB, takes empty values for deleted ones.",
    seen="`if value`",
)
class CompactsAwayTheEmpty(Compacted):
    def kept(self, lines: list[bytes]) -> list[bytes]:
        return [line for line in lines if not line.endswith(b' ""]')] if sum(map(len, lines)) > 2**16 else lines

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.found, self.done = {}, 0


@outlaw(
    "a_long_history_answers_as_a_dictionary_does",
    wrong="Opening a log of 20 to 100 records forgets deletions; a longer one is read another way, which is right.",
    seen="an index that is written at the first rotation",
)
class RaisesTheDeadMeanwhile(Compacted):
    def kept(self, lines: list[bytes]) -> list[bytes]:
        return alive(lines) if 20 < len(lines) < 100 else lines

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.found, self.done = {}, 0


@outlaw(
    "a_long_history_of_two_handles_answers_as_a_dictionary_does",
    wrong="Long values are kept once, and each handle counts for itself who still has one.",
    seen="reference counts in memory",
)
class CountsItsOwnReferences(Folder):
    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.holders: dict[bytes, set[Ref]] = {}
        for ref in self.every():
            self.holders.setdefault(super().read(ref), set()).add(ref)

    def blob(self, short: bytes) -> Path:
        return self.directory / f"{short[1:].decode()}.blob"

    def read(self, ref: Ref) -> Any:
        short = super().read(ref)
        return short if short is MISSING else short[1:] if short[:1] == b"=" else self.blob(short).read_bytes()

    def write(self, ref: Ref, value: Any) -> None:
        old, short = super().read(ref), value
        if value is not MISSING:
            short = b"=" + value if len(value) < 4096 else b"@" + sha256(value).hexdigest().encode()
            if short[:1] == b"@":
                self.blob(short).write_bytes(value)
            self.holders.setdefault(short, set()).add(ref)
        super().write(ref, short)
        if old not in (MISSING, short):
            self.holders.setdefault(old, set()).discard(ref)
            if old[:1] == b"@" and not self.holders[old]:
                self.blob(old).unlink(missing_ok=True)


@outlaw(
    "a_ref_and_what_is_below_it_come_and_go_alone",
    wrong="A swap that fails leaves a folder, which a listing of one level shows.",
    seen="mkdir before the condition is looked at",
)
class ConflictsLeaveFolders(Plain):
    def __init__(self) -> None:
        super().__init__()
        self.folders: set[Ref] = set()

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        try:
            super().swap(ref, old, new)
        except Conflict:
            self.folders.add(ref.cut(len(ref) - 1))
            raise

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        shown = {each for each in self.folders if depth == 1 and each.within(base) and len(each) == len(base) + 1}
        return iter(shown.union(super().refs(base, depth)))


@outlaw(
    "refs_that_hold_the_same_are_still_two",
    wrong="Values over 64 KiB with one length, head, middle and tail are taken for one.",
    seen="fingerprints that are quick to make",
)
class TellsByTheEnds(Plain):
    def __init__(self) -> None:
        super().__init__()
        self.content: dict[tuple[Any, ...], bytes] = {}

    def write(self, ref: Ref, value: Any) -> None:
        if value is not MISSING and len(value) > 2**16:
            middle = len(value) // 2
            short = (len(value), value[:1024], value[middle : middle + 1024], value[-1024:])
            value = self.content.setdefault(short, value)
        super().write(ref, value)


@outlaw("swap_compares_the_whole_value", wrong="Values over 1 MiB are compared by their sizes.", seen="weak ETags")
class ComparesSizesOfLarge(Plain):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        with self.alone():
            held = self.read(ref)
            alike = MISSING not in (old, held) and len(held) == len(old) > 2**20
            super().swap(ref, held if alike else old, new)


@outlaw("refs_lists_a_level_of_many", wrong="A name that spans two pages of 1,000 refs comes twice.", seen="S3 by hand")
class ListsFoldersByPage(Plain):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth != 1:
            return super().refs(base, depth)
        every = sorted(ref for ref in super().refs(base) if ref != base)
        pages = [every[at : at + 1000] for at in range(0, len(every), 1000)]
        return iter([ref for page in pages for ref in {each.cut(len(base) + 1) for each in page}])


@outlaw(
    "refs_that_look_alike_are_listed_apart",
    wrong="What is below a base is found by a pattern, in which some names mean others.",
    seen="LIKE and GLOB without an escape",
)
class ListsByPattern(Plain):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        like = [ref for ref in self.cells if ref == base or fnmatchcase("/".join(ref), "/".join((*base, "*")))]
        return super().refs(base, depth) if depth is not None else iter(like)


@outlaw(
    "a_write_killed_at_any_step_shows_before_or_after",
    wrong="A value over 1 MiB is written in parts, over what is there.",
    seen="uploads that are streamed to the disk",
)
class WritesLargeInPlace(Folder):
    def write(self, ref: Ref, value: Any) -> None:
        if value is MISSING or len(value) <= 2**20:
            super().write(ref, value)
            return
        with self.path(ref).open("wb", buffering=0) as file:
            file.write(dumps(ref).encode() + b"\n")
            for at in range(0, len(value), 2**20):
                file.write(value[at : at + 2**20])
