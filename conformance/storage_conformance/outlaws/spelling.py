"""Outlaws that spell refs so that two become one, or one cannot be spelt. In memory."""

from __future__ import annotations

import unicodedata
from typing import Any
from urllib.parse import quote, unquote

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING

from .outlaw import outlaw
from .right import Plain, known

ALIKE = "refs_that_look_alike_stay_apart"


class Spells(Plain):
    """The base of those that spell refs so that two become one: listing is right as far as it can be."""

    def spelt(self, ref: Ref) -> str:
        raise NotImplementedError

    def place(self, ref: Ref) -> Ref:
        return Ref("s" + self.spelt(ref).encode().hex())

    def read(self, ref: Ref) -> Any:
        found = self.cells.get(self.place(ref), MISSING)
        return found if found is MISSING else found[1]

    def write(self, ref: Ref, value: Any) -> None:
        super().write(self.place(ref), value if value is MISSING else (ref, value))

    def every(self) -> list[Ref]:
        return [ref for ref, _ in self.cells.values()]


@outlaw(
    ALIKE,
    "refs_that_look_alike_are_listed_apart",
    wrong="Upper and lower case are one.",
    seen="macOS and Windows disks",
)
class FoldsCase(Spells):
    def spelt(self, ref: Ref) -> str:
        return str(ref).casefold()


@outlaw(ALIKE, wrong="Composed and decomposed accents are one name.", seen="APFS, HFS+")
class FoldsAccents(Spells):
    def spelt(self, ref: Ref) -> str:
        return unicodedata.normalize("NFC", str(ref))


@outlaw(ALIKE, wrong="a/b and a_b are one, since names are joined by an underscore.", seen="flat caches of URLs")
class JoinsNames(Spells):
    def spelt(self, ref: Ref) -> str:
        return "_".join(ref)


@outlaw(ALIKE, wrong="a%20b and 'a b' are one: names are unquoted once too often.", seen="WSGI servers")
class UnquotesTwice(Spells):
    def spelt(self, ref: Ref) -> str:
        return unquote(str(ref))


@outlaw(ALIKE, wrong="Blanks and dots at the end of a name are dropped.", seen="Windows")
class TrimsNames(Spells):
    def spelt(self, ref: Ref) -> str:
        return "/".join(name.rstrip(". ") or "." for name in ref)


@outlaw(ALIKE, wrong="Names are cut at 100 characters.", seen="tar's first format")
class CutsNames(Spells):
    def spelt(self, ref: Ref) -> str:
        return "/".join(name[:100] for name in ref)


@outlaw(
    ALIKE, wrong="A name whose spelling is longer than 255 bytes is a failure.", seen="a disk, with % for each odd byte"
)
class SpellsTooLong(Plain):
    def put(self, ref: Ref, value: Any, /) -> None:
        if any(len(quote(name)) > 255 for name in known(ref)):
            raise OSError(36, "File name too long")
        super().put(ref, value)


@outlaw(ALIKE, wrong="The value of a is kept as a/__data__, which is a ref, too.", seen="a folder with a file in it")
class KeepsValuesBelow(Spells):
    def spelt(self, ref: Ref) -> str:
        return str(ref / "__data__" if len(ref) == 1 else ref)
