"""Right ones of fanout and replica, written another way than the reference, and outlaws that stand on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any, ClassVar

from storage_combinators.functions import look, present, same
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Depth, Missing

from .combinators import Over
from .outlaw import outlaw

__all__ = ["Fanout", "Replica"]


class Fanout(Over):
    """Reads the first; writes all through an executor."""

    family: ClassVar[str] = "fanout"

    def __init__(self, sources: tuple[Any, ...], executor: Any) -> None:
        super().__init__(sources[0])
        self.sources, self.executor = sources, executor

    def all(self, work: Callable[[Any], None], sources: tuple[Any, ...]) -> None:
        waiting = [self.executor.submit(work, each) for each in sources]
        failures = [each.exception() for each in waiting]
        for failure in failures:
            if failure:
                raise failure

    def put(self, ref: Ref, value: Any, /) -> None:
        self.all(lambda each: each.put(ref, value), self.sources)

    def merge(self, ref: Ref, value: Any, /) -> None:
        self.all(lambda each: each.merge(ref, value), self.sources)

    def delete(self, ref: Ref, /) -> None:
        self.all(lambda each: each.delete(ref), self.sources)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        super().swap(ref, old, new)
        self.all(lambda each: each.delete(ref) if new is MISSING else each.put(ref, new), self.sources[1:])


class Replica:
    """Pairs (tick, value) in each source; the newest of those that enough sources have; MISSING for a delete."""

    family: ClassVar[str] = "replica"

    def __init__(self, sources: tuple[Any, ...], writes: int) -> None:
        self.sources, self.writes, self.ticks = sources, writes, count(1)

    @property
    def reads(self) -> int:
        return len(self.sources) + 1 - self.writes

    def heard(self, work: Callable[[Any], Any], least: int) -> list[Any]:
        answers: list[Any] = []
        failure: Exception = OSError("no source")
        for each in self.sources:
            try:
                answers.append(work(each))
            except Exception as error:  # noqa: BLE001  # whatever it is, it is raised where it matters
                failure = error
        if len(answers) < least:
            raise failure
        return answers

    def newest(self, ref: Ref) -> tuple[int, Any]:
        answers = self.heard(lambda each: look(each, ref), self.reads)
        best: tuple[int, Any] = max((each for each in answers if each is not MISSING), key=_tick, default=(0, MISSING))
        if any(best[0] and (each is MISSING or each[0] < best[0]) for each in answers):
            self.settle(ref, best)
        return best

    def settle(self, ref: Ref, best: tuple[int, Any]) -> None:
        self.spread(ref, best)

    def spread(self, ref: Ref, mine: tuple[int, Any]) -> None:
        self.heard(lambda each: self.give(each, ref, mine), self.writes)

    def give(self, source: Any, ref: Ref, mine: tuple[int, Any]) -> None:
        held = look(source, ref)
        if held is MISSING or held[0] < mine[0]:
            source.put(ref, mine)

    def tick(self, newest: tuple[int, Any]) -> int:
        return next(self.ticks)

    def write(self, ref: Ref, value: Any) -> None:
        self.spread(ref, (self.tick(self.newest(ref)), value))

    def get(self, ref: Ref, /) -> Any:
        _, value = self.newest(ref)
        if value is MISSING:
            raise Missing(ref)
        return value

    def put(self, ref: Ref, value: Any, /) -> None:
        self.write(ref, present(value))

    def merge(self, ref: Ref, value: Any, /) -> None:
        self.put(ref, value)

    def delete(self, ref: Ref, /) -> None:
        self.write(ref, MISSING)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if not same(self.newest(ref)[1], old):
            raise Conflict(ref)
        self.write(ref, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        alive = self.below(base) if depth != 0 else [base] if self.newest(base)[1] is not MISSING else []
        return iter({ref.cut(len(base) + 1) for ref in alive if ref != base} if depth == 1 else alive)

    def below(self, base: Ref) -> list[Ref]:
        listed = set[Ref]().union(*self.heard(lambda each: list(each.refs(base)), self.reads))
        return [ref for ref in listed if self.newest(ref)[1] is not MISSING]

    def repair(self, base: Ref = Ref()) -> None:
        for ref in {ref for each in self.sources for ref in each.refs(base)}:
            self.newest(ref)


def _tick(pair: tuple[int, Any]) -> int:
    return pair[0]


fanout = partial(outlaw, family="fanout")
replica = partial(outlaw, family="replica")


@fanout("a_fanout_is_its_first_source", wrong="A delete is sent to the others alone.")
class DeletesInTheOthers(Fanout):
    def delete(self, ref: Ref, /) -> None:
        self.all(lambda each: each.delete(ref), self.sources[1:])


@fanout("a_write_reaches_every_source", wrong="merge reaches the first alone.")
class MergesInTheFirstAlone(Fanout):
    def merge(self, ref: Ref, value: Any, /) -> None:
        self.source.merge(ref, value)


@fanout("a_source_that_fails_does_not_keep_the_others_from_a_write", wrong="The first failure ends it for the rest.")
class StopsAtAFailure(Fanout):
    def all(self, work: Callable[[Any], None], sources: tuple[Any, ...]) -> None:
        for each in sources:
            work(each)


@fanout("a_swap_that_conflicts_reaches_no_source", wrong="A swap puts in the others, whatever the first says.")
class SwapsRegardless(Fanout):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        try:
            self.source.swap(ref, old, new)
        finally:
            self.all(lambda each: each.delete(ref) if new is MISSING else each.put(ref, new), self.sources[1:])


@fanout("only_the_first_of_a_fanout_is_read", wrong="What the first does not have is read from the others.")
class ReadsTheOthers(Fanout):
    def get(self, ref: Ref, /) -> Any:
        found = [value for each in self.sources if (value := look(each, ref)) is not MISSING]
        if not found:
            raise Missing(ref)
        return found[0]


@replica("a_replica_is_one_dictionary", wrong="Only the first source is read.", seen="primaries without a standby")
class ReadsThePrimary(Replica):
    def newest(self, ref: Ref) -> tuple[int, Any]:
        held = look(self.sources[0], ref)
        return (0, MISSING) if held is MISSING else held


@replica(
    "what_was_acknowledged_is_read",
    wrong="A delete leaves nothing behind, so a source that missed it brings the value back.",
    seen="replicas without tombstones, and those that drop them too early",
)
class DeletesWithoutATrace(Replica):
    def delete(self, ref: Ref, /) -> None:
        self.heard(lambda each: each.delete(ref), self.writes)


@replica("a_source_that_lost_all_is_made_good", wrong="Nothing is ever repaired.")
class NeverRepairs(Replica):
    def settle(self, ref: Ref, best: tuple[int, Any]) -> None:
        pass


@replica("repair_makes_all_sources_agree", wrong="Only what the first source lists is repaired.")
class RepairsWhatTheFirstHas(Replica):
    def repair(self, base: Ref = Ref()) -> None:
        for ref in list(self.sources[0].refs(base)):
            self.newest(ref)


@replica("with_too_few_sources_nothing_is_acknowledged", wrong="One source is enough for a write, and one for a read.")
class IsContentWithOne(Replica):
    def heard(self, work: Callable[[Any], Any], least: int) -> list[Any]:
        return super().heard(work, 1)


@replica(
    "a_write_that_failed_never_shows_over_a_later_one",
    wrong="The stamp is one more than the newest that is seen: a failed write has the same one as the next.",
    seen="counters that come from what was read",
)
class CountsWithoutAClock(Replica):
    def tick(self, newest: tuple[int, Any]) -> int:
        return newest[0] + 1


@replica("what_was_read_once_is_read_from_then_on", wrong="What is read is not written back before it is answered.")
class ReadsWithoutWritingBack(Replica):
    def settle(self, ref: Ref, best: tuple[int, Any]) -> None:
        pass


@replica("a_replica_swaps_what_get_answers", wrong="swap compares with what the first source has.")
class SwapsWhatThePrimaryHas(Replica):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        held = (0, MISSING)
        with suppress(OSError, Missing):
            held = self.sources[0].get(ref)
        if not same(held[1], old):
            raise Conflict(ref)
        self.write(ref, new)
