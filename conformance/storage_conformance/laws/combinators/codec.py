"""Codec: values above, what encodes them below (paper 3.1.2, 3.1.4: mapping store, serialiser)."""

from __future__ import annotations

from functools import partial

from storage_combinators.store import MISSING, Conflict, Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import given, settled
from .sources import Codec, Source

FAMILY = Family(
    "codec",
    ("source = Source()", "codec = Codec()", "store = make(source, codec)"),
    classes=(Source, Codec),
    values="json",
)
codec = partial(law, kind="codec", source="paper 3.1.4", chapter="chapters/02-mapping.md")
OTHER = b'J{ "a" : [1] }'  # as another hand would encode it


@codec(calls=1)
def a_codec_is_a_store_of_its_values(t: Trial) -> None:
    """get(put(r, v)) = decode(encode(v)) = v, and any other history too is that of a dictionary"""
    if t.choose((False, True)):
        t.line("source.put(Ref('a'), codec.encode([1]))")
        t.model.put(t.scope.refs[0], [1])
    t.history(judged=True)
    settled(t)


@codec()
def a_codec_keeps_every_value(t: Trial) -> None:
    """put(r, v); get(r) = v, whatever v is"""
    v = t.hostile_value()
    t.expect(None, "put", t.scope.refs[0], v)
    t.expect(v, "get", t.scope.refs[0])


@codec()
def the_source_of_a_codec_holds_just_the_encoding(t: Trial) -> None:
    """put(r, v): source.get(r) = encode(v), by every verb that stores; and source holds nothing else"""
    r, v = t.ref(), t.hostile_value()
    verb = t.choose(("put", "merge", "swap"))
    t.expect(None, verb, r, *([MISSING, v] if verb == "swap" else [v]))
    t.expect(Codec().encode(v), "get", r, on="source")
    t.expect([r], "refs", r.cut(0), on="source")


@codec()
def a_codec_takes_what_is_malformed_for_a_failure(t: Trial) -> None:
    """source.get(r) is no encoding: get(r) raises what decode raises, and not Missing"""
    r = t.ref()
    given(t, "source", r, t.choose((b"{", b"")))
    t.expect(ValueError, "get", r, because="what is stored there cannot be decoded, which is the codec's ValueError")


@codec()
def a_codec_does_not_decode_absence(t: Trial) -> None:
    """source has nothing at r: get(r) raises Missing, and decode is not called"""
    t.expect(Missing, "get", t.ref())
    t.expect(0, "__len__", on="codec.decoded", because="nothing is there to decode")


@codec(source="ours")
def a_codec_swaps_whatever_encoding_of_the_value_is_there(t: Trial) -> None:
    """decode(source.get(r)) = v: swap(r, v, w) succeeds, however another hand has encoded v"""
    r, w = t.ref(), t.value()
    given(t, "source", r, OTHER)
    t.expect(None, "swap", r, {"a": [1]}, w)
    t.expect(w, "get", r)


@codec(source="ours")
def a_codec_swaps_what_is_encoded_alike(t: Trial) -> None:
    """source.get(r) = encode(v): swap(r, v, w) succeeds, even if v is not equal to itself when decoded"""
    r, w = t.ref(), t.value()
    t.line(f"source.put({r!r}, codec.encode([float('nan')]))")
    t.expect(None, "swap", r, t.code("[float('nan')]"), w)
    t.expect(w, "get", r)


@codec(source="ours")
def a_codec_that_swaps_by_value_still_swaps_in_one_step(t: Trial) -> None:
    """swap(r, v, w), and another hand puts u when the encodings have been compared: Conflict, and u stays"""
    r, w = t.ref(), t.value()
    given(t, "source", r, OTHER)
    t.line(f"race = lambda: source.cells.update({{{r!r}: codec.encode('u')}})")
    t.line("source.meanwhile['get'] = lambda: source.meanwhile.update(swap=race)")
    t.expect(Conflict, "swap", r, {"a": [1]}, w)
    t.expect("u", "get", r)


@codec()
def what_a_codec_cannot_encode_changes_nothing(t: Trial) -> None:
    """encode(v) fails: so does put(r, v), and get(r) is as before"""
    r, v = t.ref(), t.value()
    t.put(r, v)
    t.expect(TypeError, t.choose(("put", "merge")), r, t.code("object()"))
    t.expect(v, "get", r)
    t.expect([r], "refs", r.cut(0), on="source")


@codec(source="ours")
def a_codec_hands_merge_on_as_merge(t: Trial) -> None:
    """merge(r, v) = source.merge(r, encode(v)): one verb above is one verb below"""
    r = t.ref()
    given(t, "source", r, b"J1")
    t.expect([("put", r)], "wrote", on="source")
    t.expect(None, "merge", r, t.value())
    t.expect([("merge", r)], "wrote", on="source")
