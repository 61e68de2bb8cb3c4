"""Outlaws among quotas."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from storage_combinators.functions import look, present, update
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Refused

from .combinators import Over
from .outlaw import outlaw

__all__ = ["Quota"]


def size(value: Any) -> int:
    """Bytes."""
    return 0 if value is MISSING else len(value)


class Quota(Over):
    family: ClassVar[str] = "quota"

    def __init__(self, source: Any, used: Any, limit: int, names: int) -> None:
        super().__init__(source)
        self.used, self.limit, self.names = used, limit, names

    def tree(self, ref: Ref) -> Ref:
        return ref.cut(self.names)

    def count(self, ref: Ref) -> int:
        inside = [each for each in self.source.refs(self.tree(ref)) if self.tree(each) == self.tree(ref)]
        return sum(size(look(self.source, each)) for each in inside)

    def take(self, ref: Ref, more: int) -> None:
        def counted(used: Any) -> int:
            total = int(self.count(ref) if used is MISSING else used) + more
            if more > 0 and total > self.limit:
                raise Refused("full")
            return total

        update(self.used, self.tree(ref), counted)

    def put(self, ref: Ref, value: Any, /) -> None:
        present(value)
        update(self, ref, lambda old: value)

    merge = put

    def delete(self, ref: Ref, /) -> None:
        update(self, ref, lambda old: MISSING)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        more = size(new) - size(old)
        self.take(ref, max(more, 0))
        try:
            self.source.swap(ref, old, new)
        except Conflict:
            self.take(ref, -max(more, 0))
            raise
        self.take(ref, min(more, 0))


quota = partial(outlaw, family="quota")


@quota("a_quota_that_is_never_reached_is_its_source", wrong="delete gives the room back, and leaves the value.")
class DeletesTheCount(Quota):
    def delete(self, ref: Ref, /) -> None:
        self.take(ref, -size(look(self.source, ref)))


@quota("a_quota_is_never_exceeded", wrong="What is written is counted afterwards, when it is in.")
class CountsAfterwards(Quota):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.source.swap(ref, old, new)
        self.take(ref, size(new) - size(old))


@quota("a_quota_is_never_exceeded", wrong="What a value replaces is not counted off.")
class CountsTwice(Quota):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.take(ref, size(new))
        self.source.swap(ref, old, new)


@quota("a_quota_is_each_subtrees_own", wrong="There is one count for all subtrees.")
class CountsTogether(Quota):
    def tree(self, ref: Ref) -> Ref:
        return Ref()


@quota("a_quota_is_each_subtrees_own", wrong="What is deleted or made smaller stays counted.")
class NeverGivesBack(Quota):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.take(ref, max(size(new) - size(old), 0))
        self.source.swap(ref, old, new)


@quota("a_quota_counts_what_was_there_before", wrong="Counting starts at zero, whatever is there.")
class StartsAtZero(Quota):
    def count(self, ref: Ref) -> int:
        return 0


@quota("a_quota_counts_what_was_there_before", wrong="What is there is counted when some has gone, which goes again.")
class CountsWhatIsLeft(Quota):
    def take(self, ref: Ref, more: int) -> None:
        if more:
            super().take(ref, more)


@quota("a_conflict_takes_no_room", wrong="A swap that is a Conflict keeps the room that it took.")
class KeepsRoomOnConflict(Quota):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        more = size(new) - size(old)
        self.take(ref, max(more, 0))
        self.source.swap(ref, old, new)
        self.take(ref, min(more, 0))


@quota("a_quota_stopped_midway_never_lets_more_in", wrong="Room is given back before it is free.")
class GivesBackFirst(Quota):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.take(ref, size(new) - size(old))
        try:
            self.source.swap(ref, old, new)
        except Conflict:
            self.take(ref, size(old) - size(new))
            raise


@quota("a_quota_stopped_midway_never_lets_more_in", wrong="A failure gives the room back, and the value may be in.")
class GivesBackOnFailure(Quota):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        try:
            super().swap(ref, old, new)
        except OSError:
            self.take(ref, min(size(old) - size(new), 0))
            raise


@quota("two_who_write_at_once_share_what_is_left", wrong="The count is looked at, and then put.")
class LooksThenTakes(Quota):
    def take(self, ref: Ref, more: int) -> None:
        used = look(self.used, self.tree(ref))
        total = int(self.count(ref) if used is MISSING else used) + more
        if more > 0 and total > self.limit:
            raise Refused("full")
        self.used.put(self.tree(ref), total)
