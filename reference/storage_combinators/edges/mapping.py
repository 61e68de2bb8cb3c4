"""Python habits at the edge: a store as a mapping, and a mapping as a store. Ours."""

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from ..functions import exists, look, update
from ..leaves.mapping import MappingStore, spelt
from ..ref import Ref
from ..store import MISSING, Gone, Missing, Refused, Store

__all__ = ["MappingView", "as_mapping", "from_mapping"]

V = TypeVar("V")


def as_mapping(store: Store[V]) -> MutableMapping[str, V]:
    """`store` as a dictionary whose keys are the texts of refs: ``as_mapping(s)[str(r)] = v`` is ``s.put(r, v)``.

    A text that spells no ref (``a//b``, ``/a``, ``..``) is a KeyError to read and Refused to write; a key that is
    no text is a KeyError to read and a TypeError to write. ``del`` removes by swap where the store can, so that of two
    who delete one gets the KeyError. Size and clear go through the whole listing; truth asks for one entry.

    >>> from storage_combinators import Memory
    >>> tasks = as_mapping(Memory()); tasks["tasks/1"] = b"x"; list(tasks), "tasks" in tasks
    (['tasks/1'], False)
    """
    return MappingView(store)


def from_mapping(mapping: MutableMapping[str, V]) -> MappingStore[V]:
    """`mapping` as a store whose refs are its keys: ``from_mapping(as_mapping(s)) ≈ s``. Refused: see MappingStore."""
    return MappingStore(mapping)


@dataclass(frozen=True, eq=False)  # a mapping is equal to a mapping with the same items, as its base says
class MappingView(MutableMapping[str, V]):
    """What as_mapping answers."""

    store: Store[V]

    claims: ClassVar[dict[str, object]] = {"keys": "path"}

    def __getitem__(self, key: str) -> V:
        try:
            return self.store.get(spelt(key))
        except Missing:
            raise KeyError(key) from None

    def __setitem__(self, key: str, value: V) -> None:
        if not isinstance(key, str):
            raise TypeError(f"a key is a str, not {type(key).__name__}: {key!r}")
        try:
            ref = spelt(key)
        except KeyError:
            raise Refused(f"{key!r} spells no ref") from None
        self.store.put(ref, value)

    def __delitem__(self, key: str) -> None:
        ref = spelt(key)
        try:
            update(self.store, ref, lambda old: _gone(old, key))
        except Refused:  # no conditional delete here: two who delete at once may both succeed
            _gone(look(self.store, ref), key)
            self.store.delete(ref)

    def __iter__(self) -> Iterator[str]:
        return map(str, self.store.refs(Ref()))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return any(True for _ in self)  # the default asks len, which lists everything

    def __contains__(self, key: object) -> bool:
        try:
            return exists(self.store, spelt(key))
        except KeyError:
            return False

    def clear(self) -> None:
        for ref in self.store.refs(Ref()):  # the default lists anew for every key
            self.store.delete(ref)


def _gone(old: object, key: str) -> Gone:
    if old is MISSING:
        raise KeyError(key)
    return MISSING
