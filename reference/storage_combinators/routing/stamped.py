"""Stamped: a value with its place in an order, and how it is written as bytes. What the sources of a Replica hold."""

from dataclasses import dataclass, field
from json import dumps, loads
from typing import Generic, TypeVar

from ..functions import look, update
from ..ref import Ref
from ..store import MISSING, Conflict, Gone, Store
from ..transforming.checked import Damaged
from ..transforming.serialized import AsIs, Codec

__all__ = ["Stamped", "StampedCodec", "holds", "raise_to", "stamped"]

V = TypeVar("V")


@dataclass(frozen=True)
class Stamped(Generic[V]):
    """What was written, MISSING for a delete, and when: `count` grows with each write, `ticket` is never drawn twice.

    >>> max([Stamped(1, "b", "old"), Stamped(2, "a", "new")], key=Stamped.when).value
    'new'
    """

    count: int
    ticket: str
    value: V | Gone

    def when(self) -> tuple[int, str]:
        """What is compared: no two writes have the same."""
        return self.count, self.ticket


def stamped(source: Store[Stamped[V]], ref: Ref) -> Stamped[V]:
    """What `source` has, or what is older than every write."""
    held = look(source, ref)
    return Stamped(0, "", MISSING) if held is MISSING else held


def raise_to(source: Store[Stamped[V]], ref: Ref, mine: Stamped[V]) -> None:
    """Leave `source` with `mine` or something newer: the order in which writes arrive makes no difference."""

    def newer(held: Stamped[V] | Gone) -> Stamped[V]:
        return mine if held is MISSING or held.when() < mine.when() else held

    try:
        update(source, ref, newer)
    except Damaged:  # which is as good as lost, and would stay so: nothing could be compared with it
        source.delete(ref)
        update(source, ref, newer)


def holds(source: Store[Stamped[V]], ref: Ref, mine: Stamped[V]) -> bool:
    """Is `mine` what `source` has, equal or encoded alike?"""
    try:
        source.swap(ref, mine, mine)
    except Conflict:
        return False
    return True


@dataclass(frozen=True)
class StampedCodec(Generic[V]):
    r"""A codec for sources that hold bytes: a line of JSON with the stamp, then the value as `codec` has it.

    >>> from storage_combinators import TextCodec
    >>> StampedCodec(TextCodec()).encode(Stamped(7, "t", "x"))
    b'[7, "t", true]\nx'
    """

    codec: Codec[V, bytes] = field(default_factory=AsIs)

    def encode(self, value: Stamped[V], /) -> bytes:
        there = value.value is not MISSING
        body = b"" if value.value is MISSING else self.codec.encode(value.value)
        return dumps([value.count, value.ticket, there]).encode() + b"\n" + body

    def decode(self, raw: bytes, /) -> Stamped[V]:
        head, _, body = raw.partition(b"\n")
        try:
            count, ticket, there = loads(head)
            return Stamped(count, ticket, self.codec.decode(body) if there else MISSING)
        except (ValueError, TypeError) as error:
            raise Damaged(f"this is no stamped value: {error}") from error
