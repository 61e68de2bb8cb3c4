"""Spread: many names as a few folders of them (ours; field: nested path, fan-out folders)."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from typing import TypeVar

from ..functions import as_ref
from ..ref import Ref
from ..store import Depth
from .renamed import Renamed

V = TypeVar("V")


@dataclass(frozen=True)
class Spread(Renamed[V]):
    """A store whose first names are spread over folders in the source, by the first `digits` digits of their SHA-256.

    ``get(n / r) = source.get(digest(n)[:digits] / n / r)``: of a million names, one folder has 4,000. The root stays.
    What the source has in another folder than its own is invisible. Depth 1 at the root costs a listing for each
    folder. Absence, failure and being stopped midway are the source's.

    >>> from storage_combinators import Memory
    >>> store = Spread(Memory()); store.put(Ref("a"), 1); list(store.source.refs(Ref())), list(store.refs(Ref()))
    ([Ref('ca', 'a')], [Ref('a')])
    """

    digits: int = 2

    def __post_init__(self) -> None:
        if not 1 <= self.digits <= 64:
            raise ValueError(f"a digest has 64 digits, of which 1 or more make a folder: not {self.digits}")

    def down(self, ref: Ref) -> Ref:
        return Ref(sha256(ref[0].encode()).hexdigest()[: self.digits], *ref) if as_ref(ref) else ref

    def up(self, ref: Ref) -> Ref:
        return Ref(*ref[1:])

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if base or depth == 0:
            return super().refs(base, depth)
        folders = (folder for folder in self.source.refs(base, 1))
        below = chain.from_iterable(self.source.refs(folder, depth) for folder in folders)
        own = self.source.refs(base, 0) if depth is None else ()
        return chain(own, (self.up(ref) for ref in below if len(ref) > 1 and self.down(self.up(ref)) == ref))
