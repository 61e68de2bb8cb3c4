"""Outlaws among what cuts and packs values, and a right one of each that they stand on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import sha256
from typing import Any, ClassVar

from storage_combinators.functions import listed, look, present, same, update
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Depth, Missing, Refused

from .combinators import Over
from .outlaw import outlaw
from .sealed import Inside

__all__ = ["Chunked", "ContentAddressed", "Packed"]


class Held:
    """What a chunked store answers: the pieces by these names."""

    def __init__(self, names: list[str], pieces: Any) -> None:
        self.names, self.pieces = names, pieces

    def __iter__(self) -> Iterator[bytes]:
        for name in self.names:
            piece = look(self.pieces, Ref(name))
            if piece is MISSING or sha256(piece).hexdigest() != name:
                raise ValueError("a piece is bad")
            yield piece


class Chunked(Inside):
    family: ClassVar[str] = "chunked"
    held: ClassVar[type[Held]] = Held

    def __init__(self, source: Any, pieces: Any, size: int) -> None:
        super().__init__(source)
        self.pieces, self.size = pieces, size

    def cut(self, value: Iterable[bytes]) -> Iterator[bytes]:
        whole = b"".join(value)
        return (whole[start : start + self.size] for start in range(0, len(whole), self.size))

    def added(self, piece: bytes) -> str:
        name = sha256(piece).hexdigest()
        self.pieces.put(Ref(name), piece)
        return name

    def encode(self, ref: Ref, value: Any) -> bytes:
        names = value.names if isinstance(value, Held) else [self.added(piece) for piece in self.cut(value)]
        return json.dumps(names).encode()

    def decode(self, ref: Ref, raw: bytes) -> Any:
        return self.held(json.loads(raw), self.pieces)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.source.swap(ref, *(each if each is MISSING else self.encode(ref, each) for each in (old, new)))

    def leftover(self) -> Iterator[Ref]:
        used = {Ref(name) for ref in self.source.refs(Ref()) for name in self.get(ref).names}
        return (ref for ref in self.pieces.refs(Ref()) if ref not in used)


class Packed(Over):
    family: ClassVar[str] = "packed"

    def __init__(self, source: Any, names: int) -> None:
        super().__init__(source)
        self.names = names

    def held(self, ref: Ref) -> dict[Ref, Any]:
        pack = look(self.source, ref.cut(self.names))
        return {} if pack is MISSING else pack

    def get(self, ref: Ref, /) -> Any:
        if ref not in self.held(ref):
            raise Missing(ref)
        return self.held(ref)[ref]

    def change(self, ref: Ref, change: Callable[[Any], Any]) -> None:
        def changed(old: Any) -> Any:
            pack = {} if old is MISSING else old
            new = {**pack, ref: change(pack.get(ref, MISSING))}
            return {each: value for each, value in new.items() if value is not MISSING} or MISSING

        update(self.source, ref.cut(self.names), changed)

    def put(self, ref: Ref, value: Any, /) -> None:
        present(value)
        self.change(ref, lambda old: value)

    merge = put

    def delete(self, ref: Ref, /) -> None:
        self.change(ref, lambda old: MISSING)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        def compared(held: Any) -> Any:
            if not same(held, old):
                raise Conflict(ref)
            return new

        self.change(ref, compared)

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        if depth == 1 and len(base) < self.names:
            return iter(self.source.refs(base, 1))
        return self.read(base, depth)

    def read(self, base: Ref, depth: Depth) -> Iterator[Ref]:
        return listed([ref for pack in self.source.refs(Ref()) for ref in self.held(pack)], base, depth)


class ContentAddressed(Over):
    family: ClassVar[str] = "content_addressed"

    def address(self, value: bytes) -> Ref:
        return Ref(sha256(value).hexdigest())

    def add(self, value: bytes) -> Ref:
        self.source.put(self.address(value), bytes(value))
        return self.address(value)

    def fitting(self, ref: Ref, value: Any) -> Any:
        if value is not MISSING and self.address(value) != ref:
            raise Refused("not its ref")
        return value

    def get(self, ref: Ref, /) -> Any:
        value = self.source.get(ref)
        if self.address(value) != ref:
            raise ValueError("damaged")
        return value

    def put(self, ref: Ref, value: Any, /) -> None:
        self.source.put(ref, self.fitting(ref, value))

    merge = put

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.source.swap(ref, old, self.fitting(ref, new))


chunked = partial(outlaw, family="chunked")
packed = partial(outlaw, family="packed")
content_addressed = partial(outlaw, family="content_addressed")


@chunked("a_chunked_is_a_store_of_whole_values", wrong="A value without pieces is taken for none.")
class TakesNoPiecesForNone(Chunked):
    def get(self, ref: Ref, /) -> Any:
        held = super().get(ref)
        if not held.names:
            raise Missing(ref)
        return held


@chunked("a_chunked_cuts_whatever_the_parts", wrong="Each part is a piece, however long it is.")
class KeepsParts(Chunked):
    def cut(self, value: Iterable[bytes]) -> Iterator[bytes]:
        return (bytes(part) for part in value)


@chunked("a_chunked_cuts_whatever_the_parts", wrong="A value can be read once.", seen="streams")
class AnswersOnce(Chunked):
    def get(self, ref: Ref, /) -> Any:
        return iter(super().get(ref))


@chunked(
    "a_put_that_is_cut_short_shows_before_or_after",
    wrong="The list of pieces is written after each piece, so that half a value can be read.",
)
class ListsAsItGoes(Chunked):
    def put(self, ref: Ref, value: Any, /) -> None:
        names: list[str] = []
        for part in present(value):
            names += [self.added(piece) for piece in self.cut([part])]
            self.source.put(ref, json.dumps(names).encode())
        if not names:
            super().put(ref, [])


class Trusting(Held):
    def __iter__(self) -> Iterator[bytes]:
        return (piece for name in self.names if (piece := look(self.pieces, Ref(name))) is not MISSING)


@chunked("a_piece_that_is_bad_is_never_an_answer", wrong="Pieces are joined as they are, and lost ones left out.")
class TrustsPieces(Chunked):
    held = Trusting


@chunked("a_chunked_compares_without_reading", wrong="A value that is compared is read and cut again.")
class ReadsToCompare(Chunked):
    def encode(self, ref: Ref, value: Any) -> bytes:
        return super().encode(ref, list(value))


@chunked("what_is_left_over_is_found", wrong="Only the first value is asked which pieces it has.")
class AsksOneValue(Chunked):
    def leftover(self) -> Iterator[Ref]:
        used = {Ref(name) for ref in [*self.source.refs(Ref())][:1] for name in self.get(ref).names}
        return (ref for ref in self.pieces.refs(Ref()) if ref not in used)


@chunked("what_is_left_over_is_found", wrong="Nothing is ever found, and the store only grows.")
class FindsNothing(Chunked):
    def leftover(self) -> Iterator[Ref]:
        return iter(())


@packed("a_packed_is_a_store_of_its_parts", wrong="delete takes the whole pack.")
class DeletesThePack(Packed):
    def delete(self, ref: Ref, /) -> None:
        self.source.delete(ref.cut(self.names))


@packed("a_pack_is_one_value", wrong="An empty pack stays, and is listed as a folder.")
class KeepsEmptyPacks(Packed):
    def change(self, ref: Ref, change: Callable[[Any], Any]) -> None:
        super().change(ref, change)
        if change(MISSING) is MISSING and look(self.source, ref.cut(self.names)) is MISSING:
            self.source.put(ref.cut(self.names), {})

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        super().swap(ref, old, new) if new is not MISSING else Packed.change(self, ref, lambda held: MISSING)


@packed("a_pack_loses_no_write_in_between", wrong="The pack is read, changed and put.")
class PutsThePack(Packed):
    def change(self, ref: Ref, change: Callable[[Any], Any]) -> None:
        pack = dict(self.held(ref))
        new = change(pack.pop(ref, MISSING))
        pack |= {} if new is MISSING else {ref: new}
        old = look(self.source, ref.cut(self.names))
        while True:
            try:
                self.source.swap(ref.cut(self.names), old, pack or MISSING)
                return
            except Conflict:  # it is put all the same
                old = look(self.source, ref.cut(self.names))


@packed("a_packed_swaps_in_one_step", wrong="swap compares, and then puts.")
class ComparesAndPutsThePack(Packed):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if not same(look(self, ref), old):
            raise Conflict(ref)
        self.change(ref, lambda held: new)


@packed("a_packed_lists_a_level_without_reading_packs", wrong="Every pack is read to list one level.")
class ReadsEveryPack(Packed):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return self.read(base, depth)


@content_addressed("a_value_has_one_ref", wrong="The ref is a checksum of the size: two values meet in one.")
class NamesBySize(ContentAddressed):
    def address(self, value: bytes) -> Ref:
        return Ref(sha256(bytes(len(value))).hexdigest())


@content_addressed("a_value_goes_nowhere_else", wrong="A value is put wherever it is said.")
class PutsAnywhere(ContentAddressed):
    def fitting(self, ref: Ref, value: Any) -> Any:
        return value


@content_addressed("a_value_that_is_not_what_its_ref_says_is_no_answer", wrong="What the source holds is believed.")
class BelievesTheSource(ContentAddressed):
    def get(self, ref: Ref, /) -> Any:
        return self.source.get(ref)


@content_addressed("a_content_addressed_takes_what_fits", wrong="Only add writes; every put is Refused.")
class OnlyAdds(ContentAddressed):
    def fitting(self, ref: Ref, value: Any) -> Any:
        raise Refused("use add")
