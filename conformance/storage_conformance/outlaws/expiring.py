"""Outlaws among what is near for a while: write-through, negative, time to live; and a right one of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar

from storage_combinators.functions import listed, look, same
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Depth, Missing, Refused

from .combinators import Over
from .nearer import Cache
from .outlaw import outlaw

__all__ = ["Negative", "TimeToLive", "WriteThrough"]

write_through = partial(outlaw, family="write_through")
negative = partial(outlaw, family="negative")
ttl = partial(outlaw, family="time_to_live")


class WriteThrough(Cache):
    family: ClassVar[str] = "write_through"

    def put(self, ref: Ref, value: Any, /) -> None:
        super().put(ref, value)
        self.near(ref, value)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        super().swap(ref, old, new)
        if new is not MISSING:
            self.near(ref, new)

    def near(self, ref: Ref, value: Any) -> None:
        with suppress(Refused):
            self.fast.put(ref, value)


class Negative(Over):
    family: ClassVar[str] = "negative"

    def __init__(self, source: Any, absent: Any) -> None:
        super().__init__(source)
        self.absent = absent

    def get(self, ref: Ref, /) -> Any:
        if look(self.absent, ref) is not MISSING:
            raise Missing(ref)
        return self.asked(ref)

    def asked(self, ref: Ref) -> Any:
        try:
            return self.source.get(ref)
        except Missing:
            self.note(ref)
            raise

    def note(self, ref: Ref) -> None:
        with suppress(Refused):
            self.absent.put(ref, True)

    def forget(self, ref: Ref) -> None:
        self.absent.delete(ref)

    def change(self, verb: str, ref: Ref, *args: Any) -> None:
        self.forget(ref)
        try:
            getattr(self.source, verb)(ref, *args)
        finally:
            self.forget(ref)

    def put(self, ref: Ref, value: Any, /) -> None:
        self.change("put", ref, value)

    def merge(self, ref: Ref, value: Any, /) -> None:
        self.change("merge", ref, value)

    def delete(self, ref: Ref, /) -> None:
        self.source.delete(ref)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.change("swap", ref, old, new)


class TimeToLive(Over):
    """A source, the ends in a dictionary of its own."""

    family: ClassVar[str] = "time_to_live"

    def __init__(self, source: Any, seconds: float, clock: Callable[[], float]) -> None:
        super().__init__(source)
        self.seconds, self.clock = seconds, clock
        self.ends: dict[Ref, float] = {}

    def ended(self, ref: Ref) -> bool:
        return self.ends.get(ref, 0) <= self.clock()

    def begin(self, ref: Ref) -> None:
        self.ends[ref] = self.clock() + self.seconds

    def get(self, ref: Ref, /) -> Any:
        value = self.source.get(ref)
        if self.ended(ref):
            raise Missing(ref)
        return value

    def put(self, ref: Ref, value: Any, /) -> None:
        self.source.put(ref, value)
        self.begin(ref)

    def merge(self, ref: Ref, value: Any, /) -> None:
        self.source.merge(ref, value)
        self.begin(ref)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if not same(look(self, ref), old):
            raise Conflict(ref)
        self.source.swap(ref, look(self.source, ref), new)
        self.begin(ref)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        alive = [ref for ref in self.source.refs(Ref()) if look(self, ref) is not MISSING]
        return listed(alive, base, depth)


@write_through("a_write_through_is_its_slow_source", wrong="What is deleted stays near.")
class KeepsTheDeleted(WriteThrough):
    def delete(self, ref: Ref, /) -> None:
        self.slow.delete(ref)


@write_through("what_was_written_is_near", wrong="A write drops what is near, and keeps nothing.")
class KeepsNothingNear(WriteThrough):
    def near(self, ref: Ref, value: Any) -> None:
        pass


@write_through(
    "slow_has_it_before_fast",
    "what_slow_failed_is_not_near",
    wrong="It writes fast, then slow.",
    seen="the paper's caching store",
)
class WritesNearFirst(WriteThrough):
    def put(self, ref: Ref, value: Any, /) -> None:
        self.near(ref, value)
        self.slow.put(ref, value)


@write_through("what_fast_refuses_is_written_all_the_same", wrong="What fast refuses is refused, after it was written.")
class RefusesWithFast(WriteThrough):
    def near(self, ref: Ref, value: Any) -> None:
        self.fast.put(ref, value)


@negative("a_negative_is_its_source", "what_is_created_is_seen", wrong="A merge does not forget.")
class MergesUnseen(Negative):
    def merge(self, ref: Ref, value: Any, /) -> None:
        self.source.merge(ref, value)


@negative("an_absence_is_asked_once", "an_absence_is_noted_in_absent", wrong="Nothing is noted.")
class NotesNothing(Negative):
    def note(self, ref: Ref) -> None:
        pass


@negative("an_absence_is_noted_in_absent", wrong="Absences are noted in a set, which nobody can bound.")
class NotesInASet(Negative):
    def __init__(self, source: Any, absent: Any) -> None:
        super().__init__(source, type(absent)())


@negative("what_is_created_is_seen", wrong="It forgets only when the write came back.", seen="no finally")
class ForgetsOnSuccess(Negative):
    def change(self, verb: str, ref: Ref, *args: Any) -> None:
        getattr(self.source, verb)(ref, *args)
        self.forget(ref)


@negative("an_absence_that_is_noted_meanwhile_is_forgotten", wrong="It forgets before the write alone.")
class ForgetsBeforeAlone(Negative):
    def change(self, verb: str, ref: Ref, *args: Any) -> None:
        self.forget(ref)
        getattr(self.source, verb)(ref, *args)


@negative("a_failure_is_noted_as_no_absence", wrong="A failure is noted.", seen="except Exception")
class NotesFailures(Negative):
    def asked(self, ref: Ref) -> Any:
        try:
            return self.source.get(ref)
        except Exception:
            self.note(ref)
            raise


@negative("after_a_conflict_an_absence_is_forgotten", wrong="A swap forgets only when it has won.")
class ForgetsNoConflict(Negative):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.source.swap(ref, old, new)
        self.forget(ref)


@negative("what_absent_refuses_is_asked_again", wrong="Where absent has no room, get is Refused.")
class RefusesWithAbsent(Negative):
    def note(self, ref: Ref) -> None:
        self.absent.put(ref, True)


@ttl("while_time_stands_still_everything_is_there", wrong="A merge gets no time, and is gone at once.")
class MergesForNoTime(TimeToLive):
    def merge(self, ref: Ref, value: Any, /) -> None:
        self.source.merge(ref, value)


@ttl("what_was_written_ends_after_its_seconds", wrong="It ends one moment late.", seen="< where <= is meant")
class EndsLate(TimeToLive):
    def ended(self, ref: Ref) -> bool:
        return self.ends.get(ref, 0) < self.clock()


@ttl("what_was_written_ends_after_its_seconds", wrong="What has ended is still listed.", seen="lazy expiry")
class ListsTheEnded(TimeToLive):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter(self.source.refs(base, depth))


@ttl("a_write_begins_the_time_anew", wrong="The time runs from the first write.", seen="setdefault")
class BeginsOnce(TimeToLive):
    def begin(self, ref: Ref) -> None:
        self.ends.setdefault(ref, self.clock() + self.seconds)


@ttl("what_has_ended_is_absent_to_swap", wrong="swap compares with what has ended.")
class SwapsTheEnded(TimeToLive):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.source.swap(ref, old, new)
        self.begin(ref)


@ttl("each_has_a_time_of_its_own", wrong="What is below goes with what is above.", seen="a tree that is pruned")
class EndsWithItsParent(TimeToLive):
    def ended(self, ref: Ref) -> bool:
        above = [ref.cut(names) for names in range(len(ref))]
        return any(self.ends.get(each, 0) <= self.clock() for each in [ref, *above] if each in self.ends)


@ttl("a_failure_is_not_taken_for_an_end", wrong="What cannot be read counts as ended.")
class EndsOnFailure(TimeToLive):
    def get(self, ref: Ref, /) -> Any:
        try:
            return super().get(ref)
        except OSError:
            raise Missing(ref) from None
