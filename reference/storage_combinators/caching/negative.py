"""Negative: it is remembered that nothing was there (ours; field: negative cache)."""

from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from ..functions import apart, look
from ..ref import Ref
from ..store import MISSING, Gone, Missing, Refused, Store
from ..transforming.pass_through import PassThrough
from .cache import dropped

V = TypeVar("V")


@dataclass(frozen=True)
class Negative(PassThrough[V]):
    """A store that asks its source once for what is not there, and notes in `absent` that it is not.

    ``Negative(s, n) ≈ s`` for an n that starts empty, as long as all writes go through here; values are not kept.
    put, merge and swap forget, write, forget: a failure, or being stopped midway, hides nothing. A failure is no
    absence and is not noted. For how long, and how many, is a matter of n: TimeToLive, Bounded.

    >>> from storage_combinators import Memory, Ref, look
    >>> store = Negative(Memory(), Memory()); look(store, Ref("a")), list(store.absent.refs(Ref()))
    (MISSING, [Ref('a')])
    """

    absent: Store[bytes]

    without: ClassVar[dict[str, str]] = {
        "shared": "what another handle creates is not seen while its absence is noted",
        "threads": "an absence may be noted after a racing put, and hide it; Locked over it restores it",
    }

    def __post_init__(self) -> None:
        apart(self.source, self.absent)

    def forget(self, ref: Ref) -> None:
        """Whatever is noted of `ref`; the next get asks the source. No verb of a store."""
        self.absent.delete(ref)

    def get(self, ref: Ref, /) -> V:
        if look(self.absent, ref) is not MISSING:
            raise Missing(ref)
        try:
            return self.source.get(ref)
        except Missing:
            with suppress(Refused):  # no room: it is asked again
                self.absent.put(ref, b"")
            raise

    def put(self, ref: Ref, value: V, /) -> None:
        with dropped(self.forget, ref):
            self.source.put(ref, value)

    def merge(self, ref: Ref, value: V, /) -> None:
        with dropped(self.forget, ref):
            self.source.merge(ref, value)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        with dropped(self.forget, ref):
            self.source.swap(ref, old, new)
