"""twin: the same tree in memory, from its own description (paper, sections 5.2 and 6.2: no mocks, a smaller tree)."""

from copy import copy
from dataclasses import MISSING as NO_FACTORY
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from ..leaves.env import Env
from ..leaves.mapping import MappingStore
from ..leaves.memory import Memory
from ..leaves.null import Null
from ..store import Store
from ..transforming.bytes_only import Bytes
from .rewrap import ports, rewrap

__all__ = ["twin"]

V = TypeVar("V")


def twin(tree: Store[V]) -> Store[V]:
    """The same combinators over empty memory: ``twin(t) ≈ t`` when t is empty, and neither sees the other's writes.

    What stands on nothing is a leaf and becomes Bytes(Memory()), or Memory() where it holds other things than bytes;
    Memory and Null are what they are. Filters follow to the twin's stores; queues, locks and other state are new.
    What was shared is shared: one leaf in two places, and one lock of two nodes. Nothing is connected to.
    ValueError for a tree that contains itself.

    >>> from storage_combinators import Cache, Json
    >>> from storage_combinators.leaves.disk import Disk
    >>> twin(Cache(Memory(), Json(Disk("tasks"))))
    Cache(fast=Memory(), slow=Json(source=Bytes(source=Memory())))
    """
    state: dict[int, Any] = {}

    def in_memory(store: Any) -> Any:
        if ports(store) or isinstance(store, Memory | Null):
            return _fresh(store, state)
        return Memory() if isinstance(store, Env | MappingStore) else Bytes(Memory())

    return rewrap(tree, in_memory, lambda node: _fresh(node, state))  # type: ignore[no-any-return]  # of one's own kind


def _fresh(node: Any, state: dict[int, Any]) -> Any:
    """`node` with new state; `state` has what became of each, by identity, for whoever shares it."""
    change: dict[str, Any] = {}
    for field in fields(node) if is_dataclass(type(node)) else ():
        value = getattr(node, field.name)
        if field.init and not field.repr and field.default_factory is not NO_FACTORY:
            change[field.name] = state.setdefault(id(value), field.default_factory())
        elif field.init and isinstance(value, list | dict | set):
            change[field.name] = copy(value)  # what is appended to one is not appended to the other
    return replace(node, **change) if change else node
