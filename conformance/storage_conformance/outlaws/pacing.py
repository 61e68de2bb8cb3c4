"""Outlaws among guards that slow down, and a right one of each that they stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import Any, ClassVar

from storage_combinators.ref import Ref
from storage_combinators.store import Depth, Missing

from .combinators import Locked, Over
from .outlaw import outlaw

__all__ = ["Around", "Delayed", "Limited", "Throttled"]


class Around(Over):
    """Each verb inside `held`."""

    @contextmanager
    def held(self, verb: str, ref: Ref) -> Iterator[None]:
        """What happens round `verb`."""
        yield

    def get(self, ref: Ref, /) -> Any:
        with self.held("get", ref):
            return self.source.get(ref)

    def put(self, ref: Ref, value: Any, /) -> None:
        with self.held("put", ref):
            self.source.put(ref, value)

    def merge(self, ref: Ref, value: Any, /) -> None:
        with self.held("merge", ref):
            self.source.merge(ref, value)

    def delete(self, ref: Ref, /) -> None:
        with self.held("delete", ref):
            self.source.delete(ref)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        with self.held("swap", ref):
            self.source.swap(ref, old, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        with self.held("refs", base):
            yield from self.source.refs(base, depth)


class Delayed(Around):
    family: ClassVar[str] = "delayed"

    def __init__(self, source: Any, seconds: float, sleep: Callable[[float], object]) -> None:
        super().__init__(source)
        self.seconds, self.sleep = seconds, sleep

    @contextmanager
    def held(self, verb: str, ref: Ref) -> Iterator[None]:
        self.sleep(self.seconds)
        yield


class Limited(Locked):
    family: ClassVar[str] = "limited"

    def __init__(self, source: Any, slots: int) -> None:
        super().__init__(source)
        self.slots = BoundedSemaphore(slots)

    def held(self, verb: str) -> Any:
        return self.slots


class Throttled(Around):
    family: ClassVar[str] = "throttled"

    def __init__(self, source: Any, rate: float, clock: Callable[[], float], sleep: Callable[[float], object]) -> None:
        super().__init__(source)
        self.gap, self.clock, self.sleep, self.next, self.lock = 1 / rate, clock, sleep, clock(), Lock()

    def turn(self) -> float:
        """When the next verb may start."""
        with self.lock:
            turn = max(self.clock(), self.next)
            self.next = turn + self.gap
        return turn

    @contextmanager
    def held(self, verb: str, ref: Ref) -> Iterator[None]:
        wait = self.turn() - self.clock()
        if wait > 0:
            self.sleep(wait)
        yield


@outlaw("a_delayed_is_its_source", wrong="A delete is delayed for ever.", family="delayed")
class NeverDeletes(Delayed):
    def delete(self, ref: Ref, /) -> None:
        self.sleep(self.seconds)


@outlaw("every_verb_waits_before_the_source_is_asked", wrong="It waits afterwards.", family="delayed")
class WaitsAfterwards(Delayed):
    @contextmanager
    def held(self, verb: str, ref: Ref) -> Iterator[None]:
        yield
        self.sleep(self.seconds)


@outlaw("a_limited_is_its_source", wrong="A get without a free slot answers Missing.", family="limited")
class MissesWhenBusy(Limited):
    def get(self, ref: Ref, /) -> Any:
        raise Missing(ref)


@outlaw("just_so_many_are_let_in", wrong="One slot is never used.", seen="off by one", family="limited")
class WastesASlot(Limited):
    def __init__(self, source: Any, slots: int) -> None:
        super().__init__(source, slots - 1)


@outlaw(
    "a_slot_is_given_back_after_a_failure",
    wrong="After a failure the slot is not given back.",
    seen="acquire and release without finally",
    family="limited",
)
class LeaksSlots(Limited):
    @contextmanager
    def held(self, verb: str) -> Iterator[None]:
        self.slots.acquire()
        yield
        self.slots.release()


@outlaw("a_throttled_is_its_source", wrong="What comes too early is dropped.", family="throttled")
class DropsTheEarly(Throttled):
    def put(self, ref: Ref, value: Any, /) -> None:
        if self.turn() <= self.clock():
            self.source.put(ref, value)


@outlaw("who_comes_too_early_waits_for_a_turn", wrong="Listing is not counted.", family="throttled")
class ListsForFree(Throttled):
    @contextmanager
    def held(self, verb: str, ref: Ref) -> Iterator[None]:
        if verb == "refs":
            yield
        else:
            with super().held(verb, ref):
                yield


@outlaw(
    "idle_time_is_not_saved_up",
    wrong="Turns that nobody took are kept, and used in a burst.",
    seen="token buckets without a bound",
    family="throttled",
)
class SavesUp(Throttled):
    def turn(self) -> float:
        with self.lock:
            turn, self.next = self.next, self.next + self.gap
        return turn
