"""Required: absence is a failure (ours; field: raise on missing)."""

from dataclasses import dataclass
from typing import TypeVar

from ..ref import Ref
from ..store import Missing
from ..transforming.pass_through import PassThrough

V = TypeVar("V")


@dataclass(frozen=True)
class Required(PassThrough[V]):
    """A store in which everything that is asked for has to be.

    ``get(r) = source.get(r)``; where nothing is, LookupError in place of Missing, so that nobody above moves on:
    no later store of a Sequential is asked, no Default steps in. Everything else is the source's.

    >>> from storage_combinators import Memory
    >>> Required(Memory()).get(Ref("settings"))
    Traceback (most recent call last):
    LookupError: Ref('settings') has to be there, and is not
    """

    def get(self, ref: Ref, /) -> V:
        try:
            return self.source.get(ref)
        except Missing:
            raise LookupError(f"{ref!r} has to be there, and is not") from None
