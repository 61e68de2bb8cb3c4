"""Escaped: any name over a source that takes only some characters (ours; field: URL-encoded keys)."""

from contextlib import suppress
from dataclasses import dataclass
from string import ascii_letters, digits
from typing import TypeVar

from ..functions import as_ref
from ..ref import Ref
from ..store import Refused
from .renamed import Renamed

V = TypeVar("V")


@dataclass(frozen=True)
class Escaped(Renamed[V]):
    """A store whose names have only the characters of `plain` in the source, and `mark` with the digits 0-9a-f.

    ``get(r) = source.get(down(r))``: each byte of UTF-8 of any other character is the mark and two digits, as in a URL.
    Without capitals in `plain` it keeps A and a apart where the source does not. A name of the source that no name is
    written as is Refused when a listing meets it. All else is the source's. ValueError for what cannot be a `mark`.

    >>> from storage_combinators import Memory
    >>> store = Escaped(Memory()); store.put(Ref("50 %"), 1); list(store.source.refs(Ref())), list(store.refs(Ref()))
    ([Ref('50%20%25')], [Ref('50 %')])
    """

    plain: str = ascii_letters + digits + "-_."
    mark: str = "%"

    def __post_init__(self) -> None:
        if len(self.mark) != 1 or self.mark in self.plain + "0123456789abcdef/\0":
            raise ValueError(f"{self.mark!r} cannot mark what is escaped: one character, not plain, no digit, no /")

    def down(self, ref: Ref) -> Ref:
        return Ref(*map(self._written, as_ref(ref)))

    def up(self, ref: Ref) -> Ref:
        with suppress(ValueError):
            meant = Ref(*map(self._meant, ref))
            if self.down(meant) == ref:
                return meant
        raise Refused(f"{ref!r} is in the source, but no ref is written so: it cannot be listed")

    def _written(self, name: str) -> str:
        return "".join(char if char in self.plain else self._escape(char) for char in name)

    def _escape(self, char: str) -> str:
        return "".join(f"{self.mark}{byte:02x}" for byte in char.encode())

    def _meant(self, name: str) -> str:
        first, *rest = name.split(self.mark)
        return (first.encode() + b"".join(bytes.fromhex(part[:2]) + part[2:].encode() for part in rest)).decode()
