"""One value in many, many in one, and where the value itself says: chunked, packed, content-addressed (ours)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing, Refused

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import done, settled
from .sources import Source

__all__ = ["Joined"]


class Joined:
    """A store of streams as one of bytes: what is put is one part, what is got is joined."""

    def __init__(self, streams: Any) -> None:
        self.streams = streams

    def get(self, ref: Ref, /) -> Any:
        return b"".join(self.streams.get(ref))

    def put(self, ref: Ref, value: Any, /) -> None:
        self.streams.put(ref, value if value is MISSING else [value])

    def merge(self, ref: Ref, value: Any, /) -> None:
        self.streams.merge(ref, value if value is MISSING else [value])

    def delete(self, ref: Ref, /) -> None:
        self.streams.delete(ref)

    def swap(self, ref: Ref, old: Any, new: Any, /) -> None:
        self.streams.swap(ref, *(value if value is MISSING else [value] for value in (old, new)))

    def refs(self, base: Ref, depth: Any = None, /) -> Iterator[Ref]:
        return iter(self.streams.refs(base, depth))


CHUNKED = Family(
    "chunked",
    ("source, pieces = Source(), Source()", "streams = make(source, pieces, 4)", "store = Joined(streams)"),
    classes=(Source, Joined),
)
PACKED = Family("packed", ("source = Source()", "store = make(source, 1)"))
CONTENT_ADDRESSED = Family("content_addressed", ("source = Source()", "store = make(source)"))

chunked = partial(law, kind="chunked", group="chunked")
packed = partial(law, kind="packed", group="packed")
content_addressed = partial(law, kind="content_addressed", group="content-addressed")
R = Ref("a")
SIZES = (0, 1, 3, 4, 5, 8, 9, 4000)


@chunked(calls=1)
def a_chunked_is_a_store_of_whole_values(t: Trial) -> None:
    """No history tells Chunked(s, p, n) from a dictionary of joined values"""
    t.history(judged=True)
    settled(t)


@chunked()
def a_chunked_cuts_whatever_the_parts(t: Trial) -> None:
    """put(r, parts): every piece has at most n bytes, and b"".join(get(r)) = b"".join(parts), as often as asked"""
    part, size = t.choose((1, 3, 4, 7, 5000)), t.choose(SIZES)
    t.program(comes_back_in_pieces, "streams", "pieces", str(size), str(part))


def comes_back_in_pieces(streams: Any, pieces: Any, size: int, part: int) -> None:
    value = bytes(n * n % 251 for n in range(size))
    streams.put(Ref("a"), [value[start : start + part] for start in range(0, size, part)])
    held = streams.get(Ref("a"))
    assert b"".join(held) == value, f"{size} bytes came back as other ones"
    assert b"".join(held) == value, "the value could be read only once"
    longest = max((len(piece) for piece in pieces.cells.values()), default=0)
    assert longest <= 4, f"a piece has {longest} bytes, and 4 is the most"


@chunked()
def a_put_that_is_cut_short_shows_before_or_after(t: Trial) -> None:
    """source, pieces or the stream itself fails in put(r, new): get(r) is the old value, whole"""
    t.put(R, b"the old value")
    how = t.choose(("pieces", "source", "stream"))
    t.program(fails_midway, "streams", "source", "pieces", repr(how))
    t.get(R)


def fails_midway(streams: Any, source: Any, pieces: Any, how: str) -> None:
    class Parts:
        def __iter__(self) -> Iterator[bytes]:
            yield b"a new "
            if how == "stream":
                raise OSError("the stream broke")
            yield b"value"

    if how != "stream":
        {"pieces": pieces, "source": source}[how].fail("put", "swap")
    try:
        streams.put(Ref("a"), Parts())
    except OSError:
        pieces.fail()
        source.fail()
        return
    raise AssertionError("something failed, and who puts must know")


@chunked()
def a_piece_that_is_bad_is_never_an_answer(t: Trial) -> None:
    """a piece of r is gone, cut or another's: reading get(r) is a ValueError, not Missing and no other value"""
    t.put(R, b"abcdefgh")
    t.put(Ref("b"), b"ijklmnop")
    t.line(
        t.choose(
            (
                "del pieces.cells[min(pieces.cells, key=pieces.cells.get)]",
                "pieces.cells[min(pieces.cells, key=pieces.cells.get)] = b'abc'",
                "pieces.cells[min(pieces.cells, key=pieces.cells.get)] = b'abce'",
                "pieces.cells[min(pieces.cells, key=pieces.cells.get)] = max(pieces.cells.values())",
                f"source.cells[{R!r}] = source.cells[{R!r}][:-3]",
            )
        )
    )
    t.expect(ValueError, "get", R, because="the value is not what was put")
    t.get(Ref("b"))


@chunked()
def a_chunked_compares_without_reading(t: Trial) -> None:
    """h = get(r): swap(r, h, new) succeeds and reads no piece; a second one from h is a Conflict"""
    t.put(R, b"a long value")
    t.program(swaps_by_digest, "streams", "pieces")


def swaps_by_digest(streams: Any, pieces: Any) -> None:
    held = streams.get(Ref("a"))
    pieces.asked()
    streams.swap(Ref("a"), held, [b"new"])
    read = [note for note in pieces.asked() if note[0] == "get"]
    assert not read, f"{len(read)} pieces were read to compare"
    try:
        streams.swap(Ref("a"), held, [b"newer"])
    except Conflict:
        return
    raise AssertionError("the value is another one by now, and swap took it for the old one")


@chunked()
def what_is_left_over_is_found(t: Trial) -> None:
    """leftover(): the pieces that no value has, after replacing and deleting; and none that a value has"""
    t.put(R, b"one value")
    t.put(Ref("b"), b"one other")
    t.line("kept = {piece for piece in pieces.cells.values()}")
    t.put(R, b"one value, longer")
    done(t, ("put", R, b"one value"), ("delete", R))
    t.program(finds_leftover, "streams", "pieces")
    t.get(Ref("b"))
    t.get(R)


def finds_leftover(streams: Any, pieces: Any) -> None:
    for ref in list(streams.leftover()):
        pieces.delete(ref)
    used = {part for ref in streams.refs(Ref()) for part in streams.get(ref)}
    assert set(pieces.cells.values()) == used, f"of {len(pieces.cells)} pieces values have {len(used)}"


@packed(calls=1)
def a_packed_is_a_store_of_its_parts(t: Trial) -> None:
    """No history tells Packed(s) from a dictionary"""
    t.history(judged=True)
    settled(t)


@packed()
def a_pack_is_one_value(t: Trial) -> None:
    """put(p / r, v) and put(p / q, w): source has one value, at p; without both it has none"""
    for ref in (Ref("a"), Ref("a", "b"), Ref("a", "c", "d")):
        t.expect(None, t.choose(("put", "merge")), ref, b"x")
    t.expect([R], "refs", Ref(), on="source")
    for ref in (Ref("a"), Ref("a", "b"), Ref("a", "c", "d")):
        done(t, ("delete", ref), ("swap", ref, b"x", MISSING))
    t.expect([], "refs", Ref(), on="source", because="an empty pack would be listed as a folder")


@packed()
def a_pack_loses_no_write_in_between(t: Trial) -> None:
    """another hand puts p / q while put(p / r) reads and changes the pack: both are there"""
    t.expect(None, "put", Ref("a", "b"), b"1")
    t.line("other = make(source, 1)")
    t.line(f"source.meanwhile['swap'] = lambda: other.put({Ref('a', 'c')!r}, b'2')")
    done(t, ("put", Ref("a", "d"), b"3"), ("delete", Ref("a", "b")), ("put", Ref("a", "b"), b"3"))
    t.expect(b"2", "get", Ref("a", "c"))


@packed()
def a_packed_swaps_in_one_step(t: Trial) -> None:
    """another hand puts u at p / r when swap(p / r, v, w) has compared: Conflict, get(p / r) = u"""
    r = Ref("a", "b")
    t.expect(None, "put", r, b"1")
    t.line("other = make(source, 1)")
    t.line(f"source.meanwhile['swap'] = lambda: other.put({r!r}, b'2')")
    t.expect(Conflict, "swap", r, b"1", t.choose((b"3", MISSING)))
    t.expect(b"2", "get", r)


@packed()
def a_packed_lists_a_level_without_reading_packs(t: Trial) -> None:
    """refs(Ref(), 1): source is asked for that level, and for no value"""
    t.expect(None, "put", Ref("a", "b"), b"1")
    t.line("source.asked()")
    t.expect([R], "refs", Ref(), 1)
    t.expect([("refs", Ref(), 1)], "asked", on="source", because="a pack is read only for what is in it")


@content_addressed()
def a_value_has_one_ref(t: Trial) -> None:
    """r = add(v): get(r) = v; add(v) = r again and nothing else is there; another value has another ref"""
    v, w = t.choose((b"", b"1", b"x" * 9)), b"2"
    t.program(one_ref_each, "store", repr(v), repr(w))


def one_ref_each(store: Any, value: bytes, other: bytes) -> None:
    ref = store.add(value)
    assert store.get(ref) == value, "what was added is not what is there"
    assert (store.add(bytearray(value)), list(store.refs(Ref()))) == (ref, [ref]), "the same value is there twice"
    assert store.add(other) != ref, "two values have one ref"
    assert store.get(ref) == value, "another value took its place"


@content_addressed()
def a_value_goes_nowhere_else(t: Trial) -> None:
    """r is not the ref of v: put(r, v), merge and swap are Refused, and nothing is written"""
    t.line("right = store.add(b'right')")
    r = t.choose((R, Ref(), t.code("right")))
    verb = t.choose(("put", "merge", "swap"))
    before = [] if verb != "swap" else [t.choose((MISSING, b"right"))]
    t.line("source.asked()")
    t.expect(Refused, verb, r, *before, b"wrong", because="it is not the ref of that value")
    t.expect([], "wrote", on="source")


@content_addressed()
def a_value_that_is_not_what_its_ref_says_is_no_answer(t: Trial) -> None:
    """what source has at r was changed: get(r) is a ValueError; add mends it; what is gone is Missing"""
    t.line("right = store.add(b'right')")
    t.line(f"source.cells[right] = {t.choose((b'', b'righ', b'wrong', b'right!'))!r}")
    t.expect(ValueError, "get", t.code("right"), because="that is not what its ref says")
    t.line("store.add(b'right')")
    t.expect(b"right", "get", t.code("right"))
    t.expect(None, "delete", t.code("right"))
    t.expect(Missing, "get", t.code("right"))


@content_addressed()
def a_content_addressed_takes_what_fits(t: Trial) -> None:
    """r = add(v): put(r, v), merge and a creating swap are done, and so is a removing one"""
    t.line("right = store.add(b'right')")
    r = t.code("right")
    t.expect(None, "swap", r, b"right", MISSING)
    t.expect(Missing, "get", r)
    verb = t.choose(("put", "merge", "swap"))
    t.expect(None, verb, r, *([MISSING] if verb == "swap" else []), b"right")
    t.expect(b"right", "get", r)
