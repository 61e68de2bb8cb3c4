"""Outlaws among write-backs."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from storage_combinators.functions import look
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Missing

from ..laws.combinators.sources import Operation
from .nearer import Cache, Copier, WriteBack
from .outlaw import outlaw

write_back = partial(outlaw, family="write_back")


@write_back("a_write_back_reads_its_own_writes", wrong="get asks slow first, which does not know of the write yet.")
class ReadsSlowFirst(WriteBack):
    def get(self, ref: Ref, /) -> Any:
        value = look(self.slow, ref)
        return super().get(ref) if value is MISSING else value


@write_back(
    "after_a_flush_slow_agrees", wrong="flush hands on the puts and forgets the deletes.", seen="sync by upload"
)
class ForgetsDeletes(WriteBack):
    def flush(self, *refs: Ref) -> None:
        for ref, operation in list(self.waiting.items()):
            if operation.verb == "DELETE" and not refs:
                del self.waiting[ref]
        super().flush(*refs)


@write_back("before_a_flush_slow_is_not_written", wrong="Every put is flushed at once.")
class WritesThrough(WriteBack):
    def put(self, ref: Ref, value: Any, /) -> None:
        super().put(ref, value)
        self.flush(ref)


@write_back("a_flush_writes_each_ref_once", wrong="Every write is handed on, though only the last one counts.")
class HandsOnEveryWrite(WriteBack):
    def put(self, ref: Ref, value: Any, /) -> None:
        if ref in self.waiting:
            self.flush(ref)
        super().put(ref, value)


@write_back(
    "the_last_write_of_a_ref_is_the_one_that_counts",
    wrong="put, delete, put become put, delete: waiting writes are told apart by verb, and the first stays.",
    seen="the write-back cache of the paper's own framework",
)
class CoalescesByVerb(WriteBack):
    def put(self, ref: Ref, value: Any, /) -> None:
        self.fast.put(ref, value)
        if ref not in self.waiting:
            self.waiting[ref] = Operation("PUT", ref)

    def flush(self, *refs: Ref) -> None:
        for ref in refs or list(self.waiting):
            operation = self.waiting.pop(ref, None)
            if operation is not None and operation.verb == "DELETE":
                self.slow.delete(ref)
            elif operation is not None:
                Copier(self.fast, self.slow)(operation)


@write_back(
    "a_write_that_slow_failed_keeps_waiting", wrong="A write that slow fails is dropped.", seen="fire and forget"
)
class DropsWhatFailed(WriteBack):
    def flush(self, *refs: Ref) -> None:
        for ref in refs or list(self.waiting):
            operation = self.waiting.pop(ref, None)
            if operation is not None:
                Copier(self.fast, self.slow)(operation)


@write_back("a_delete_that_waits_is_not_undone_by_slow", wrong="A deleted ref is read from slow until the flush.")
class ReadsTheDeleted(WriteBack):
    def get(self, ref: Ref, /) -> Any:
        return Cache.get(self, ref)


@write_back(
    "a_delete_that_failed_near_shows_nothing_older",
    wrong="After a delete whose reply was lost, slow is asked, which holds what was there before the last put.",
    seen="a first version of this library",
)
class BelievesThatNothingWasDeleted(WriteBack):
    def get(self, ref: Ref, /) -> Any:
        if ref in self.waiting and self.waiting[ref].verb == "DELETE":
            raise Missing(ref)
        return Cache.get(self, ref)


@write_back(
    "a_merge_meets_what_waits",
    wrong="merge refreshes from slow first, and so loses what was put and not yet flushed.",
    seen="the write-back cache of the paper's own framework",
)
class MergesOverTheDirty(WriteBack):
    def merge(self, ref: Ref, value: Any, /) -> None:
        self.waiting.pop(ref, None)
        super().merge(ref, value)


@write_back("a_swap_meets_what_waits", wrong="swap compares with slow, which does not know of the last put yet.")
class SwapsBehindTheQueue(WriteBack):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.slow.swap(ref, old, new)
        self.waiting.pop(ref, None)
        self.fast.delete(ref)


@write_back(
    "a_write_that_comes_during_a_flush_is_not_lost",
    wrong="What waits is forgotten when the flush is over, with what came meanwhile.",
    seen="the queue of the paper's own framework, which keeps an entry until it was forwarded",
)
class ForgetsWhatCameMeanwhile(WriteBack):
    def flush(self, *refs: Ref) -> None:
        handed = [ref for ref in refs or list(self.waiting) if ref in self.waiting]
        for ref in handed:
            Copier(self.fast, self.slow)(self.waiting[ref])
        for ref in handed:
            self.waiting.pop(ref, None)


@write_back(
    "a_copy_of_a_write_back_shares_what_waits",
    wrong="What waits is no init field, so that a copy made by replace, as for tracing, has a queue of its own.",
    seen="a first version of this library",
)
@dataclass(frozen=True)
class WaitsInAPrivateField(WriteBack):
    waiting: dict[Ref, Any] = field(default_factory=dict, init=False)


_ONE_FOR_ALL: dict[Ref, Any] = {}


@write_back(
    "two_write_backs_share_nothing",
    wrong="What waits is kept in one dictionary for all: a flush of one drains the other's queue.",
    seen="a default argument that is mutable",
)
class WaitsInOneForAll(WriteBack):
    def __init__(self, fast: Any, slow: Any) -> None:
        super().__init__(fast, slow, _ONE_FOR_ALL)
