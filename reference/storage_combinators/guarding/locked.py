"""Locked: one at a time (ours; field: mutex, monitor)."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, ClassVar, TypeVar

from ..ref import Ref
from ..store import Depth
from .around import Around

V = TypeVar("V")


@dataclass(frozen=True)
class Locked(Around[V]):
    """A store whose every verb runs alone among the users of its lock.

    ``Locked(s) ≈ s``, and each verb is atomic among threads where s, of several steps, is not.
    refs holds the whole listing in memory, since a lock around a lazy one would guard nothing.
    Absence and failure are the source's; the lock is released in every case.

    >>> from storage_combinators import Memory, Ref
    >>> store = Locked(Memory()); store.put(Ref("a"), 1); store.get(Ref("a"))
    1
    """

    lock: AbstractContextManager[Any] = field(default_factory=RLock, repr=False, compare=False)

    claims: ClassVar[dict[str, object]] = {"threads": True}  # whatever the source gives up

    def around(self, verb: str, ref: Ref) -> AbstractContextManager[Any]:
        return self.lock

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return iter(list(super().refs(base, depth)))
