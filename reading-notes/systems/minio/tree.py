"""MinIO as a tree of stores that works: this library's combinators, and one of its own. `python tree.py` draws it.

What is left out: versions, parts, inlining, locks over several hosts. See notes.md, components.combinators.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from storage_combinators import MISSING, Checked, Compressed, Conflict, Disk, Locked, Measuring, Missing, Ref, Shard
from storage_combinators.edges.draw import as_text
from storage_combinators.edges.draw_dot import as_svg
from storage_combinators.functions import look, present
from storage_combinators.store import Depth, Gone, Store
from storage_combinators.transforming.checked import Damaged

HEAD = 16  # bytes before each shard: a count of writes, then the length of the value
FAILURES = (OSError, Damaged)


class NoQuorum(OSError):
    """Too few drives answered."""


@dataclass(frozen=True)
class ErasureSet:
    """A value over three drives as two halves and their difference: any two give it back (MinIO's default for three).

    ``get(put(r, v)) = v`` with any one drive lost or wrong; a write that two drives did not take is undone.
    Absence on two drives is absence, and then the third one's share is removed, as MinIO does: a read that deletes.
    NoQuorum when fewer than two agree. Swap and the undo want Locked above.
    """

    drives: tuple[Store[bytes], Store[bytes], Store[bytes]]

    def get(self, ref: Ref, /) -> bytes:
        answers = [_asked(drive, ref) for drive in self.drives]
        heads = Counter(share[:HEAD] for share in answers if isinstance(share, bytes))
        head, count = heads.most_common(1)[0] if heads else (b"", 0)
        if count >= 2:
            return _joined([share if isinstance(share, bytes) and share[:HEAD] == head else None for share in answers])
        if sum(share is MISSING for share in answers) >= 2:
            self._sweep(ref)
            raise Missing(ref)
        raise NoQuorum(f"of {ref!r} too little is there to read it")

    def put(self, ref: Ref, value: bytes, /) -> None:
        before = [_asked(drive, ref) for drive in self.drives]
        count = 1 + max((int.from_bytes(share[:8]) for share in before if isinstance(share, bytes)), default=0)
        took = [
            _took(drive, ref, share) for drive, share in zip(self.drives, _split(present(value), count), strict=True)
        ]
        if sum(took) < 2:
            for drive, done, old in zip(self.drives, took, before, strict=True):
                if done and old is not None:
                    _took(drive, ref, old)
            raise NoQuorum(f"{ref!r} was written to fewer than two drives")

    merge = put

    def delete(self, ref: Ref, /) -> None:
        if sum([_took(drive, ref, MISSING) for drive in self.drives]) < 2:
            raise NoQuorum(f"{ref!r} was deleted from fewer than two drives")

    def swap(self, ref: Ref, old: bytes | Gone, new: bytes | Gone, /) -> None:
        if look(self, ref) != old:
            raise Conflict(ref)
        if new is MISSING:
            self.delete(ref)
        else:
            self.put(ref, new)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        listings = [_listed(drive, base, depth) for drive in self.drives]
        if listings.count(None) > 1:
            raise NoQuorum(f"fewer than two drives list {base!r}")
        found = Counter(chain.from_iterable(listing or () for listing in listings))
        return (ref for ref, count in found.items() if count >= 2)

    def _sweep(self, ref: Ref) -> None:
        for drive in self.drives:
            _took(drive, ref, MISSING)


def _asked(drive: Store[bytes], ref: Ref) -> bytes | Gone | None:
    """The share, MISSING, or None for a drive that fails or whose share is damaged."""
    with suppress(*FAILURES):
        return look(drive, ref)
    return None


def _listed(drive: Store[bytes], base: Ref, depth: Depth) -> set[Ref] | None:
    with suppress(*FAILURES):
        return set(drive.refs(base, depth))
    return None


def _took(drive: Store[bytes], ref: Ref, share: bytes | Gone) -> bool:
    with suppress(*FAILURES):
        if share is MISSING:
            drive.delete(ref)
        else:
            drive.put(ref, share)
        return True
    return False


def _split(value: bytes, count: int) -> list[bytes]:
    head, half = count.to_bytes(8) + len(value).to_bytes(8), (len(value) + 1) // 2
    first, second = value[:half], value[half:].ljust(half, b"\0")
    return [head + part for part in (first, second, _difference(first, second))]


def _joined(shares: list[bytes | None]) -> bytes:
    whole = next(share for share in shares if share is not None)
    first, second, parity = (None if share is None else share[HEAD:] for share in shares)
    if first is None:
        first = _difference(second or b"", parity or b"")
    elif second is None:
        second = _difference(first, parity or b"")
    return (first + (second or b""))[: int.from_bytes(whole[8:HEAD])]


def _difference(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def minio(directory: Path, pools: int = 1, sets: int = 2) -> Store[bytes]:
    """The tree over folders: `pools` of `sets` of three drives each."""

    def drive(pool: int, number: int, place: int) -> Store[bytes]:
        return Checked(Measuring(Disk(directory / f"pool{pool}" / f"set{number}" / f"drive{place}")))

    def one(pool: int, number: int) -> Store[bytes]:
        return Locked(ErasureSet((drive(pool, number, 1), drive(pool, number, 2), drive(pool, number, 3))))

    made = {f"pool{p}": Shard({f"set{n}": one(p, n) for n in range(1, sets + 1)}) for p in range(1, pools + 1)}
    return Compressed(Shard(made))


def drawn() -> Store[bytes]:
    """The one that the notes show. Nothing is opened."""
    return minio(Path("drives"))


if __name__ == "__main__":
    print(as_text(drawn()))
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(as_svg(drawn()), encoding="utf-8")
