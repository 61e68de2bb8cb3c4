"""Outlaws among what remembers the past, and where things come from; and a right one of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, ClassVar

from storage_combinators.functions import listed, look, same
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Depth, Gone, Missing, Refused

from .combinators import Over
from .outlaw import outlaw

__all__ = ["History", "Provenance"]

history = partial(outlaw, family="history")
provenance = partial(outlaw, family="provenance")


class Then(Over):
    """What a history reads at a moment."""

    def __init__(self, history: History, moment: float) -> None:
        super().__init__(history)
        self.moment = moment

    def get(self, ref: Ref, /) -> Any:
        value = self.source.then(ref, self.moment)
        if value is MISSING:
            raise Missing(ref)
        return value

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        ever = {*self.source.refs(Ref()), *(ref for ref, _, _ in self.source.log)}
        return listed([ref for ref in ever if look(self, ref) is not MISSING], base, depth)

    def put(self, ref: Ref, value: Any, /) -> None:
        raise Refused(ref)

    merge = put

    def delete(self, ref: Ref, /) -> None:
        raise Refused(ref)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        raise Refused(ref)


class History(Over):
    """The log of all versions, in `versions` at the number of each."""

    family: ClassVar[str] = "history"

    def __init__(self, source: Any, versions: Any, clock: Callable[[], float]) -> None:
        super().__init__(source)
        self.versions, self.clock = versions, clock

    @property
    def log(self) -> list[tuple[Ref, float, Any]]:
        """Which ref, until when it was there, what: in the order of writing."""
        return [self.versions.get(ref) for ref in sorted(self.versions.refs(Ref()), key=lambda ref: int(ref[0]))]

    def name(self, number: int) -> Ref:
        return Ref(str(number))

    def keep(self, ref: Ref, old: Any) -> None:
        number = len(list(self.versions.refs(Ref())))
        self.versions.put(self.name(number), (ref, self.clock(), old))

    def then(self, ref: Ref, moment: float) -> Any:
        kept = [old for each, until, old in self.log if each == ref and until > moment]
        return kept[0] if kept else look(self.source, ref)

    def written(self, ref: Ref) -> tuple[Any, Ref]:
        self.keep(ref, look(self.source, ref))
        return self.source, ref

    def as_of(self, moment: float) -> Any:
        return Then(self, moment)

    def undo(self, ref: Ref) -> None:
        now = look(self.source, ref)
        for each, _, old in reversed(self.log):
            if each == ref and not same(old, now):
                self.swap(ref, now, old)
                return
        raise Refused(ref)


class Provenance(Over):
    family: ClassVar[str] = "provenance"

    def __init__(self, source: Any, notes: Any, who: str, most: int = 100) -> None:
        super().__init__(source)
        self.notes, self.who, self.most = notes, who, most
        self.reads: list[str] = []

    def get(self, ref: Ref, /) -> Any:
        value = self.source.get(ref)
        self.read(str(ref))
        return value

    def read(self, text: str) -> None:
        self.reads = [*(other for other in self.reads if other != text), text]

    def note(self, verb: str) -> dict[str, Any]:
        reads, self.reads = self.reads, []
        newest = reads[-self.most :]
        return {"who": self.who, "verb": verb, "read": newest, "more": len(reads) - len(newest)}

    def change(self, verb: str, ref: Ref, *args: Any) -> None:
        before = look(self.notes, ref)
        self.notes.delete(ref)
        try:
            getattr(self.source, verb)(ref, *args)
        except (Conflict, TypeError):
            self.restore(ref, before)
            raise
        if verb == "delete" or (verb == "swap" and args[1] is MISSING):
            self.reads = []
        else:
            self.notes.put(ref, self.note(verb))

    def restore(self, ref: Ref, before: Any | Gone) -> None:
        if before is not MISSING:
            self.notes.put(ref, before)

    def put(self, ref: Ref, value: Any, /) -> None:
        self.change("put", ref, value)

    def merge(self, ref: Ref, value: Any, /) -> None:
        self.change("merge", ref, value)

    def delete(self, ref: Ref, /) -> None:
        self.change("delete", ref)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.change("swap", ref, old, new)


@history("a_history_is_its_source", wrong="It reads from its log: what was there before it began is not found.")
class ReadsItsLog(History):
    def get(self, ref: Ref, /) -> Any:
        if not self.log:
            raise Missing(ref)
        return self.source.get(ref)


@history("as_of_reads_what_was_there_then", wrong="At the moment of a write the old value still counts.")
class IsLateByOne(History):
    def then(self, ref: Ref, moment: float) -> Any:
        kept = [old for each, until, old in self.log if each == ref and until > moment]
        return kept[-1] if kept else look(self.source, ref)


class ListsToday(Then):
    """Lists what is there now."""

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter(self.source.refs(base, depth))


@history("as_of_lists_what_was_there_then", wrong="A listing of the past is the one of today.")
class ListsThePresent(History):
    def as_of(self, moment: float) -> Any:
        return ListsToday(self, moment)


class Writable(Then):
    """Hands writes on."""

    def put(self, ref: Ref, value: Any, /) -> None:
        self.source.put(ref, value)


@history("the_past_is_not_written", wrong="A put into the past is one into the present.")
class WritesThePast(History):
    def as_of(self, moment: float) -> Any:
        return Writable(self, moment)


@history(
    "a_write_that_failed_leaves_the_past_true",
    "what_cannot_be_kept_is_not_written",
    wrong="A put is kept after it was done.",
    seen="audit tables written last",
)
class KeepsAfterwards(History):
    def put(self, ref: Ref, value: Any, /) -> None:
        old = look(self.source, ref)
        self.source.put(ref, value)
        self.keep(ref, old)


@history("of_two_writes_at_one_time_both_are_kept", wrong="Versions are named by their time.", seen="file.bak.TIME")
class NamesByTime(History):
    def name(self, number: int) -> Ref:
        return Ref(str(int(self.clock())))


@history("undo_goes_back_and_forth", wrong="undo takes the last version, also of a write that changed nothing.")
class UndoesNothing(History):
    def undo(self, ref: Ref) -> None:
        kept = [old for each, _, old in self.log if each == ref]
        if not kept:
            raise Refused(ref)
        self.swap(ref, look(self.source, ref), kept[-1])


@history("nothing_is_undone_where_nothing_was_done", wrong="What never was written is removed by undo.")
class UndoesTheFirst(History):
    def undo(self, ref: Ref) -> None:
        if not any(each == ref for each, _, _ in self.log):
            self.source.delete(ref)
        super().undo(ref)


@provenance("a_provenance_is_its_source", wrong="What has a note is not written again.", seen="write once, by mistake")
class WritesOnce(Provenance):
    def put(self, ref: Ref, value: Any, /) -> None:
        if look(self.notes, ref) is MISSING:
            super().put(ref, value)


@provenance("a_note_says_who_wrote_it_and_from_what", wrong="A ref that was read twice is told twice.")
class TellsReadingsTwice(Provenance):
    def read(self, text: str) -> None:
        self.reads.append(text)


@provenance("what_was_not_there_was_not_read", wrong="What was asked for counts as read.")
class TellsWhatItAsked(Provenance):
    def get(self, ref: Ref, /) -> Any:
        self.read(str(ref))
        return self.source.get(ref)


@provenance("a_write_begins_a_new_list", wrong="All that was ever read is told.", seen="a set that only grows")
class NeverForgetsAReading(Provenance):
    def note(self, verb: str) -> dict[str, Any]:
        reads = self.reads
        told = super().note(verb)
        self.reads = reads
        return told


@provenance(
    "no_note_rather_than_a_wrong_one", wrong="The old note stays until the new one is made.", seen="update in place"
)
class ReplacesItsNotes(Provenance):
    def put(self, ref: Ref, value: Any, /) -> None:
        self.source.put(ref, value)
        self.notes.put(ref, self.note("put"))


@provenance("what_did_not_happen_leaves_the_note", wrong="After a Conflict the note is gone.")
class LosesItsNotes(Provenance):
    def restore(self, ref: Ref, before: Any | Gone) -> None:
        pass


@provenance("what_is_gone_has_no_note", wrong="What is deleted keeps its note.")
class KeepsNotesOfTheGone(Provenance):
    def delete(self, ref: Ref, /) -> None:
        self.source.delete(ref)


@provenance("the_newest_are_told_and_how_many_more", wrong="What does not fit is left out without a word.")
class LeavesOutWithoutAWord(Provenance):
    def note(self, verb: str) -> dict[str, Any]:
        return super().note(verb) | {"more": 0}
