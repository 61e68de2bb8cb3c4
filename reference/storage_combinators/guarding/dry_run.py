"""DryRun: as if (ours; field: dry run)."""

from dataclasses import dataclass
from typing import ClassVar, TypeVar

from ..functions import look, present, same
from ..ref import Ref
from ..store import Conflict, Gone
from ..transforming.pass_through import PassThrough

V = TypeVar("V")


@dataclass(frozen=True)
class DryRun(PassThrough[V]):
    """A store that can be written to without changing anything; a Logging above tells what would have been done.

    ``get`` and ``refs`` are the source's, before and after every write. put, merge and delete do nothing;
    ``swap(r, old, new)`` reads, and raises Conflict unless ``get(r) = old``: the source is never asked to write.
    Absence and failure of what the source is asked are the source's. A Conflict is told by ``==`` alone: what the
    source would find equal once it is written is not known before.

    >>> from storage_combinators import Memory
    >>> store = DryRun(Memory({Ref("a"): 1})); store.delete(Ref("a")); store.get(Ref("a"))
    1
    """

    without: ClassVar[dict[str, str]] = dict.fromkeys(("writes", "merges", "swaps"), "it changes nothing")

    def put(self, ref: Ref, value: V, /) -> None:
        present(value)

    merge = put

    def delete(self, ref: Ref, /) -> None:
        pass

    def swap(self, ref: Ref, old: V | Gone, new: V | Gone, /) -> None:
        if not same(look(self.source, ref), old):
            raise Conflict(ref)
