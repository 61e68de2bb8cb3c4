"""Outlaws whose listing lists the wrong things. In memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from storage_combinators.functions import listed
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Depth

from .outlaw import outlaw
from .right import Plain, known


@outlaw(
    "refs_lists_each_ref_with_a_value_once",
    wrong="A listing has every ref of the store, whatever the base.",
    seen="the dictionary store of the paper's own framework",
)
class ListsEverything(Plain):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return super().refs(Ref() if depth is None else base, depth)


@outlaw("refs_lists_each_ref_with_a_value_once", wrong="Refs come twice.", seen="listing of two shards that overlap")
class ListsTwice(Plain):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        once = list(super().refs(base, depth))
        return iter(once * 2 if depth is None else once)


@outlaw(
    "refs_of_one_base_shows_nothing_of_another", wrong="The listing of a shows ab.", seen="prefixes without a slash"
)
class ListsNeighbours(Plain):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth is not None or len(known(base)) < 2:
            return super().refs(base, depth)
        return iter([ref for ref in self.cells if str(ref).startswith(str(base.cut(1)))])


@outlaw("refs_lists_each_ref_with_a_value_once", wrong="Folders are listed as if they had values.", seen="S3 consoles")
class ListsFolders(Plain):
    def every(self) -> list[Ref]:
        return [ref.cut(names) for ref in self.cells for names in range(1, len(ref) + 1)]


@outlaw(
    "refs_to_depth_0_is_the_base_itself",
    wrong="Depth 0 finds a base that has only refs below it.",
    seen="os.path.exists",
)
class FindsFolders(Plain):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter([base] if depth == 0 and any(super().refs(base)) else list(super().refs(base, depth)))


@outlaw(
    "refs_to_depth_1_is_one_name_further", wrong="Depth 1 leaves out names that only have refs below.", seen="glob('*')"
)
class ListsOnlyValues(Plain):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter([ref for ref in super().refs(base, depth) if depth != 1 or ref in self.cells])


@outlaw("refs_to_depth_1_is_one_name_further", wrong="Depth 1 has the base itself.", seen="WebDAV's PROPFIND")
class ListsTheBase(Plain):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter([*super().refs(base, depth), *(super().refs(base, 0) if depth == 1 else [])])


@outlaw("refs_agrees_with_get", wrong="What was deleted is still listed.", seen="an index that is not updated")
class ListsTheDeleted(Plain):
    def delete(self, ref: Ref, /) -> None:
        self.ghosts = {*getattr(self, "ghosts", ()), *([known(ref)] if ref in self.cells else ())}
        super().delete(ref)

    def every(self) -> list[Ref]:
        return [*self.cells, *getattr(self, "ghosts", ())]


@outlaw("refs_changes_nothing", wrong="A listing evicts what it lists.", seen="scans that thrash a cache")
class ListsAndForgets(Plain):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        listed = list(super().refs(base, depth))
        for ref in listed if depth is None else []:
            self.delete(ref)
        return iter(listed)


@outlaw("refs_that_look_alike_are_listed_apart", wrong="Names with a dot in front are not listed.", seen="hidden files")
class HidesDots(Plain):
    def every(self) -> list[Ref]:
        return [ref for ref in self.cells if not any(name.startswith(".") for name in ref)]


@outlaw(
    "refs_lists_a_level_of_many", wrong="A listing ends after 1,000 refs.", seen="the first page of S3 taken for all"
)
class ListsOnePage(Plain):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter(list(super().refs(base, depth))[:1000])


class Tiers(Plain):
    """Every other value is near, the others far; what is read, or written over, is near from then on."""

    def __init__(self) -> None:
        super().__init__()
        self.near: set[Ref] = set()

    def tiers(self) -> tuple[list[Ref], list[Ref]]:
        near = [ref for ref in self.cells if ref in self.near]
        return near, [ref for ref in self.cells if ref not in self.near]

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        told: set[Ref] = set()
        for tier in (0, 1):
            with self.alone():
                refs = list(listed(self.tiers()[tier], known(base), depth))
            for ref in refs:
                if ref not in told:
                    told.add(ref)
                    yield ref


@outlaw(
    "a_listing_bears_changes",
    wrong="The near tier is listed, then the far one: what is read meanwhile moves behind the listing.",
    seen="a first version of this library",
)
class ReadsBehindTheListing(Tiers):
    def write(self, ref: Ref, value: Any) -> None:
        if ref not in self.cells and len(self.cells) % 2 == 0:
            self.near.add(ref)
        super().write(ref, value)

    def read(self, ref: Ref) -> Any:
        value = super().read(ref)
        if value is not MISSING:
            self.near.add(ref)
        return value


@outlaw(
    "a_listing_bears_changes",
    wrong="What is written over moves to the tier that was listed already.",
    seen="hot and cold storage",
)
class WritesBehindTheListing(Tiers):
    def write(self, ref: Ref, value: Any) -> None:
        if ref in self.cells or len(self.cells) % 2 == 0:
            self.near.add(ref)
        super().write(ref, value)


@outlaw("the_root_holds_what_it_takes", wrong="What is at the root is never listed.", seen="a path that is empty")
class ListsNoRoot(Plain):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter([ref for ref in super().refs(base, depth) if ref])
