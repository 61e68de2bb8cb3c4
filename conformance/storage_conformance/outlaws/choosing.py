"""Outlaws among what decides where a value goes: size split, template router; and an inventory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from storage_combinators.functions import exists, listed, look, present
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Depth, Missing, Refused

from .combinators import Over
from .outlaw import outlaw

__all__ = ["Inventory", "SizeSplit", "TemplateRouter"]


class SizeSplit(Over):
    family: ClassVar[str] = "size_split"

    def __init__(self, small: Any, big: Any, limit: int) -> None:
        super().__init__(small)
        self.small, self.big, self.limit = small, big, limit

    def sides(self, value: Any) -> tuple[Any, Any]:
        return (self.small, self.big) if len(value) <= self.limit else (self.big, self.small)

    def get(self, ref: Ref, /) -> Any:
        value = look(self.small, ref)
        return self.big.get(ref) if value is MISSING else value

    def put(self, ref: Ref, value: Any, /) -> None:
        here, there = self.sides(present(value))
        here.put(ref, value)
        there.delete(ref)

    merge = put

    def delete(self, ref: Ref, /) -> None:
        self.big.delete(ref)
        self.small.delete(ref)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        held = look(self, ref)
        if held is not old and held != old:
            raise Conflict(ref)
        self.delete(ref) if new is MISSING else self.put(ref, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter({*self.small.refs(base, depth), *self.big.refs(base, depth)})


class TemplateRouter(Over):
    family: ClassVar[str] = "template_router"

    def __init__(self, routes: Mapping[str, Any]) -> None:
        self.routes = {self.pattern(template): route for template, route in routes.items()}

    def pattern(self, template: str) -> re.Pattern[str]:
        ways = {"{": lambda name: f"(?P<{name.strip('{.}')}>{'.+' if '...' in name else '[^/]+'})"}
        try:
            return re.compile("/".join(ways.get(n[0], re.escape)(n) for n in Ref.parse(template)), re.DOTALL)
        except re.error:
            raise ValueError(f"{template!r} is no template") from None

    def found(self, ref: Ref) -> list[tuple[Any, re.Match[str]]]:
        matches = ((route, pattern.fullmatch(str(ref))) for pattern, route in self.routes.items())
        return [(route, match) for route, match in matches if match][:1]

    def get(self, ref: Ref, /) -> Any:
        for route, match in self.found(ref):
            return route(**match.groupdict()) if callable(route) else route.get(ref)
        raise Missing(ref)

    def written(self, ref: Ref) -> tuple[Any, Ref]:
        for route, _ in self.found(ref):
            if not callable(route):
                return route, ref
        raise Refused("nothing is written there")

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        routes = {id(route): route for route in self.routes.values() if not callable(route)}
        seen = {ref for route in routes.values() for ref in route.refs(base) if self.leads(ref, route)}
        return listed(seen, base, depth)

    def leads(self, ref: Ref, route: Any) -> bool:
        return any(found is route for found, _ in self.found(ref))


class Inventory(Over):
    family: ClassVar[str] = "inventory"

    def __init__(self, source: Any, written: Any) -> None:
        super().__init__(source)
        self.index = written

    def get(self, ref: Ref, /) -> Any:
        if not exists(self.index, ref):
            raise Missing(ref)
        return self.source.get(ref)

    def put(self, ref: Ref, value: Any, /) -> None:
        self.source.put(ref, present(value))
        self.index.put(ref, True)

    merge = put

    def delete(self, ref: Ref, /) -> None:
        if exists(self.index, ref):
            self.index.delete(ref)
            self.source.delete(ref)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        held = look(self, ref)
        if held is not old and held != old:
            raise Conflict(ref)
        self.delete(ref) if new is MISSING else self.put(ref, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter(self.index.refs(base, depth))


size_split = partial(outlaw, family="size_split")
inventory = partial(outlaw, family="inventory")
template_router = partial(outlaw, family="template_router")


@size_split("a_size_split_is_one_store", wrong="Listing has what is small.")
class ListsTheSmall(SizeSplit):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter(self.small.refs(base, depth))


@size_split("a_size_split_keeps_each_value_on_its_side", wrong="What it was on the other side stays there.")
class LeavesTheOtherSide(SizeSplit):
    def put(self, ref: Ref, value: Any, /) -> None:
        here, there = self.sides(present(value))
        here.put(ref, value)
        if there is self.small:  # which would hide it
            there.delete(ref)


@size_split("a_size_split_that_is_stopped_shows_before_or_after", wrong="The other side is cleared first.")
class ClearsFirst(SizeSplit):
    def put(self, ref: Ref, value: Any, /) -> None:
        here, there = self.sides(present(value))
        there.delete(ref)
        here.put(ref, value)


@size_split("a_size_split_compares_what_get_answers", wrong="swap asks the side that the new value is for.")
class ComparesOnItsSide(SizeSplit):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        side = self.sides(new if new is not MISSING else old if old is not MISSING else b"")[0]
        side.swap(ref, old, new)


@size_split("a_size_split_takes_a_failure_for_no_absence", wrong="big answers where small fails.")
class AnswersFromBig(SizeSplit):
    def get(self, ref: Ref, /) -> Any:
        try:
            return super().get(ref)
        except OSError:
            return self.big.get(ref)


@template_router("the_first_template_that_matches_is_the_route", wrong="The last template that matches is taken.")
class TakesTheLastTemplate(TemplateRouter):
    def __init__(self, routes: Mapping[str, Any]) -> None:
        super().__init__(dict(reversed([*routes.items()])))


@template_router("a_function_answers_with_the_parts_by_name", wrong="What is written to a function is lost.")
class DropsWrites(TemplateRouter):
    def written(self, ref: Ref) -> tuple[Any, Ref]:
        lost = type(next(route for route in self.routes.values() if not callable(route)))
        return (lost(), ref) if any(callable(route) for route, _ in self.found(ref)) else super().written(ref)


@template_router("what_matches_no_template_is_not_there", wrong="What matches no template goes to the first route.")
class TakesTheFirstForNone(TemplateRouter):
    def written(self, ref: Ref) -> tuple[Any, Ref]:
        return super().written(ref) if self.found(ref) else (next(iter(self.routes.values())), ref)


@template_router("a_router_lists_what_can_be_reached", wrong="Listing has whatever the routes hold.")
class ListsWhatCannotBeReached(TemplateRouter):
    def leads(self, ref: Ref, route: Any) -> bool:
        return True


@template_router("what_is_no_template_is_refused_when_made", wrong="A template is looked at when it is first needed.")
class TakesAnyTemplate(TemplateRouter):
    def pattern(self, template: str) -> re.Pattern[str]:
        try:
            return super().pattern(template)
        except ValueError:
            return re.compile("(?!)")


@inventory("an_inventory_is_a_store_of_what_it_wrote", wrong="get finds what others wrote.")
class FindsWhatOthersWrote(Inventory):
    def get(self, ref: Ref, /) -> Any:
        return self.source.get(ref)


@inventory("an_inventory_leaves_what_is_not_its_own", wrong="delete removes what others wrote.")
class DeletesWhatOthersWrote(Inventory):
    def delete(self, ref: Ref, /) -> None:
        self.index.delete(ref)
        self.source.delete(ref)


@inventory("an_inventory_lists_what_cannot_be_listed", wrong="The source is listed, and what is not its own left out.")
class ListsItsSource(Inventory):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        own = [ref for ref in self.source.refs(Ref()) if exists(self.index, ref)]
        return listed(own, base, depth)


@inventory("an_inventory_that_is_stopped_shows_before_or_after", wrong="A ref is noted before its value is put.")
class NotesFirst(Inventory):
    def put(self, ref: Ref, value: Any, /) -> None:
        self.index.put(ref, True)
        self.source.put(ref, present(value))

    merge = put
