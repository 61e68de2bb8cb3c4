"""Mapped: the base of what changes the value, in and out (the other half of the paper's mapping store, 3.1.2)."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..functions import look, present, same
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gone, Store

V = TypeVar("V")
W = TypeVar("W")


@dataclass(frozen=True)
class Mapped(ABC, Generic[V, W]):
    """A store of V over a source of W. Extend it with `encode` and `decode`.

    ``put(r, v) = source.put(r, encode(r, v))`` and ``get(r) = decode(r, source.get(r))``.
    Absence is not decoded; what cannot be decoded is a failure, never Missing. swap compares encodings first, and
    on Conflict decoded values, so that another hand's encoding of the same value is the same.

    >>> from storage_combinators import Memory, Ref
    >>> class Text(Mapped[str, bytes]):
    ...     def encode(self, ref, value): return value.encode()
    ...     def decode(self, ref, raw): return raw.decode()
    >>> store = Text(Memory()); store.put(Ref("a"), "x"); store.source.get(Ref("a"))
    b'x'
    """

    source: Store[W]

    @abstractmethod
    def encode(self, ref: Ref, value: V) -> W:
        """What the source holds for `value` at `ref`; a TypeError for what cannot be held. Paper: mapToStore."""

    @abstractmethod
    def decode(self, ref: Ref, raw: W) -> V:
        """The inverse of `encode`. Paper: mapRetrieved."""

    def get(self, ref: Ref, /) -> V:
        return self.decode(ref, self.source.get(ref))

    def put(self, ref: Ref, value: V, /) -> None:
        self.source.put(ref, self.encode(ref, present(value)))

    def merge(self, ref: Ref, value: V, /) -> None:
        self.source.merge(ref, self.encode(ref, present(value)))

    def delete(self, ref: Ref, /) -> None:
        self.source.delete(ref)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        target: W | Gone = MISSING if new is MISSING else self.encode(ref, new)
        try:
            self.source.swap(ref, MISSING if old is MISSING else self.encode(ref, old), target)
        except Conflict:
            raw = look(self.source, ref)
            if raw is MISSING or old is MISSING or not same(self.decode(ref, raw), old):
                raise
            self.source.swap(ref, raw, target)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return self.source.refs(base, depth)
