"""Relative: a subtree as a store of its own (paper, section 3.1.3; field: prefix, namespace, chroot)."""

from dataclasses import dataclass
from typing import TypeVar

from ..functions import as_ref
from ..ref import Ref
from .renamed import Renamed

V = TypeVar("V")


@dataclass(frozen=True)
class Relative(Renamed[V]):
    """What the source holds at and under `base`, seen from there.

    ``get(r) = source.get(base / r)``; ``Relative(s, Ref()) ≈ s``; ``Relative(Relative(s, p), q) ≈ Relative(s, p / q)``.
    Nothing outside `base` is read, written or listed, for no ref has a name that leads upwards.
    Absence, failure and being stopped midway are the source's.

    >>> from storage_combinators import Memory, Ref
    >>> tasks = Relative(Memory(), Ref("tasks")); tasks.put(Ref("1"), b"x"); list(tasks.source.refs(Ref()))
    [Ref('tasks', '1')]
    """

    base: Ref

    def __post_init__(self) -> None:
        as_ref(self.base)

    def down(self, ref: Ref) -> Ref:
        return self.base / as_ref(ref)  # a text would be appended as a name

    def up(self, ref: Ref) -> Ref:
        return ref.under(self.base)
