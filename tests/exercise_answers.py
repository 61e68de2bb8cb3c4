"""Answers to the exercises: wrong ones, each with the law that refuses it, and right ones in another style."""

from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

from storage_combinators import MISSING, Bytes, Cache, Conflict, Memory, PassThrough, Ref, look
from storage_combinators.functions import listed

EXERCISES = Path(__file__).parents[1] / "chapters" / "exercises"


def solution(exercise: str) -> Any:
    return SimpleNamespace(**run_path(str(EXERCISES / exercise / "solution.py")))


protocol, mapping, caching, algebra = map(solution, ("01_protocol", "02_mapping", "03_caching", "04_algebra"))


class ListsTheDeleted(protocol.ListedLog):
    def refs(self, base, depth=None, /):
        return listed({ref for ref, _ in self.pairs}, base, depth)


class SwapsInSilence(protocol.SwappingLog):
    def swap(self, ref, old, new, /):
        with self.lock:
            if look(self, ref) == old:
                self.delete(ref) if new is MISSING else self.put(ref, new)


class NotTwice(mapping.Tenant):
    def down(self, ref):
        return ref if ref.within(self.base) else self.base / ref


class SeesTheWhole(mapping.Tenant):
    def down(self, ref):
        return ref

    up = down


class Unsalted(mapping.Salted):
    def encode(self, ref, value):
        return bytes(value)

    def decode(self, ref, raw):
        return raw


class ComparesEncodings(mapping.HandWritten):
    def swap(self, ref, old, new, /):
        self.source.swap(ref, self.written(ref, old), self.written(ref, new))


class ChecksThenWrites(mapping.HandWritten):
    def swap(self, ref, old, new, /):
        if look(self, ref) != old:
            raise Conflict(ref)
        self.delete(ref) if new is MISSING else self.put(ref, new)


class NeverNear(caching.ReadThrough):
    def get(self, ref, /):
        return self.slow.get(ref)


class CacheThenSource(caching.ReadThrough):
    def put(self, ref, value, /):
        self.fast.put(ref, value)
        self.slow.put(ref, value)


class SourceThenCache(caching.ReadThrough):
    def put(self, ref, value, /):
        self.slow.put(ref, value)
        self.fast.put(ref, value)


class SourceThenDrop(caching.ReadThrough):
    def written(self, ref, write, *arguments):
        write(ref, *arguments)
        self.invalidate(ref)


class DropThenSource(caching.ReadThrough):
    def written(self, ref, write, *arguments):
        self.invalidate(ref)
        write(ref, *arguments)


class ForgetsWhatFailed(caching.Later):
    def flush(self):
        while self.waiting:
            self.write_out(self.waiting.pop())


class ForgetsWhatCameMeanwhile(caching.Later):
    def flush(self):
        for ref in list(self.waiting):
            self.write_out(ref)
            self.waiting.discard(ref)


def of(family, make):
    """`make` as a level that hands over a constructor."""

    def level(*given):
        return make(*given)

    level.family = family
    return level


def forgetful(make):
    return lambda fast, slow: make(caching.Forgetful(fast), slow)


def small_is_not_asked():
    fast = Memory()
    return algebra.Near(Bytes(Cache(fast, Memory())), fast, 1000)


STALE, RACED = "a_write_that_slow_failed_leaves_nothing_stale", "a_reader_during_a_write_leaves_nothing_stale"
PUT, BEFORE, ASKED = "get_answers_what_was_put", "before_a_flush_slow_is_not_written", "a_hit_asks_nothing_of_slow"
FAILED, MEANWHILE = "a_write_that_slow_failed_keeps_waiting", "a_write_that_comes_during_a_flush_is_not_lost"
UNDER, JUST = "a_relative_keeps_everything_under_its_base", "the_source_of_a_codec_holds_just_the_encoding"
WRONG = {
    "01_2 says nothing of a conflict": (SwapsInSilence, "swap_replaces_only_what_was_said"),
    "01_3 lists what was deleted": (ListsTheDeleted, "refs_lists_each_ref_with_a_value_once"),
    "02_1 the base is not put there twice": (of("relative", NotTwice), UNDER),
    "02_1 nothing is done": (of("relative", SeesTheWhole), UNDER),
    "02_2 nothing is done": (lambda: Unsalted(mapping.Salty(Memory())), PUT),
    "02_3 encodings alone": (of("codec", ComparesEncodings), "a_codec_swaps_whatever_encoding_of_the_value_is_there"),
    "02_3 two steps": (of("codec", ChecksThenWrites), "a_codec_that_swaps_by_value_still_swaps_in_one_step"),
    "02_3 nothing is done": (of("codec", lambda source, codec: PassThrough(source)), JUST),
    "03_1 cache, source": (of("cache", CacheThenSource), STALE),
    "03_1 source, cache": (of("cache", SourceThenCache), STALE),
    "03_1 source, drop": (of("cache", SourceThenDrop), STALE),
    "03_1 drop, source": (of("cache", DropThenSource), RACED),
    "03_1 nothing is near": (of("cache", NeverNear), ASKED),
    "03_2 nothing is near": (of("cache", forgetful(NeverNear)), ASKED),
    "03_3 nothing waits": (of("write_back", caching.ReadThrough), BEFORE),
    "03_3 what failed is lost": (of("write_back", ForgetsWhatFailed), FAILED),
    "03_3 what came meanwhile is lost": (of("write_back", ForgetsWhatCameMeanwhile), MEANWHILE),
    "04_1 nothing is near": (lambda: algebra.Near(Bytes(Memory()), Memory()), PUT),
    "04_2 all is near": (small_is_not_asked, "every_value_comes_back"),
    "04_3 nothing is done": (lambda: algebra.Dotted(Memory()), PUT),
}


class KeepsWhatItWrote(caching.ReadThrough):
    """Drop, source, drop, and then the cache: what was written is near."""

    def put(self, ref, value, /):
        super().put(ref, value)
        self.fast.put(ref, value)


class QueuesValues:
    """Later, with the values that wait in a dictionary of its own, and no class above it."""

    def __init__(self, fast, slow):
        self.cache, self.slow, self.queue = Cache(fast, slow), slow, {}

    def get(self, ref, /):
        return self.queue[ref] if ref in self.queue else self.cache.get(ref)

    def put(self, ref, value, /):
        self.cache.invalidate(ref)
        self.queue[ref] = value

    def flushed(self):
        self.flush()
        return self.cache

    def merge(self, ref, value, /):
        self.flushed().merge(ref, value)

    def delete(self, ref, /):
        self.flushed().delete(ref)

    def swap(self, ref, old, new, /):
        self.flushed().swap(ref, old, new)

    def refs(self, base: Ref, depth: Any = None, /):
        return self.flushed().refs(base, depth)

    def flush(self):
        for ref in list(self.queue):
            value = self.queue.pop(ref)
            try:
                self.slow.put(ref, value)
            except OSError:
                self.queue.setdefault(ref, value)
                raise


RIGHT = {
    "03_1 what was written is near": of("cache", KeepsWhatItWrote),
    "03_1 the library's own": of("cache", Cache),
    "03_2 what was written is near": of("cache", forgetful(KeepsWhatItWrote)),
    "03_3 a queue of values": of("write_back", QueuesValues),
}
