"""Outlaws that a kill, a failure below them, or a second handle finds out."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from json import dumps, loads
from os import O_CREAT, O_EXCL, O_WRONLY, close, replace
from os import open as open_descriptor
from pathlib import Path
from typing import Any
from zlib import crc32

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Depth, Missing

from .mappings import Over
from .outlaw import outlaw
from .right import Folder, LogFile, Plain
from .right_mappings import Entries, FolderEntries


@outlaw(
    "a_write_killed_at_any_step_shows_before_or_after",
    wrong="The old file is removed, then the new one renamed: killed between the two, nothing is there.",
    seen="systems whose rename does not replace",
)
class RemovesAndRenames(Folder):
    def write(self, ref: Ref, value: Any) -> None:
        self.path(ref).unlink(missing_ok=True)
        if value is not MISSING:
            super().write(ref, value)


@outlaw(
    "a_write_killed_at_any_step_shows_before_or_after",
    wrong="A lock is a file, which a killed writer leaves behind: nobody can write any more.",
    seen="lock files without a process id",
)
class LeavesItsLock(Folder):
    def write(self, ref: Ref, value: Any) -> None:
        lock = self.directory / "writing"
        close(open_descriptor(lock, O_CREAT | O_EXCL | O_WRONLY))
        super().write(ref, value)
        lock.unlink()


class ListsByIndex(Folder):
    """Lists what is in an index, a file that is written after the value."""

    def write(self, ref: Ref, value: Any) -> None:
        super().write(ref, value)
        index = [each for each in self.every() if each != ref] + ([] if value is MISSING else [ref])
        (self.directory / "index.new").write_text(dumps(index))
        replace(self.directory / "index.new", self.directory / "index")

    def every(self) -> Iterable[Ref]:
        index = self.directory / "index"
        return [Ref(*names) for names in loads(index.read_text())] if index.exists() else []


@outlaw(
    "a_key_killed_at_any_step_shows_before_or_after",
    wrong="An index is written after the value: killed between the two, a key that can be read is not listed.",
    seen="manifests beside the data",
)
class IndexesLate(Over):
    make = ListsByIndex


@outlaw(
    "a_write_killed_at_any_step_shows_before_or_after",
    wrong="A line that a kill cut short stays in the log, and what is appended after it becomes a part of it.",
    seen="logs without a check of their tail",
)
class AppendsAfterWhatWasTorn(LogFile):
    def write(self, ref: Ref, value: Any) -> None:
        text = dumps([ref, None if value is MISSING else b64encode(value).decode()]).encode()
        with (self.directory / "log").open("ab") as file:
            file.write(b"%d %s\n" % (crc32(text), text))


class CountsInAFile(Folder):
    """Keeps the number of refs in a file of its own, which is written after the value."""

    def write(self, ref: Ref, value: Any) -> None:
        more = (value is not MISSING) - (self.read(ref) is not MISSING)
        super().write(ref, value)
        (self.directory / "count.new").write_text(str(self.count() + more))
        replace(self.directory / "count.new", self.directory / "count")

    def count(self) -> int:
        """How many refs there are, if nobody was killed meanwhile."""
        count = self.directory / "count"
        return int(count.read_text()) if count.exists() else 0


@outlaw(
    "a_key_killed_at_any_step_shows_before_or_after",
    wrong="len is a number of its own, written after the value: killed between the two, it is wrong for ever.",
    seen="a table of counts beside the data",
)
class CountsBeside(Over):
    make = CountsInAFile

    def __len__(self) -> int:
        return int(self.store.count())  # type: ignore[attr-defined]  # the store is of this make


class Above:
    """A right store that asks another for everything."""

    def __init__(self) -> None:
        self.source = Plain()

    def get(self, ref: Ref, /) -> Any:
        return self.source.get(ref)

    def put(self, ref: Ref, value: Any, /) -> None:
        self.source.put(ref, value)

    def merge(self, ref: Ref, value: Any, /) -> None:
        self.source.merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        self.source.delete(ref)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.source.swap(ref, old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return self.source.refs(base, depth)


@outlaw(
    "what_fails_below_leaves_before_or_after",
    wrong="When what is below fails, get says that nothing is there.",
    seen="except Exception: return default",
)
class TakesFailureForAbsence(Above):
    def get(self, ref: Ref, /) -> Any:
        try:
            return super().get(ref)
        except Exception as error:  # the mistake
            raise Missing(ref) from error


@outlaw(
    "what_fails_below_leaves_before_or_after",
    wrong="A put that failed below is reported as done.",
    seen="best-effort writes that log their failures",
)
class KeepsQuietAboutFailures(Above):
    def put(self, ref: Ref, value: Any, /) -> None:
        try:
            super().put(ref, value)
        except OSError:
            return


@outlaw(
    "what_fails_below_leaves_before_or_after",
    wrong="put deletes below and then puts below: when the second fails, nothing is there.",
    seen="delete and insert, without a transaction",
)
class DeletesBelowAndPuts(Above):
    def put(self, ref: Ref, value: Any, /) -> None:
        self.source.delete(ref)
        self.source.put(ref, value)


@outlaw(
    "what_fails_below_a_mapping_leaves_before_or_after",
    wrong="Whatever goes wrong below is a KeyError.",
    seen="except Exception: raise KeyError(key)",
)
class TakesFailuresForKeyErrors(Entries):
    def __init__(self) -> None:
        super().__init__()
        self.above = Above()
        self.store = self.above.source

    def __getitem__(self, key: str) -> bytes:
        try:
            return bytes(self.above.get(self.ref(key)))
        except TypeError:
            raise
        except Exception as error:  # the mistake
            raise KeyError(key) from error


@outlaw(
    "two_handles_in_turn_are_one_store",
    wrong="swap compares with what this handle wrote or read last, not with what is there.",
    seen="an etag that is remembered",
)
class ComparesWithItsMemory(Folder):
    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.seen: dict[Ref, Any] = {}

    def get(self, ref: Ref, /) -> Any:
        self.seen[ref] = super().get(ref)
        return self.seen[ref]

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if old is not MISSING and self.seen.get(ref) == old:
            old = self.read(ref)
        super().swap(ref, old, new)


@outlaw(
    "two_handles_in_turn_are_one_mapping",
    wrong="Each handle counts its own keys, so that what another handle sets is not in len.",
    seen="a length that is kept beside the data",
)
class CountsItsOwn(FolderEntries):
    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.count = len(self.keys_now())

    def __setitem__(self, key: str, value: bytes) -> None:
        new = key not in self
        super().__setitem__(key, value)
        self.count += new

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        self.count -= 1

    def __len__(self) -> int:
        return self.count
