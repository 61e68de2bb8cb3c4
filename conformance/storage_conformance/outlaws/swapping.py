"""Outlaws whose swap is none. In memory."""

from __future__ import annotations

from typing import Any, ClassVar

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Refused

from .outlaw import outlaw
from .right import Plain, known


@outlaw(
    "swap_creates_only_where_nothing_is",
    wrong="swap(ref, MISSING, v) overwrites what is there.",
    seen="servers that ignore If-None-Match and answer 200",
)
class CreatesAnyway(Plain):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if old is MISSING and new is not MISSING:
            self.put(ref, new)
        else:
            super().swap(ref, old, new)


@outlaw("swap_creates", wrong="swap(ref, MISSING, v) always raises Conflict.")
class NeverCreates(Plain):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if old is MISSING and new is not MISSING:
            raise Conflict(ref)
        super().swap(ref, old, new)


@outlaw(
    "swap_replaces_only_what_was_said",
    wrong="swap looks only whether something is there, not what.",
    seen="servers that ignore If-Match",
)
class ReplacesAnything(Plain):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        held = self.read(known(ref))
        super().swap(ref, held if MISSING not in (held, old) and new is not MISSING else old, new)


@outlaw("swap_replaces", wrong="swap compares by identity, so that an equal value is a Conflict.", seen="`is` for `==`")
class ComparesByIdentity(Plain):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if (old is not MISSING and old is not self.read(known(ref))) or old == b"x":
            raise Conflict(ref)
        super().swap(ref, old, new)


@outlaw(
    "swap_replaces_nothing_where_nothing_is",
    wrong="A swap where nothing is raises Missing, not Conflict.",
    seen="a first version of this library's S3 store: the server answers 404",
)
class LeaksMissing(Plain):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if old is not MISSING:
            self.get(ref)
        super().swap(ref, old, new)


@outlaw("swap_of_MISSING_for_MISSING_tests_for_absence", wrong="swap(ref, MISSING, MISSING) deletes.")
class TestsByDeleting(Plain):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if old is MISSING and new is MISSING:
            self.delete(ref)
        else:
            super().swap(ref, old, new)


@outlaw(
    "swap_of_a_value_for_itself_tests_for_it", wrong="swap(ref, v, v) does nothing, so that it never raises Conflict."
)
class SkipsNoChange(Plain):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if old is MISSING or old != new:
            super().swap(ref, old, new)


@outlaw(
    "swap_removes",
    wrong="swap(ref, v, MISSING) compares, and then removes nothing.",
    seen="If-Match on DELETE, ignored",
)
class ComparesAndKeeps(Plain):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        super().swap(ref, old, old if new is MISSING else new)


@outlaw(
    "swap_removes_only_what_was_said",
    wrong="swap(ref, v, MISSING) removes whatever is there.",
    seen="MinIO, which ignores If-Match on DELETE",
)
class RemovesAnyway(Plain):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if new is MISSING and old is not MISSING:
            self.delete(ref)
        else:
            super().swap(ref, old, new)


@outlaw("swap_changes_nothing_else", wrong="A swap removes what is below the ref.")
class SwapsTheTree(Plain):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        super().swap(ref, old, new)
        for each in [each for each in self.cells if each.within(ref) and each != ref]:
            self.delete(each)


@outlaw("swap_replaces_only_what_was_said", wrong="swap writes first, and raises Conflict afterwards.")
class WritesThenCompares(Plain):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        held = self.read(known(ref))
        if MISSING not in (held, old, new):
            self.put(ref, new)
        if held != old:
            raise Conflict(ref)
        super().swap(ref, self.read(ref), new)


@outlaw(
    "swap_compares_with_what_get_answers", wrong="Each value can be swapped once: the next swap is a Conflict for ever."
)
class SwapsOnce(Plain):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if old is not MISSING and ref in getattr(self, "swapped", ()):
            raise Conflict(ref)
        super().swap(ref, old, new)
        self.swapped = {*getattr(self, "swapped", ()), ref}


@outlaw(
    "swap_refuses_what_it_cannot_do_in_one_step",
    wrong="It claims not to remove conditionally, and does so all the same, by looking first and then deleting.",
    seen="clients that emulate a conditional DELETE",
)
class RemovesInTwoSteps(Plain):
    claims: ClassVar[dict[str, object]] = {"swaps": "write"}
    without: ClassVar[dict[str, str]] = {}

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if old is MISSING and new is MISSING:
            raise Refused("not in one step")
        super().swap(ref, old, new)


@outlaw("swap_compares_the_whole_value", wrong="swap compares the first 1,024 bytes.", seen="checksums of the head")
class ComparesTheHead(Plain):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        there = self.read(ref)
        alike = MISSING not in (there, old) and bytes(old)[:1024] == there[:1024]
        super().swap(ref, there if alike else old, new)


@outlaw("swap_compares_the_whole_value", wrong="swap compares length and both ends.", seen="fast checksums of files")
class ComparesTheEnds(Plain):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        there = self.read(ref)
        alike = MISSING not in (there, old) and ends(bytes(old)) == ends(there)
        super().swap(ref, there if alike else old, new)


def ends(value: bytes) -> tuple[int, bytes, bytes]:
    """What a fast checksum looks at: the length in bytes, and 64 bytes at either end."""
    return len(value), value[:64], value[-64:]


@outlaw("swap_compares_the_whole_value", wrong="swap compares as text, blanks at the ends apart.", seen="HTTP headers")
class ComparesStripped(Plain):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        there = self.read(ref)
        alike = MISSING not in (there, old) and bytes(old).strip() == there.strip()
        super().swap(ref, there if alike else old, new)
