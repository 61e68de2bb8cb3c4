"""Outlaws that hold wrongly what they are given: get, put, merge, delete. All in memory."""

from __future__ import annotations

import gzip
import json
from typing import Any

from storage_combinators.functions import present
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Missing

from .outlaw import outlaw
from .right import Plain, known

ALIKE = "refs_that_look_alike_stay_apart"


@outlaw(
    "get_answers_what_was_put", wrong="A put where something is already is ignored.", seen="write-once object stores"
)
class KeepsTheFirst(Plain):
    def put(self, ref: Ref, value: Any, /) -> None:
        if self.read(known(ref)) is MISSING:
            super().put(ref, value)


@outlaw("get_answers_what_was_put", wrong="What was deleted stays deleted: a later put is hidden by its tombstone.")
class KeepsTheTombstone(Plain):
    def get(self, ref: Ref, /) -> Any:
        if ("gone", *ref) in self.cells:
            raise Missing(ref)
        return super().get(ref)

    def delete(self, ref: Ref, /) -> None:
        super().delete(ref)
        self.cells[Ref("gone", *ref)] = b""

    def every(self) -> list[Ref]:
        return [ref for ref in self.cells if ref[:1] != ("gone",) and Ref("gone", *ref) not in self.cells]


@outlaw(
    "get_of_what_is_not_there_is_missing",
    wrong="get answers None where nothing is, so that nobody can tell it from a stored None.",
    seen="the paper's own framework, where absence is nil",
)
class AnswersNone(Plain):
    def get(self, ref: Ref, /) -> Any:
        return None if self.read(known(ref)) is MISSING else super().get(ref)


@outlaw(
    "get_answers_what_was_put", "every_value_comes_back", wrong="An empty value counts as none.", seen="`if not value`"
)
class TakesEmptyForMissing(Plain):
    def read(self, ref: Ref) -> Any:
        return self.cells.get(ref) or MISSING


@outlaw("delete_removes", wrong="delete puts an empty value.", seen="delete as put(nil), in the paper's own framework")
class DeletesByPutting(Plain):
    def delete(self, ref: Ref, /) -> None:
        if self.read(known(ref)) is not MISSING:
            self.put(ref, b"")


@outlaw(
    "delete_of_what_is_not_there_does_nothing", wrong="A delete of what is not there raises Missing.", seen="os.remove"
)
class RaisesOnDelete(Plain):
    def delete(self, ref: Ref, /) -> None:
        self.get(ref)
        super().delete(ref)


@outlaw("delete_changes_nothing_else", wrong="delete removes what is below the ref as well.", seen="rm -r as delete")
class DeletesBelow(Plain):
    def delete(self, ref: Ref, /) -> None:
        for each in list(self.refs(ref)):
            super().delete(each)


@outlaw(
    "delete_changes_nothing_else",
    ALIKE,
    wrong="delete removes every key that begins with the same text: deleting readme deletes readme.txt.",
    seen="deletion by prefix in object stores",
)
class DeletesByPrefix(Plain):
    def delete(self, ref: Ref, /) -> None:
        self.cells = {held: value for held, value in self.cells.items() if not str(held).startswith(str(known(ref)))}


@outlaw(
    "put_changes_nothing_else",
    wrong="A value at a ref displaces what is below it.",
    seen="stores with a file for each value, where a name is a file or a folder",
)
class FileOrFolder(Plain):
    def put(self, ref: Ref, value: Any, /) -> None:
        super().put(ref, value)
        self.cells = {held: kept for held, kept in self.cells.items() if held == ref or not held.within(ref)}


@outlaw("get_changes_nothing", wrong="get takes the value out.", seen="queues that are used as stores")
class TakesOut(Plain):
    def get(self, ref: Ref, /) -> Any:
        value = super().get(ref)
        self.delete(ref)
        return value


@outlaw("get_changes_nothing", wrong="A get of what is not there puts an empty value there.", seen="defaultdict")
class CreatesOnGet(Plain):
    def get(self, ref: Ref, /) -> Any:
        try:
            return super().get(ref)
        except Missing:
            self.cells[ref] = b""
            raise


@outlaw(
    "every_value_comes_back", wrong="Line ends are translated: CR LF comes back as LF.", seen="files opened as text"
)
class OpensAsText(Plain):
    def write(self, ref: Ref, value: Any) -> None:
        super().write(ref, value if value is MISSING else value.replace(b"\r\n", b"\n"))


@outlaw("every_value_comes_back", wrong="Blanks at the ends of a value are lost.", seen="readline().strip()")
class StripsValues(Plain):
    def write(self, ref: Ref, value: Any) -> None:
        super().write(ref, value if value is MISSING else value.strip(b" \0\n"))


@outlaw(
    "every_value_comes_back",
    wrong="A value that begins as gzip does is unpacked, or is a failure where it only begins so.",
    seen="HTTP clients that decode by magic number",
)
class UnpacksWhatLooksPacked(Plain):
    def get(self, ref: Ref, /) -> Any:
        value = super().get(ref)
        return gzip.decompress(value) if value[:2] == b"\x1f\x8b" else value


@outlaw(
    "every_value_comes_back",
    wrong="A value is cut at 64 KiB.",
    seen="columns of type BLOB in MySQL, not in strict mode",
)
class CutsValues(Plain):
    def write(self, ref: Ref, value: Any) -> None:
        super().write(ref, value if value is MISSING else value[: 2**16 - 1])


@outlaw("every_value_comes_back", wrong="Values are kept as text, bytes that are none are replaced.")
class ReplacesBytes(Plain):
    def write(self, ref: Ref, value: Any) -> None:
        super().write(ref, value if value is MISSING else value.decode(errors="replace").encode())


@outlaw(
    "merge_where_nothing_is_puts", wrong="A merge where nothing is raises Missing.", seen="PATCH of a missing URL: 404"
)
class MergesOnlyIntoSomething(Plain):
    def merge(self, ref: Ref, value: Any, /) -> None:
        self.get(ref)
        super().merge(ref, value)


@outlaw("merge_replaces", wrong="merge appends, though nobody said how to combine.")
class MergesByAppending(Plain):
    def merge(self, ref: Ref, value: Any, /) -> None:
        held = self.read(known(ref))
        super().merge(ref, value if held is MISSING else held + self.checked(present(value)))


@outlaw("merge_works_nothing_in", wrong="merge of two JSON objects unites them.", seen="PATCH as JSON Merge Patch")
class MergesObjects(Plain):
    def merge(self, ref: Ref, value: Any, /) -> None:
        held, given = self.read(known(ref)), self.checked(present(value))
        if held is not MISSING and held.startswith(b"{") and given.startswith(b"{"):
            given = json.dumps(json.loads(held) | json.loads(given)).encode()
        super().merge(ref, given)


@outlaw("merge_changes_nothing_else", wrong="merge writes the value into everything below the ref as well.")
class MergesDownwards(Plain):
    def merge(self, ref: Ref, value: Any, /) -> None:
        super().merge(ref, value)
        for each in list(self.refs(ref)):
            self.put(each, value)


@outlaw("merge_of_MISSING_is_a_TypeError", wrong="merge(ref, MISSING) deletes.", seen="JSON Merge Patch with null")
class MergesMissing(Plain):
    def merge(self, ref: Ref, value: Any, /) -> None:
        if value is MISSING:
            self.delete(ref)
        else:
            super().merge(ref, value)


@outlaw(
    "put_of_MISSING_is_a_TypeError",
    wrong="put(ref, MISSING) stores it, after which swap takes the ref for empty.",
    seen="a first version of this library's memory store",
)
class PutsMissing(Plain):
    def put(self, ref: Ref, value: Any, /) -> None:
        if value is MISSING:
            self.delete(ref)
        else:
            super().put(ref, value)


@outlaw(
    "every_history_answers_as_a_dictionary_does",
    wrong="The third put of a value that is there already is lost.",
    seen="write coalescing that compares with the wrong copy",
)
class LosesAnEcho(Plain):
    def put(self, ref: Ref, value: Any, /) -> None:
        super().put(ref, value)
        self.echo = [*getattr(self, "echo", [])[-2:], (ref, value)]
        if self.echo.count((ref, value)) == 3:
            self.delete(ref)


_SHARED: dict[Ref, Any] = {}


@outlaw(
    "fresh_stores_share_nothing",
    wrong="Every new store begins with what an older one holds: the default dictionary is one for all.",
    seen="a port of the paper to Python: def __init__(self, cells={})",
)
class SharesItsDefault(Plain):
    def __init__(self, cells: dict[Ref, Any] = _SHARED) -> None:
        super().__init__()
        self.cells = cells
