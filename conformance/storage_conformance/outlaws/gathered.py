"""Outlaws among several stores shown as one: union, condition, migrate, overlay, levels, shard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from hashlib import sha256
from typing import Any

from storage_combinators.functions import look
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Depth, Missing

from .many import Condition, Levels, Migrate, Overlay, Shard, Union
from .outlaw import outlaw

union = partial(outlaw, family="union")
condition = partial(outlaw, family="condition")
migrate = partial(outlaw, family="migrate")
overlay = partial(outlaw, family="overlay")
levels = partial(outlaw, family="levels")
shard = partial(outlaw, family="shard")


@union("a_union_is_one_dictionary", wrong="What two stores have is listed twice.")
class ListsEachTime(Union):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return (ref for each in self.sources for ref in each.refs(base, depth))


@union("in_a_union_a_value_stays_where_it_is", wrong="Every write goes into one store, and moves what was elsewhere.")
class MovesWhatItWrites(Union):
    def home(self, ref: Ref, value: Any) -> int:
        return self.into


@union("what_is_new_in_a_union_goes_where_it_is_said", wrong="What is new goes into the first, whatever was said.")
class CreatesInTheFirst(Union):
    def home(self, ref: Ref, value: Any) -> int:
        return max(self.place(ref), 0)


@union("what_is_deleted_in_a_union_is_deleted_everywhere", wrong="A delete bares what another store has.")
class DeletesWhatIsVisible(Union):
    def delete(self, ref: Ref, /) -> None:
        self.sources[self.place(ref)].delete(ref)


@union(
    "a_source_that_fails_is_not_one_that_has_nothing", wrong="A store that fails is passed over.", seen="except: pass"
)
class PassesOverFailures(Union):
    def get(self, ref: Ref, /) -> Any:
        for each in self.sources:
            with suppress(Missing, OSError):
                return each.get(ref)
        raise Missing(ref)


@union("a_delete_cut_short_bares_nothing_older", wrong="What is visible is deleted first, what it hides later.")
class DeletesFromTheTop(Union):
    def clear(self, ref: Ref, sources: tuple[Any, ...]) -> None:
        super().clear(ref, sources[::-1])


@condition("a_condition_is_one_dictionary", wrong="Only one of the two is listed.")
class ListsThenAlone(Condition):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter(self.sources[0].refs(base, depth))


@condition("the_value_chooses_the_store", wrong="The older value in the other store is left, and hides the new one.")
class LeavesTheOther(Condition):
    def put(self, ref: Ref, value: Any, /) -> None:
        self.sources[self.home(ref, value)].put(ref, value)


@condition("a_condition_deletes_from_both", wrong="A delete is made where the value is visible.")
class DeletesFromOne(Condition):
    def delete(self, ref: Ref, /) -> None:
        self.sources[self.place(ref)].delete(ref)


@condition("a_move_cut_short_shows_before_or_after", wrong="The old value is deleted first.")
class DeletesThenPuts(Condition):
    def put(self, ref: Ref, value: Any, /) -> None:
        home = self.home(ref, value)
        self.clear(ref, self.sources[:home])
        self.sources[home].put(ref, value)


@migrate("a_migrate_is_one_dictionary", wrong="A delete is made in the new store, and the old one brings it back.")
class DeletesInTheNew(Migrate):
    def delete(self, ref: Ref, /) -> None:
        self.sources[0].delete(ref)


@migrate("what_is_read_moves", wrong="A read copies, and the old store keeps it.")
class CopiesWhatIsRead(Migrate):
    def move(self, ref: Ref, value: Any) -> None:
        with suppress(Conflict):
            self.sources[0].swap(ref, MISSING, value)


@migrate("what_is_written_is_in_the_new_one", wrong="Both stores are written.")
class WritesBoth(Migrate):
    def put(self, ref: Ref, value: Any, /) -> None:
        super().put(ref, value)
        self.sources[1].put(ref, value)


@migrate("a_move_cut_short_loses_nothing", wrong="A move deletes, then creates.")
class DeletesThenCreates(Migrate):
    def move(self, ref: Ref, value: Any) -> None:
        self.sources[1].delete(ref)
        self.sources[0].put(ref, value)


@migrate("what_the_new_one_refuses_is_answered", wrong="What cannot be moved cannot be read.")
class ReadsWhatItCanMove(Migrate):
    def move(self, ref: Ref, value: Any) -> None:
        new, old = self.sources
        with suppress(Conflict):
            new.swap(ref, MISSING, value)
        old.delete(ref)


@migrate("a_value_written_meanwhile_is_not_overrun", wrong="A move puts, over whatever has come meanwhile.")
class MovesOverTheNewer(Migrate):
    def move(self, ref: Ref, value: Any) -> None:
        new, old = self.sources
        new.put(ref, value)
        old.delete(ref)


@overlay("an_overlay_is_one_dictionary", wrong="A delete of what is below does nothing.", seen="ChainMap")
class DeletesAbove(Overlay):
    def mark(self, ref: Ref) -> None:
        pass


@overlay("the_lower_store_is_never_written", wrong="A delete is made below, too.")
class DeletesInTheLower(Overlay):
    def mark(self, ref: Ref) -> None:
        self.lower.delete(ref)


@overlay("no_value_is_taken_for_a_mark", wrong="A deletion is a special value, and who stores it deletes.")
class MarksByAValue(Overlay):
    def get(self, ref: Ref, /) -> Any:
        value = super().get(ref)
        if value == b"gone":
            raise Missing(ref)
        return value

    def delete(self, ref: Ref, /) -> None:
        self.put(ref, b"gone")


@overlay("an_overlay_moves_on_from_absence_alone", wrong="When the upper store fails, the lower one is asked.")
class FallsThrough(Overlay):
    def get(self, ref: Ref, /) -> Any:
        try:
            return super().get(ref)
        except OSError:
            return self.lower.get(ref)


@overlay("a_delete_in_an_overlay_cut_short_shows_before_or_after", wrong="A delete is made first, and marked then.")
class MarksLast(Overlay):
    def delete(self, ref: Ref, /) -> None:
        self.source.delete(ref)
        self.mark(ref)


@overlay("an_overlay_does_not_list_everything_for_one_level", wrong="One level is cut out of a listing of everything.")
class ListsAllBelow(Overlay):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth != 1:
            return super().refs(base, depth)
        return iter({ref.cut(len(base) + 1) for ref in super().refs(base) if ref != base})


@levels("a_levels_is_its_last_source", wrong="What is near is listed.")
class ListsWhatIsNear(Levels):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter(self.sources[0].refs(base, depth))


@levels("a_read_fills_every_nearer_level", wrong="Only the nearest level is filled.")
class FillsTheNearest(Levels):
    def fill(self, ref: Ref, value: Any, place: int) -> None:
        super().fill(ref, value, min(place, 1))


@levels("a_levels_moves_on_from_absence_alone", wrong="A level that fails is passed over.")
class PassesOverLevels(Levels):
    def get(self, ref: Ref, /) -> Any:
        for each in self.sources:
            with suppress(Missing, OSError):
                return each.get(ref)
        raise Missing(ref)


@levels("a_write_that_failed_leaves_no_level_stale", wrong="Levels are dropped after a write that went well.")
class DropsAfterSuccess(Levels):
    def written(self, ref: Ref) -> tuple[Any, Ref]:
        return self.source, ref

    def put(self, ref: Ref, value: Any, /) -> None:
        super().put(ref, value)
        self.drop(ref)


@levels("no_level_survives_a_write", wrong="Only the nearest level is dropped.")
class DropsTheNearest(Levels):
    def drop(self, ref: Ref) -> None:
        self.sources[0].delete(ref)


@levels("what_a_level_refuses_is_answered_all_the_same", wrong="What is too big for a level cannot be read.")
class RefusesWhatALevelDoes(Levels):
    def fill(self, ref: Ref, value: Any, place: int) -> None:
        for each in self.sources[:place]:
            each.put(ref, value)


@shard("a_shard_is_one_dictionary", wrong="Only one shard is listed.")
class ListsOneShard(Shard):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return super(Shard, self).refs(base, depth)


@shard("each_ref_is_in_one_shard", wrong="What the right shard does not have is looked for in the others, on each get.")
class AsksEveryShard(Shard):
    def get(self, ref: Ref, /) -> Any:
        found = [value for each in self.shards.values() if (value := look(each, ref)) is not MISSING]
        if not found:
            raise Missing(ref)
        return found[0]


def number(ref: Ref, shards: int) -> int:
    """Which of so many shards."""
    return sha256(repr(ref).encode()).digest()[0] % shards


@shard(
    "the_order_of_the_shards_makes_no_difference", wrong="Shards have numbers, in the order in which they are given."
)
class NumbersShards(Shard):
    def name(self, ref: Ref) -> str:
        return list(self.shards)[number(ref, len(self.shards))]


@shard(
    "a_new_shard_moves_only_what_it_takes", wrong="The hash modulo the number of shards: most refs move.", seen="often"
)
class HashesModulo(Shard):
    def name(self, ref: Ref) -> str:
        return sorted(self.shards)[number(ref, len(self.shards))]


@shard(
    "a_shard_that_fails_fails_its_own_refs_alone", wrong="What a shard fails is written into another, and not found."
)
class WritesIntoAnother(Shard):
    def put(self, ref: Ref, value: Any, /) -> None:
        for each in (self.at(ref)[0], *self.shards.values()):
            with suppress(OSError):
                each.put(ref, value)
                return
