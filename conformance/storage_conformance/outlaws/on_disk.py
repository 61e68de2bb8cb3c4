"""Outlaws in a directory: what they forget when they are opened again, killed, or shared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from json import dumps
from pathlib import Path
from time import sleep
from typing import Any, ClassVar

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING

from .outlaw import outlaw
from .right import Folder, LogFile, Sqlite


@outlaw(
    "what_was_written_is_there_after_reopening", wrong="What is written stays in memory; the directory stays empty."
)
class ForgetsWhenReopened(Folder):
    claims: ClassVar[dict[str, object]] = {"survives": "reopen"}
    without: ClassVar[dict[str, str]] = {"shared": "each handle has its own memory"}

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.cells: dict[Ref, Any] = {}

    def read(self, ref: Ref) -> Any:
        return self.cells.get(ref, MISSING)

    def write(self, ref: Ref, value: Any) -> None:
        self.cells.pop(ref, None)
        self.cells.update({} if value is MISSING else {ref: value})

    def every(self) -> Iterable[Ref]:
        return list(self.cells)


@outlaw("what_was_written_is_there_after_reopening", wrong="After reopening, what was deleted is there again.")
class DeletesInMemory(Folder):
    without: ClassVar[dict[str, str]] = {"shared": "what is deleted is remembered by the handle alone"}

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.deleted: set[Ref] = set()

    def read(self, ref: Ref) -> Any:
        return MISSING if ref in self.deleted else super().read(ref)

    def every(self) -> Iterable[Ref]:
        return [ref for ref in super().every() if ref not in self.deleted]

    def write(self, ref: Ref, value: Any) -> None:
        if value is MISSING:
            self.deleted.add(ref)
        else:
            self.deleted.discard(ref)
            super().write(ref, value)


@outlaw(
    "another_handle_sees_what_is_written",
    wrong="What was read or written once is answered from memory, whatever another handle has written since.",
    seen="caches in front of a shared disk",
)
class RemembersWhatItRead(Folder):
    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.cells: dict[Ref, Any] = {}

    def read(self, ref: Ref) -> Any:
        if ref not in self.cells:
            self.cells[ref] = super().read(ref)
        return self.cells[ref]

    def write(self, ref: Ref, value: Any) -> None:
        super().write(ref, value)
        self.cells[ref] = value


@outlaw(
    "what_was_written_is_there_after_a_kill",
    wrong="A write is acknowledged when it is in a buffer of the process, which a kill empties.",
    seen="a log file that is flushed every 64 KiB",
)
class AcknowledgesTooEarly(LogFile):
    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.buffer: list[tuple[Ref, Any]] = []

    def read(self, ref: Ref) -> Any:
        buffered = [value for held, value in self.buffer if held == ref]
        return buffered[-1] if buffered else super().read(ref)

    def every(self) -> Iterable[Ref]:
        self.flush()
        return super().every()

    def write(self, ref: Ref, value: Any) -> None:
        self.buffer.append((ref, value))
        if len(self.buffer) >= 5:
            self.flush()

    def flush(self) -> None:
        while self.buffer:
            super().write(*self.buffer.pop(0))

    def close(self) -> None:
        self.flush()


@outlaw(
    "what_was_written_is_there_after_a_kill",
    wrong="The file is emptied and then written, so that a kill in between leaves it torn.",
    seen="open(path, 'w')",
)
class WritesInPlace(Folder):
    def write(self, ref: Ref, value: Any) -> None:
        if value is MISSING:
            super().write(ref, value)
            return
        with self.path(ref).open("wb", buffering=0) as file:
            file.write(dumps(ref).encode() + b"\n")
            sleep(0.006)  # a large value takes about that long
            file.write(value)


@outlaw(
    "no_increment_is_lost_among_threads",
    wrong="Each handle has a lock for its threads, but opening it makes a new one.",
)
class LocksNothing(Folder):
    @contextmanager
    def alone(self) -> Iterator[None]:
        yield


@outlaw(
    "refs_that_look_alike_stay_apart",
    wrong="The file of a ref is named by its text, so that some names cannot be stored and a/b is taken for a folder.",
    seen="Path(root, key)",
)
class NamesFilesByText(Folder):
    def path(self, ref: Ref) -> Path:
        return self.directory / ("_".join(ref)[:200] + ".value")


@outlaw(
    "refs_lists_each_ref_with_a_value_once",
    wrong="Temporary files that a crash left behind are listed.",
    seen="glob('*')",
)
class ListsTemporaryFiles(Folder):
    def write(self, ref: Ref, value: Any) -> None:
        super().write(ref, value)
        if value is not MISSING:
            (self.directory / f"{self.path(ref).stem}.new.value").write_bytes(dumps([*ref, "new"]).encode() + b"\n")


@outlaw("every_value_comes_back", wrong="Values are stored as text, cut at the first NUL.", seen="C strings as columns")
class CutsAtNul(Sqlite):
    def write(self, ref: Ref, value: Any) -> None:
        super().write(ref, value if value is MISSING else value.partition(b"\0")[0])


@outlaw(
    "opening_another_handle_disturbs_no_put", wrong="Who opens it removes what others are writing.", seen="clean-ups"
)
class ClearsTemporaryFiles(Folder):
    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        for temporary in directory.glob("*.new"):
            temporary.unlink(missing_ok=True)


@outlaw(
    "many_refs_are_there_after_reopening", wrong="Who opens it keeps a hundred values.", seen="one page of a listing"
)
class KeepsOnePage(Folder):
    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        for more in sorted(directory.glob("*.value"))[100:]:
            more.unlink(missing_ok=True)
