"""Merging: a meaning for PATCH (not in the paper, whose merge has none of its own; field: read-modify-write)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ..functions import present, update
from ..ref import Ref
from ..store import MISSING, Gone
from .pass_through import PassThrough
from .serialized import JSON

V = TypeVar("V")


@dataclass(frozen=True)
class Merging(PassThrough[V]):
    """A store whose merge combines what is there with what is given.

    ``merge(r, v) = put(r, combine(get(r), v))`` in one step, by swap; onto absence v is put as it is.
    A failure leaves open whether it happened, as with swap: nobody resends a merge. Stopped midway: before or after.
    Stands outside a codec, for encoded values cannot be combined.

    >>> from storage_combinators import Memory, Ref
    >>> store = Merging(Memory(), merge_patch); store.put(Ref("a"), {"x": 1, "y": 2})
    >>> store.merge(Ref("a"), {"y": None, "z": 3}); store.get(Ref("a"))
    {'x': 1, 'z': 3}
    """

    combine: Callable[[V, V], V]

    def merge(self, ref: Ref, value: V, /) -> None:
        present(value)

        def combined(old: V | Gone) -> V:
            return value if old is MISSING else self.combine(old, value)

        update(self.source, ref, combined)


def merge_patch(old: JSON, patch: JSON) -> JSON:
    """JSON Merge Patch (RFC 7396): a null removes a name, an object is merged, anything else replaces.

    Onto absence a Merging puts the patch itself, nulls and all: for {} in its place, stand it over ``Default(s, {})``.
    """
    if not isinstance(patch, dict):
        return patch
    kept = dict(old) if isinstance(old, dict) else {}
    for name, value in patch.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = merge_patch(kept.get(name), value)
    return kept
