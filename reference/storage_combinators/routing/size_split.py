"""SizeSplit: small values here, big ones there (ours; field: small and big routes, inline values)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from ..functions import apart, as_bytes, look
from ..ref import Ref
from ..store import MISSING, Depth, Gone, Store


@dataclass(frozen=True)
class SizeSplit:
    """A store that keeps values of at most `limit` bytes in `small`, and bigger ones in `big`.

    ``get(r) = small.get(r)``, else ``big.get(r)``. What changes sides is written before it is removed on the other
    side, and big is cleared first: a failure, or being stopped midway, shows before or after, and may leave in big what
    small hides, until the next write. A failure of small is no absence. merge replaces. Two who write one ref at once
    may lose both values: Locked over it mends that. Two stores with nothing in common.

    >>> from storage_combinators import Memory
    >>> store = SizeSplit(Memory(), Memory(), 3); store.put(Ref("a"), b"123"); store.put(Ref("b"), b"1234")
    >>> list(store.small.refs(Ref())), list(store.big.refs(Ref()))
    ([Ref('a')], [Ref('b')])
    """

    small: Store[bytes]
    big: Store[bytes]
    limit: int

    without: ClassVar[dict[str, str]] = {"threads": "to change sides takes two steps; Locked over it restores it"}

    def __post_init__(self) -> None:
        apart(self.small, self.big)

    def get(self, ref: Ref, /) -> bytes:
        value = look(self.small, ref)
        return self.big.get(ref) if value is MISSING else value

    def put(self, ref: Ref, value: bytes, /) -> None:
        home, other = (self.small, self.big) if self._is_small(value) else (self.big, self.small)
        home.put(ref, value)
        other.delete(ref)

    merge = put

    def delete(self, ref: Ref, /) -> None:
        self.big.delete(ref)  # else an older value would come to light in between
        self.small.delete(ref)

    def swap(self, ref: Ref, old: bytes | Gone, new: bytes | Gone, /) -> None:
        if look(self.small, ref) is not MISSING:
            if new is MISSING:
                self.big.delete(ref)
            elif not self._is_small(new):
                self.small.swap(ref, old, old)  # a Conflict comes before anything is written
                self.big.put(ref, new)  # small hides it until it is removed there
                new = MISSING
            self.small.swap(ref, old, new)
        elif new is MISSING or not self._is_small(new):
            self.big.swap(ref, old, new)
        else:
            self.big.swap(ref, old, old)
            self.small.swap(ref, MISSING, new)
            self.big.delete(ref)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        yield from {*self.small.refs(base, depth), *self.big.refs(base, depth)}  # both now: values change sides

    def _is_small(self, value: bytes) -> bool:
        return len(as_bytes(value)) <= self.limit
