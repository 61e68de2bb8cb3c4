"""Outlaws among caches: much of the catalogue of bugs that were met in real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from storage_combinators.functions import look
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Depth, Missing

from .nearer import Cache
from .outlaw import outlaw

cache = partial(outlaw, family="cache")


@cache("a_cache_is_its_slow_source", wrong="put leaves the old value in fast.", seen="a write path added later")
class KeepsTheOldValue(Cache):
    def put(self, ref: Ref, value: Any, /) -> None:
        self.slow.put(ref, value)


@cache("a_cache_leaves_in_slow_what_was_written", wrong="put writes fast alone.", seen="write-back without a flush")
class WritesFastAlone(Cache):
    def put(self, ref: Ref, value: Any, /) -> None:
        self.fast.put(ref, value)


@cache(
    "a_hit_asks_nothing_of_slow",
    "none_is_cached_like_any_value",
    wrong="What was read on a miss is not kept, so that every read is one of slow.",
    seen="a port of the paper to Python",
)
class NeverFills(Cache):
    def fill(self, ref: Ref) -> Any:
        return self.slow.get(ref)


@cache(
    "what_a_cache_reads_it_keeps_in_fast",
    wrong="It keeps values in a dictionary of its own: fast never gets one and cannot bound it.",
)
class KeepsInItsOwnDictionary(Cache):
    def __init__(self, fast: Any, slow: Any) -> None:
        super().__init__(type(fast)(), slow)


@cache("none_is_cached_like_any_value", wrong="A cached None counts as a miss.", seen="`if value is None`")
class TakesNoneForAMiss(Cache):
    def get(self, ref: Ref, /) -> Any:
        value = look(self.fast, ref)
        return self.fill(ref) if value is MISSING or value is None else value


@cache("a_cache_asks_again_for_what_was_absent", wrong="Absence is cached.", seen="the paper stores nil blindly")
class CachesAbsence(Cache):
    def get(self, ref: Ref, /) -> Any:
        if look(self.fast, ref / "absent") is not MISSING:
            raise Missing(ref)
        try:
            return super().get(ref)
        except Missing:
            self.fast.put(ref / "absent", True)
            raise

    def drop(self, ref: Ref) -> None:
        self.fast.delete(ref / "absent")
        super().drop(ref)


@cache(
    "a_cache_lets_failures_of_slow_through",
    wrong="A failure of slow is answered as Missing.",
    seen="a port of the paper to Python, which swallows errors of the source",
)
class TakesFailureForMissing(Cache):
    def fill(self, ref: Ref) -> Any:
        try:
            return super().fill(ref)
        except OSError:
            raise Missing(ref) from None


@cache(
    "a_write_that_slow_failed_leaves_nothing_stale",
    wrong="It writes fast first: when slow fails, fast answers a value that was never stored.",
    seen="the order of writes in the paper",
)
class WritesFastFirst(Cache):
    def put(self, ref: Ref, value: Any, /) -> None:
        self.fast.put(ref, value)
        self.slow.put(ref, value)


@cache(
    "a_write_that_slow_failed_leaves_nothing_stale",
    wrong="It drops the cached value after slow has written: when the reply is lost, the old value stays readable.",
)
class DropsAfterwards(Cache):
    def put(self, ref: Ref, value: Any, /) -> None:
        self.slow.put(ref, value)
        self.drop(ref)


@cache(
    "a_reader_during_a_write_leaves_nothing_stale",
    wrong="It drops the cached value before slow is written alone: who reads between the two brings the old one back.",
    seen="py-key-value",
)
class DropsOnlyBefore(Cache):
    def bracketed(self, write: Callable[..., None], ref: Ref, *values: Any) -> None:
        self.drop(ref)
        write(ref, *values)


@cache(
    "a_cache_merges_as_slow_does",
    wrong="fast merges, and the whole is put to slow: whose merge counts depends on what fast is.",
    seen="figure 18 of the paper",
)
class MergesByFast(Cache):
    def merge(self, ref: Ref, value: Any, /) -> None:
        with suppress(Missing):
            self.fill(ref)
        self.fast.merge(ref, value)
        self.slow.put(ref, self.fast.get(ref))


@cache(
    "a_cache_merges_as_slow_does",
    wrong="fast and slow merge separately: what fast does not have, it cannot merge into.",
    seen="a port of the paper to Python",
)
class MergesSeparately(Cache):
    def merge(self, ref: Ref, value: Any, /) -> None:
        self.fast.merge(ref, value)
        self.slow.merge(ref, value)


@cache(
    "after_a_conflict_a_cache_is_fresh",
    wrong="The cached value is dropped only when the swap has succeeded: after a Conflict the stale one stays.",
    seen="a first version of this library: reading and swapping again never ends",
)
class DropsOnlyOnSuccess(Cache):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.slow.swap(ref, old, new)
        self.drop(ref)


@cache("invalidate_forgets_here_and_changes_nothing_there", wrong="invalidate deletes from slow as well.")
class InvalidatesThrough(Cache):
    def invalidate(self, ref: Ref) -> None:
        self.fast.delete(ref)
        self.slow.delete(ref)


@cache(
    "what_fast_refuses_is_answered_all_the_same",
    wrong="What fast cannot hold is kept from the reader.",
    seen="size limits",
)
class FailsWhenFastIsFull(Cache):
    def fill(self, ref: Ref) -> Any:
        value = self.slow.get(ref)
        self.fast.put(ref, value)
        return value


@cache(
    "a_cache_lists_what_slow_has",
    wrong="A listing shows what is cached.",
    seen="the cache of the paper's framework, once",
)
class ListsFast(Cache):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        near = list(self.fast.refs(base, depth))
        return iter(near or list(self.slow.refs(base, depth)))
