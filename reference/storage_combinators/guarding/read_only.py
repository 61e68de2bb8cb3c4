"""ReadOnly: look, but do not touch (ours; field: read-only view)."""

from dataclasses import dataclass
from typing import ClassVar, TypeVar

from ..ref import Ref
from ..store import Gone, Refused
from ..transforming.pass_through import PassThrough

V = TypeVar("V")


@dataclass(frozen=True)
class ReadOnly(PassThrough[V]):
    """The reading half of a store.

    ``get`` and ``refs`` are the source's; ``ReadOnly(ReadOnly(s)) ≈ ReadOnly(s)``.
    Every write is Refused before the source is asked, a swap that only tests too.
    Absence and failure of reading are the source's; nothing can be stopped midway.

    >>> from storage_combinators import Memory
    >>> ReadOnly(Memory({Ref("a"): 1})).get(Ref("a"))
    1
    """

    without: ClassVar[dict[str, str]] = dict.fromkeys(("writes", "merges", "swaps"), "it can only be read")

    def put(self, ref: Ref, value: V, /) -> None:
        raise Refused(f"{ref!r} can only be read here")

    def merge(self, ref: Ref, value: V, /) -> None:
        raise Refused(f"{ref!r} can only be read here")

    def delete(self, ref: Ref, /) -> None:
        raise Refused(f"{ref!r} can only be read here")

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        raise Refused(f"{ref!r} can only be read here")
