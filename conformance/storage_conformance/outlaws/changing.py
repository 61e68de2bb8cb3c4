"""Outlaws among combinators that change what passes: pass-through, relative, codec."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from storage_combinators.functions import look, present
from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Depth, Missing

from .combinators import Codec, Over, Relative
from .outlaw import outlaw

pass_through = partial(outlaw, family="pass_through")
relative = partial(outlaw, family="relative")
codec = partial(outlaw, family="codec")


@pass_through(
    "a_pass_through_is_its_source", wrong="delete of what is not there raises Missing.", seen="proxies over os.remove"
)
class RaisesWhatTheSourceDoesNot(Over):
    def delete(self, ref: Ref, /) -> None:
        self.get(ref)
        super().delete(ref)


@pass_through(
    "a_pass_through_leaves_in_the_source_what_it_was_given",
    wrong="Writes stay in the wrapper: the source never sees them.",
    seen="proxies that buffer and are never flushed",
)
class KeepsToItself(Over):
    def __init__(self, source: Any) -> None:
        super().__init__(source)
        self.cells: dict[Ref, Any] = {}

    def put(self, ref: Ref, value: Any, /) -> None:
        self.cells[ref] = present(value)

    def get(self, ref: Ref, /) -> Any:
        return self.cells[ref] if ref in self.cells else super().get(ref)


@pass_through(
    "a_pass_through_keeps_every_ref_and_value",
    wrong="Names are unquoted on the way, so that a%20b becomes 'a b'.",
    seen="HTTP servers that get a path already unquoted",
)
class UnquotesOnTheWay(Over):
    def at(self, ref: Ref) -> tuple[Any, Ref]:
        return self.source, Ref(*(name.replace("%20", " ") for name in ref))


@pass_through(
    "a_pass_through_lets_failures_through_as_failures",
    wrong="A failure of the source is answered as Missing.",
    seen="a port of the paper to Python: except Exception",
)
class SwallowsFailures(Over):
    def get(self, ref: Ref, /) -> Any:
        try:
            return super().get(ref)
        except OSError:
            raise Missing(ref) from None


@pass_through(
    "a_pass_through_swaps_in_the_source_in_one_step",
    wrong="swap is a get, a comparison and a put.",
    seen="HTTP servers that check If-Match before they write",
)
class ChecksThenPuts(Over):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        if look(self.source, ref) != old:
            raise Conflict(ref)
        if new is MISSING:
            self.source.delete(ref)
        else:
            self.source.meanwhile.pop("swap", int)()
            self.source.put(ref, new)


@relative(
    "a_relative_is_the_subtree",
    "a_relative_keeps_everything_under_its_base",
    wrong="Only get means the subtree; everything else means the whole source.",
    seen="a renaming store of the paper's own framework",
)
class RenamesGetAlone(Relative):
    def at(self, ref: Ref) -> tuple[Any, Ref]:
        return self.source, ref

    def get(self, ref: Ref, /) -> Any:
        return self.source.get(self.base / ref)


@relative(
    "a_relative_never_touches_what_is_outside",
    "a_relative_keeps_everything_under_its_base",
    wrong="The hook that should rename is called map_ref, and what is overridden is map_reference: nothing is renamed.",
    seen="figures 14 and 15 of the paper, typed in literally",
)
class OverridesAnotherName(Over):
    def __init__(self, source: Any, base: Ref) -> None:
        super().__init__(source)
        self.base = base

    def map_reference(self, ref: Ref) -> tuple[Any, Ref]:
        return self.source, self.base / ref


@relative(
    "a_relative_lists_nothing_from_outside",
    wrong="Refs that lack the prefix are listed unchanged.",
    seen="the relative store of the paper's own framework",
)
class LeaksInListing(Relative):
    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        for ref in self.source.refs(Ref() if depth is None and not base else self.base / base, depth):
            yield ref.under(self.base) if ref.within(self.base) else ref


@relative("a_relative_at_the_root_is_its_source", wrong="An empty base is taken for none given, and becomes 'default'.")
class ReplacesAnEmptyBase(Relative):
    def __init__(self, source: Any, base: Ref) -> None:
        super().__init__(source, base or Ref("default"))


@relative("relatives_in_each_other_are_one", wrong="One inside another appends its base at the wrong end.")
class NestsTheWrongWayRound(Relative):
    def __init__(self, source: Any, base: Ref) -> None:
        inner = isinstance(source, Relative)
        super().__init__(source.source if inner else source, base / source.base if inner else base)


@relative("a_relative_takes_no_two_refs_for_one", wrong="Refs are lower-cased on their way down.", seen="file systems")
class LowersOnTheWay(Relative):
    def at(self, ref: Ref) -> tuple[Any, Ref]:
        return self.source, self.base / Ref(*(name.lower() for name in ref))

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        return (ref.under(self.base) for ref in self.source.refs(self.at(base)[1], depth))


@codec(
    "a_codec_is_a_store_of_its_values", wrong="A value once decoded is remembered, and later writes are not noticed."
)
class DecodesOnce(Codec):
    def __init__(self, source: Any, codec: Any) -> None:
        super().__init__(source, codec)
        self.decoded: dict[Ref, Any] = {}

    def get(self, ref: Ref, /) -> Any:
        if ref not in self.decoded:
            self.decoded[ref] = super().get(ref)
        return self.decoded[ref]


@codec(
    "a_codec_keeps_every_value", wrong="None is not encoded: it deletes.", seen="put(nil) in the paper's own framework"
)
class DeletesNone(Codec):
    def put(self, ref: Ref, value: Any, /) -> None:
        if value is None:
            self.source.delete(ref)
        else:
            super().put(ref, value)


@codec(
    "the_source_of_a_codec_holds_just_the_encoding",
    wrong="The type is kept in a second ref beside the value.",
    seen="stores with sidecar files of metadata",
)
class KeepsASidecar(Codec):
    def put(self, ref: Ref, value: Any, /) -> None:
        super().put(ref, value)
        self.source.put(ref / "type", type(value).__name__.encode())


@codec(
    "a_codec_takes_what_is_malformed_for_a_failure", wrong="What cannot be decoded counts as Missing.", seen="caches"
)
class TakesMalformedForMissing(Codec):
    def get(self, ref: Ref, /) -> Any:
        try:
            return super().get(ref)
        except ValueError:
            raise Missing(ref) from None


@codec(
    "a_codec_does_not_decode_absence",
    wrong="decode is called with None where nothing is.",
    seen="figure 14 of the paper",
)
class DecodesAbsence(Codec):
    def get(self, ref: Ref, /) -> Any:
        raw = look(self.source, ref)
        if raw is MISSING:
            with suppress(ValueError):
                self.codec.decode(None)
            raise Missing(ref)
        return self.codec.decode(raw)


@codec(
    "a_codec_swaps_whatever_encoding_of_the_value_is_there",
    wrong="swap compares encodings alone, so that a value in other spacing is a Conflict for ever.",
    seen="tried in a prototype of this library",
)
class ComparesEncodings(Codec):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.source.swap(ref, self.encoded(old), self.encoded(new))


@codec(
    "a_codec_swaps_what_is_encoded_alike",
    wrong="swap compares decoded values alone, so that one not equal to itself is a Conflict for ever.",
    seen="tried in a prototype of this library",
)
class ComparesValues(Codec):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        raw = look(self.source, ref)
        if raw is not MISSING and old is not MISSING and self.codec.decode(raw) != old:
            raise Conflict(ref)
        self.source.swap(ref, raw if old is not MISSING else MISSING, self.encoded(new))


@codec(
    "a_codec_that_swaps_by_value_still_swaps_in_one_step", wrong="When the values compare equal, it puts without swap."
)
class ComparesThenPuts(Codec):
    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        try:
            self.source.swap(ref, self.encoded(old), self.encoded(new))
        except Conflict:
            raw = look(self.source, ref)
            if MISSING in (raw, old) or self.codec.decode(raw) != old:
                raise
            self.source.meanwhile.pop("swap", int)()
            self.source.delete(ref) if new is MISSING else self.source.put(ref, self.encoded(new))


@codec(
    "what_a_codec_cannot_encode_changes_nothing",
    wrong="It deletes before it encodes, so that a bad value loses the old.",
)
class DeletesThenEncodes(Codec):
    def put(self, ref: Ref, value: Any, /) -> None:
        self.source.delete(ref)
        super().put(ref, value)


@codec("a_codec_hands_merge_on_as_merge", wrong="merge is a put, so that what merges below never sees it.")
class PutsWhatIsMerged(Codec):
    def merge(self, ref: Ref, value: Any, /) -> None:
        self.put(ref, value)
