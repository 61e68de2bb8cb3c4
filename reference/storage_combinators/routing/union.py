"""Union: several stores shown as one (ours; field: union mount, merged view)."""

from dataclasses import dataclass
from typing import TypeVar

from ..ref import Ref
from ..store import Store
from .gathered import Gathered

V = TypeVar("V")


@dataclass(frozen=True)
class Union(Gathered[V]):
    """All that `sources` have: a value stays in the source that has it, new ones go into ``sources[into]``.

    ``Union((a, b)) ≈`` one dictionary with what both have, a's where both do; ``Union((a,)) ≈ a``.
    Unlike with Sequential, every source is written, and what is deleted is deleted from each that has it.
    A source that fails fails each verb that would have to ask it. Stopped midway: see Gathered.

    >>> from storage_combinators import Memory
    >>> store = Union((Memory({Ref("a"): 1}), Memory({Ref("b"): 2})), into=1); store.put(Ref("c"), 3)
    >>> sorted(store.refs(Ref())), sorted(store.sources[1].refs(Ref()))
    ([Ref('a'), Ref('b'), Ref('c')], [Ref('b'), Ref('c')])
    """

    sources: tuple[Store[V], ...]
    into: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.into < len(self.sources):
            raise ValueError(
                f"into={self.into} is none of the {len(self.sources)} sources: at least one source is needed"
            )
        super().__post_init__()

    def stores(self) -> tuple[Store[V], ...]:
        return self.sources

    def home(self, ref: Ref, value: V) -> Store[V]:
        held = self.holder(ref)
        return self.sources[self.into] if held is None else held
