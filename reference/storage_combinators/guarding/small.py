"""Small: nothing above a size (ours; field: size limit)."""

from collections.abc import Sized
from dataclasses import dataclass
from typing import TypeVar

from ..functions import size
from ..ref import Ref
from ..store import Gone, Refused
from ..transforming.pass_through import PassThrough

S = TypeVar("S", bound=Sized)


@dataclass(frozen=True)
class Small(PassThrough[S]):
    """A store that takes values of at most `limit` items: bytes, of a store of bytes.

    ``put(r, v) = source.put(r, v)`` if ``len(v) <= limit``, else Refused before the source is asked, and what is
    there stays. Of a merge what is given is measured, not what comes of it. All else is the source's; over the fast
    store of a Cache it keeps the big ones out.

    >>> from storage_combinators import Cache, Memory
    >>> cache = Cache(Small(Memory(), 3), Memory()); cache.put(Ref("a"), b"long"); cache.get(Ref("a"))
    b'long'
    """

    limit: int

    def put(self, ref: Ref, value: S, /) -> None:
        self._measure(ref, value)
        self.source.put(ref, value)

    def merge(self, ref: Ref, value: S, /) -> None:
        self._measure(ref, value)
        self.source.merge(ref, value)

    def swap(self, ref: Ref, old: S | Gone, new: S | Gone, /) -> None:
        self._measure(ref, new)
        self.source.swap(ref, old, new)

    def _measure(self, ref: Ref, value: object) -> None:
        if size(value) > self.limit:
            raise Refused(f"{ref!r} would take {size(value)}, and {self.limit} is the most here")
