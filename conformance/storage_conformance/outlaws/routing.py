"""Outlaws among combinators of several stores."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from storage_combinators.functions import look
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Depth, Missing, Refused

from .combinators import Mount, Sequential, Switch
from .outlaw import outlaw

switch = partial(outlaw, family="switch")
mount = partial(outlaw, family="mount")
sequential = partial(outlaw, family="sequential")


@switch("a_switch_is_one_store_of_all_its_routes", wrong="The root lists nothing.", seen="the paper's own framework")
class ListsNoRoutes(Switch):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return super().refs(base, depth) if base else iter(())


@switch("a_switch_hands_the_whole_ref_to_its_route", wrong="The first name is stripped.", seen="one port of the paper")
class StripsTheName(Switch):
    def at(self, ref: Ref) -> tuple[Any, Ref]:
        source, ref = super().at(ref)
        return source, ref.under(ref.cut(1))

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        for name, source in self.routes.items():
            if depth is None and not base:
                yield from (Ref(name) / ref for ref in source.refs(base))


@switch("a_switch_asks_nothing_of_another_route", wrong="What one route does not have is looked for in the others.")
class AsksEveryRoute(Switch):
    def get(self, ref: Ref, /) -> Any:
        found = [look(source, ref) for source in self.routes.values()]
        for value in found:
            if value is not MISSING:
                return value
        raise Missing(ref)


@switch(
    "a_switch_refuses_to_write_where_no_route_leads",
    wrong="A write to a name without a route is lost in silence.",
    seen="the switching store of the paper, where it is a message to nil",
)
class LosesUnroutedWrites(Switch):
    def put(self, ref: Ref, value: Any, /) -> None:
        with suppress(Refused):
            super().put(ref, value)


@switch(
    "a_switch_has_nothing_where_no_route_leads", wrong="Reading a name without a route is a bare KeyError of the table."
)
class RaisesOnUnroutedReads(Switch):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return self.routes[base[0]].refs(base, depth) if base else super().refs(base, depth)


@mount("a_mount_is_one_tree", wrong="Points are not listed.", seen="file systems that are listed on one device alone")
class ListsNoPoints(Mount):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        point = self.point(base)
        inside = (point / ref for ref in self.points[point].refs(base.under(point), depth))
        return (ref for ref in inside if self.point(ref) == point)


@mount("a_mounted_store_sees_refs_from_its_point", wrong="The first point that fits is taken, not the longest.")
class TakesTheShortestPoint(Mount):
    def point(self, ref: Ref) -> Ref:
        return min((point for point in self.points if point and ref.within(point)), key=len, default=Ref())


@mount(
    "what_a_mount_hides_is_neither_seen_nor_lost",
    wrong="What is absent in the mounted store is read from what it hides.",
)
class SeesThroughPoints(Mount):
    def get(self, ref: Ref, /) -> Any:
        try:
            return super().get(ref)
        except Missing:
            return self.points[Ref()].get(ref)


@mount(
    "a_mount_does_not_list_everything_for_one_level",
    wrong="One level is cut out of a listing of everything.",
    seen="a first version of this library: 200,000 refs were read for one level",
)
class ListsEverythingForALevel(Mount):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth != 1:
            return super().refs(base, depth)
        return iter({ref.cut(len(base) + 1) for ref in super().refs(base) if ref != base})


@sequential("a_sequential_of_one_is_that_one", wrong="A delete of what is not there raises Missing.")
class RaisesOnDeleteOfNothing(Sequential):
    def delete(self, ref: Ref, /) -> None:
        self.get(ref)
        super().delete(ref)


@sequential(
    "the_first_that_has_it_answers", wrong="The last store that has it answers.", seen="ChainMap the wrong way round"
)
class LetsTheLastAnswer(Sequential):
    def get(self, ref: Ref, /) -> Any:
        for source in self.sources[::-1]:
            value = look(source, ref)
            if value is not MISSING:
                return value
        raise Missing(ref)


@sequential("a_sequential_lists_each_ref_of_any_source_once", wrong="What two stores have is listed twice.")
class ListsEachSource(Sequential):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return (ref for source in self.sources for ref in source.refs(base, depth))


@sequential("only_the_first_of_a_sequential_is_written", wrong="delete deletes in every store.")
class DeletesEverywhere(Sequential):
    def delete(self, ref: Ref, /) -> None:
        for source in self.sources:
            source.delete(ref)


@sequential(
    "a_sequential_moves_on_from_absence_alone", wrong="When one store fails, the next is asked.", seen="except: pass"
)
class MovesOnFromFailure(Sequential):
    def get(self, ref: Ref, /) -> Any:
        for source in self.sources:
            with suppress(Missing, OSError):
                return source.get(ref)
        raise Missing(ref)


@sequential(
    "sequentials_in_each_other_are_one", wrong="Of stores that are themselves sequences only the first is asked."
)
class FlattensTooFar(Sequential):
    def __init__(self, sources: tuple[Any, ...]) -> None:
        super().__init__(tuple(getattr(source, "source", source) for source in sources))


@sequential(
    "a_sequential_swaps_what_is_visible",
    wrong="swap compares with the first store alone, so that what is visible below is a Conflict.",
    seen="a first version of this library",
)
class SwapsInTheFirst(Sequential):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.source.swap(ref, old, new)


@sequential(
    "a_sequential_merges_into_what_is_visible", wrong="merge finds nothing in the first store, and so only puts."
)
class MergesInTheFirst(Sequential):
    def merge(self, ref: Ref, value: Any, /) -> None:
        self.source.merge(ref, value)


@sequential(
    "a_delete_bares_what_a_lower_source_has", wrong="After a delete nothing is found, though a lower store has it."
)
class HidesWhatIsBelow(Sequential):
    def __init__(self, sources: tuple[Any, ...]) -> None:
        super().__init__(sources)
        self.hidden: set[Ref] = set()

    def delete(self, ref: Ref, /) -> None:
        super().delete(ref)
        self.hidden.add(ref)

    def get(self, ref: Ref, /) -> Any:
        return self.source.get(ref) if ref in self.hidden else super().get(ref)
