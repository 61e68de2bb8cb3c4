"""Hashed: names of any length over a source that takes short ones (ours; field: hashed keys)."""

from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from ..functions import as_ref, look, present
from ..ref import Ref
from ..store import MISSING, Gone, Refused, Store
from .renamed import Renamed

V = TypeVar("V")
MARK = "sha256-"
SHORTEST = len(MARK) + 64  # what a digest takes


@dataclass(frozen=True)
class Hashed(Renamed[V]):
    """A store whose names of more than `longest` bytes are digests in the source.

    ``get(r) = source.get(down(r))``; a name that looks like a digest becomes one too, so no two refs meet in one.
    What a digest stands for is put into `names` before each write: stopped midway, a name too many is there, which
    says nothing. A delete leaves it. A digest that `names` does not know is Refused when a listing meets it. ValueError
    if `longest` is shorter than a digest. Absence and failure are the source's, and on writes those of `names` too.

    >>> from storage_combinators import Memory
    >>> store = Hashed(Memory(), Memory(), 80); store.put(Ref("n" * 81), 1); list(store.refs(Ref())) == [Ref("n" * 81)]
    True
    """

    names: Store[str]
    longest: int = 255

    def __post_init__(self) -> None:
        if self.longest < SHORTEST:
            raise ValueError(f"a digest takes {SHORTEST} bytes: longest={self.longest} has no room for it")

    def down(self, ref: Ref) -> Ref:
        return Ref(*map(self._short, as_ref(ref)))

    def up(self, ref: Ref) -> Ref:
        return Ref(*map(self._meant, ref))

    def put(self, ref: Ref, value: V, /) -> None:
        self._note(ref, present(value))
        super().put(ref, value)

    def merge(self, ref: Ref, value: V, /) -> None:
        self._note(ref, present(value))
        super().merge(ref, value)

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        self._note(ref, new)
        super().swap(ref, old, new)

    def _note(self, ref: Ref, value: V | Gone) -> None:
        for name, short in zip(ref, self.down(ref), strict=True):
            if short != name and value is not MISSING:
                self.names.put(Ref(short), name)

    def _short(self, name: str) -> str:
        raw = name.encode()
        return MARK + sha256(raw).hexdigest() if len(raw) > self.longest or name.startswith(MARK) else name

    def _meant(self, name: str) -> str:
        meant = look(self.names, Ref(name)) if name.startswith(MARK) else name
        if meant is MISSING:
            raise Refused(f"{name!r} is in the source, but not in names: nobody knows what it stands for")
        return meant
