"""CreateOnly: what is there stays as it is (ours; field: write once, set if absent)."""

from dataclasses import dataclass
from typing import ClassVar, TypeVar

from ..functions import present
from ..ref import Ref
from ..store import MISSING, Conflict, Gone, Refused
from ..transforming.pass_through import PassThrough

V = TypeVar("V")


@dataclass(frozen=True)
class CreateOnly(PassThrough[V]):
    """A store whose refs take a value once, and keep it.

    ``put(r, v) = source.swap(r, MISSING, v)``: of all who put, one wins, and the others are Refused.
    What would change or remove a value is Refused. Absence is the source's; after a failure, or when stopped
    midway, the value is there as a whole or not at all.

    >>> from storage_combinators import Memory, Refused
    >>> store = CreateOnly(Memory()); store.put(Ref("a"), 1)
    >>> try: store.put(Ref("a"), 2)
    ... except Refused as reason: print(reason)
    Ref('a') has a value, which is kept
    """

    without: ClassVar[dict[str, str]] = dict.fromkeys(("writes", "merges"), "a value is neither replaced nor removed")
    claims: ClassVar[dict[str, object]] = {"swaps": "create"}

    def put(self, ref: Ref, value: V, /) -> None:
        try:
            self.source.swap(ref, MISSING, present(value))
        except Conflict:
            raise Refused(f"{ref!r} has a value, which is kept") from None

    merge = put

    def delete(self, ref: Ref, /) -> None:
        raise Refused(f"{ref!r} is not removed: what is here stays")

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        if old is not MISSING:
            raise Refused(f"{ref!r} is neither replaced nor removed: what is here stays")
        self.source.swap(ref, old, new)
