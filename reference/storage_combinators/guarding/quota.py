"""Quota: so many bytes and no more, by subtree (ours; field: quota)."""

from dataclasses import dataclass

from ..functions import as_ref, look, present, update
from ..ref import Ref
from ..store import MISSING, Conflict, Gone, Refused, Store
from ..transforming.pass_through import PassThrough


@dataclass(frozen=True)
class Quota(PassThrough[bytes]):
    """A store in which all values whose refs have the same first `names` names are at most `limit` bytes together.

    ``put(r, v) = source.swap(r, look(r), v)`` if the sum stays within, else Refused, and what is there stays; so merge.
    `used` has the sums; one that is not there is counted, by reading the whole subtree. Room is taken before a write
    and given back after it: a failure, or being stopped midway, leaves a sum too big at worst; delete it from `used`
    while nobody writes. A write costs a get, and a swap of the sum where sizes differ. Absence is the source's.

    >>> from storage_combinators import Memory
    >>> store = Quota(Memory(), Memory(), 5); store.put(Ref("ann", "1"), b"123"); store.put(Ref("bob", "1"), b"1234")
    >>> try: store.put(Ref("ann", "2"), b"123")
    ... except Refused as reason: print(reason)
    Ref('ann', '2') would take Ref('ann') from 3 to 6 bytes, and 5 is the most
    """

    used: Store[int]
    limit: int
    names: int = 1

    def __post_init__(self) -> None:
        if self.names < 0:
            raise ValueError(f"names is how many of a ref name what has its own limit, at least 0, not {self.names}")

    def put(self, ref: Ref, value: bytes, /) -> None:
        present(value)
        update(self, ref, lambda old: value)

    merge = put

    def delete(self, ref: Ref, /) -> None:
        update(self, ref, lambda old: MISSING)

    def swap(self, ref: Ref, old: bytes | Gone, new: bytes | Gone, /) -> None:
        more = _size(new) - _size(old)
        self._take(ref, max(more, 0))
        try:
            self.source.swap(ref, old, new)
        except (Conflict, Refused):  # after any other failure the new value may be there
            if more > 0:
                self._take(ref, -more)
            raise
        if more < 0:
            self._take(ref, more)

    def _take(self, ref: Ref, more: int) -> None:
        """Count `more` bytes in the subtree of `ref`, or fewer if negative; Refused if that is too much."""
        tree = as_ref(ref).cut(self.names)

        def counted(used: int | Gone) -> int:
            before = self._count(tree) if used is MISSING else used
            if more > 0 and before + more > self.limit:
                raise Refused(
                    f"{ref!r} would take {tree!r} from {before} to {before + more} bytes, and {self.limit} is the most"
                )
            return before + more

        if more or look(self.used, tree) is MISSING:  # counted before the write, even if that only gives back
            update(self.used, tree, counted)

    def _count(self, tree: Ref) -> int:
        return sum(
            _size(look(self.source, ref)) for ref in self.source.refs(tree, None if len(tree) == self.names else 0)
        )


def _size(value: bytes | Gone) -> int:
    return 0 if value is MISSING else memoryview(value).nbytes
