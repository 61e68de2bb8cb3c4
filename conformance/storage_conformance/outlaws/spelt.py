"""Outlaws among what changes names, and a right one of each that they stand on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from hashlib import md5, sha256
from typing import Any, ClassVar
from urllib.parse import quote, unquote

from storage_combinators.functions import listed, look
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Depth, Refused

from .combinators import Over
from .outlaw import outlaw

__all__ = ["Escaped", "Extension", "Hashed", "RenameTable", "Spread"]


class Spelt(Over):
    """What is at a ref is at `spelt` of it in the source, and `meant` goes back; None for what is no ref's."""

    def spelt(self, ref: Ref) -> Ref:
        return ref

    def meant(self, ref: Ref) -> Ref | None:
        return ref

    def at(self, ref: Ref) -> tuple[Any, Ref]:
        return self.source, self.spelt(ref)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        found = (self.meant(ref) for ref in self.source.refs(Ref()))
        return listed([ref for ref in found if ref is not None], base, depth)


class Extension(Spelt):
    family: ClassVar[str] = "extension"

    def __init__(self, source: Any, extension: str) -> None:
        super().__init__(source)
        self.extension = extension

    def spelt(self, ref: Ref) -> Ref:
        *above, name = ref or ("",)
        return Ref(*above, name + self.extension)

    def meant(self, ref: Ref) -> Ref | None:
        *above, name = ref or ("",)
        name, kept = name.removesuffix(self.extension), name.endswith(self.extension)
        return None if not kept or name in (".", "..") or (not name and above) else Ref(*above, *[name] * bool(name))


class RenameTable(Spelt):
    family: ClassVar[str] = "rename_table"

    def __init__(self, source: Any, table: Mapping[str, str]) -> None:
        super().__init__(source)
        if len({*Ref(*table.values())}) < len(Ref(*table)):
            raise ValueError("two names share one")
        starts = [name for name in table if name not in table.values()]
        self.there = {**table, **{self.end(table, start): start for start in starts}}
        self.back = {there: here for here, there in self.there.items()}

    def end(self, table: Mapping[str, str], name: str) -> str:
        while name in table:
            name = table[name]
        return name

    def spelt(self, ref: Ref) -> Ref:
        return Ref(*(self.there.get(name, name) for name in ref))

    def meant(self, ref: Ref) -> Ref | None:
        return Ref(*(self.back.get(name, name) for name in ref))


class Escaped(Spelt):
    family: ClassVar[str] = "escaped"

    def __init__(self, source: Any, plain: str) -> None:
        super().__init__(source)
        self.plain = plain

    def spelt(self, ref: Ref) -> Ref:
        return Ref(*(quote(name, safe="") for name in ref))

    def meant(self, ref: Ref) -> Ref | None:
        try:
            meant = Ref(*(unquote(name, errors="strict") for name in ref))
        except ValueError:
            meant = Ref()
        if self.spelt(meant) != ref:
            raise Refused(f"{ref!r} is no ref")
        return meant


class Hashed(Spelt):
    family: ClassVar[str] = "hashed"

    def __init__(self, source: Any, names: Any, longest: int) -> None:
        super().__init__(source)
        self.names, self.longest = names, longest

    def short(self, name: str) -> str:
        digest = "#" + md5(name.encode(), usedforsecurity=False).hexdigest()
        return digest if len(name.encode()) > self.longest or name[0] == "#" else name

    def spelt(self, ref: Ref) -> Ref:
        return Ref(*map(self.short, ref))

    def written(self, ref: Ref) -> tuple[Any, Ref]:
        for name in ref:
            if self.short(name) != name:
                self.names.put(Ref(self.short(name)), name)
        return self.at(ref)

    def meant(self, ref: Ref) -> Ref | None:
        meant: list[Any] = [look(self.names, Ref(name)) if name[0] == "#" else name for name in ref]
        if MISSING in meant:
            raise Refused(f"{ref!r} is no ref")
        return Ref(*meant)


class Spread(Spelt):
    family: ClassVar[str] = "spread"

    def __init__(self, source: Any, digits: int) -> None:
        super().__init__(source)
        self.digits = digits

    def folder(self, name: str) -> str:
        return sha256(name.encode()).hexdigest()[-self.digits :]

    def spelt(self, ref: Ref) -> Ref:
        return Ref(self.folder(ref[0]), *ref) if ref else ref

    def meant(self, ref: Ref) -> Ref | None:
        return None if ref and self.spelt(Ref(*ref[1:])) != ref else Ref(*ref[1:])


extension = partial(outlaw, family="extension")
rename_table = partial(outlaw, family="rename_table")
escaped = partial(outlaw, family="escaped")
spread = partial(outlaw, family="spread")
hashed = partial(outlaw, family="hashed")


@extension("an_extension_is_its_source_by_other_names", wrong="A level has its values alone: folders are left out.")
class ListsFilesOnly(Extension):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth == 1:
            return (ref for ref in super().refs(base) if len(ref) == len(base) + 1)
        return super().refs(base, depth)


@extension("an_extension_is_added_to_the_last_name", wrong="Only reading adds the extension.")
class ExtendsReading(Extension):
    def written(self, ref: Ref) -> tuple[Any, Ref]:
        return self.source, ref


@extension("what_has_no_extension_is_invisible", wrong="What has no extension is listed, and get does not find it.")
class ListsWhatHasNone(Extension):
    def meant(self, ref: Ref) -> Ref | None:
        return Ref(*ref[:-1], ref[-1].removesuffix(self.extension) or ref[-1]) if ref else ref


@extension(
    "an_extension_takes_no_two_refs_for_one",
    wrong="A name that has the extension is left as it is: a and a.json are one.",
    seen="file dialogs",
)
class ExtendsOnce(Extension):
    def spelt(self, ref: Ref) -> Ref:
        return ref if ref and ref[-1].endswith(self.extension) else super().spelt(ref)


@rename_table("a_rename_table_is_its_source_by_other_names", wrong="Listing has the names of the source.")
class ListsOtherNames(RenameTable):
    def meant(self, ref: Ref) -> Ref | None:
        return ref


@rename_table(
    "a_rename_table_renames_every_verb",
    wrong="Only get is renamed: writes go to the name that was given.",
    seen="the name-remapping store of the paper's own framework",
)
class RemapsReading(RenameTable):
    def written(self, ref: Ref) -> tuple[Any, Ref]:
        return self.source, ref


@rename_table(
    "a_rename_table_takes_no_two_refs_for_one", wrong="The name that is taken stays as it is: a and b are one."
)
class RemapsOneWay(RenameTable):
    def __init__(self, source: Any, table: Mapping[str, str]) -> None:
        super().__init__(source, table)
        self.there = dict(table)


@rename_table("a_rename_table_refuses_what_would_share_a_name", wrong="Any table is taken, and the later name wins.")
class TakesAnyTable(RenameTable):
    def __init__(self, source: Any, table: Mapping[str, str]) -> None:
        super().__init__(source, {})
        self.there, self.back = dict(table), {there: here for here, there in table.items()}


@escaped("an_escaped_is_a_store_of_any_names", wrong="Listing has the names as they are written in the source.")
class ListsEscapes(Escaped):
    def meant(self, ref: Ref) -> Ref | None:
        return ref


@escaped("an_escaped_asks_for_plain_names", wrong="Only blanks and percent signs are escaped.")
class EscapesBlanksOnly(Escaped):
    def spelt(self, ref: Ref) -> Ref:
        return Ref(*(name.replace("%", "%25").replace(" ", "%20") for name in ref))


@escaped(
    "an_escaped_takes_no_two_refs_for_one", wrong="What looks escaped is left as it is.", seen="encodeURI in JavaScript"
)
class LeavesEscapes(Escaped):
    def spelt(self, ref: Ref) -> Ref:
        return Ref(*(quote(name, safe="%") for name in ref))


@escaped(
    "an_escaped_says_so_of_a_name_that_stands_for_none",
    wrong="Whatever is in the source is unquoted and listed, and get does not find it.",
)
class UnquotesAnything(Escaped):
    def meant(self, ref: Ref) -> Ref | None:
        return Ref(*(unquote(name).replace("/", "_") for name in ref))


@hashed(
    "a_hashed_is_a_store_of_names_of_any_length",
    wrong="Listing has the digests.",
    seen="key-value decorators",
)
class ListsDigests(Hashed):
    def meant(self, ref: Ref) -> Ref | None:
        return ref


@hashed("a_hashed_asks_for_short_names", wrong="Length is counted in characters, where the source counts bytes.")
class CountsCharacters(Hashed):
    def short(self, name: str) -> str:
        return super().short(name) if len(name) > self.longest or name[0] == "#" else name


@hashed("a_hashed_takes_no_two_refs_for_one", wrong="A name that looks like a digest is taken for one.")
class HashesLongOnes(Hashed):
    def short(self, name: str) -> str:
        return super().short(name) if len(name.encode()) > self.longest else name


@hashed("a_hashed_knows_a_name_before_it_is_needed", wrong="What a digest stands for is noted after the value is put.")
class NotesAfterwards(Hashed):
    def put(self, ref: Ref, value: Any, /) -> None:
        self.source.put(self.spelt(ref), value)
        self.written(ref)

    merge = put


@hashed("a_hashed_says_so_of_a_digest_that_stands_for_nothing", wrong="What nobody can name is left out of listings.")
class LeavesOutTheUnknown(Hashed):
    def meant(self, ref: Ref) -> Ref | None:
        try:
            return super().meant(ref)
        except Refused:
            return None


@spread("a_spread_is_a_store_of_its_names", wrong="What is in a folder is listed, whether it belongs there or not.")
class ListsWrongFolders(Spread):
    def meant(self, ref: Ref) -> Ref | None:
        return Ref(*ref[1:])


@spread("a_spread_has_few_names_in_each_folder", wrong="Names are spread by their first letters.", seen="nested paths")
class SpreadsByHead(Spread):
    def folder(self, name: str) -> str:
        return f"_{name[: self.digits]}"
