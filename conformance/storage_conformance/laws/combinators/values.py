"""Values changed, there and back: compressed, checked, encrypted (ours)."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from functools import partial
from typing import Any

from storage_combinators.ref import Ref
from storage_combinators.store import MISSING, Conflict, Missing

from ...law import law
from ...trial import Trial
from .rig import Family
from .shared import done, given, settled

COMPRESSED = Family("compressed", ("source = Source()", "store = make(source)"))
CHECKED = Family("checked", ("source = Source()", "store = make(source)"))
KEYS = ("old, new = b'o' * 32, b'n' * 32", "source = Source()", "store = make(source, (new, old))")
ENCRYPTED = Family("encrypted", KEYS)

compressed = partial(law, kind="compressed", group="compressed")
checked = partial(law, kind="checked", group="checked")
encrypted = partial(law, kind="encrypted", group="encrypted")
R, Q = Ref("a"), Ref("a", "b")
FLIP = "bytes(b ^ 1 if n == {0} % len(source.cells[{1!r}]) else b for n, b in enumerate(source.cells[{1!r}]))"
BAD = (  # what becomes of source.cells[R]
    "b''",
    f"source.cells[{R!r}][:-1]",
    f"source.cells[{R!r}][1:]",
    f"source.cells[{R!r}][:len(source.cells[{R!r}]) // 2]",
    f"source.cells[{R!r}] + b'x'",
    *(FLIP.format(place, R) for place in (0, 7, 20, -1)),
    f"source.cells[{Q!r}]",
)


def no_answer(t: Trial, bad: tuple[str, ...]) -> None:
    """Two values are put, one is made bad behind the store's back: get is a ValueError, and a put mends it."""
    v = t.choose((b"some value", b""))
    t.put(R, v)
    t.put(Q, b"another")
    t.line(f"source.cells[{R!r}] = {t.choose(bad)}")
    t.expect(ValueError, "get", R, because="that is not what was put there: a bad copy is no answer, nor is Missing")
    t.get(Q)
    t.put(R, b"again")
    t.get(R)


PACKED = (gzip.compress(b"x", mtime=0), zlib.compress(b"x"), bz2.compress(b"x"), lzma.compress(b"x"))


def any_value(t: Trial) -> None:
    """Whatever value is put comes back."""
    v = t.choose(PACKED) if t.choose((False, True)) else t.hostile_value()
    t.put(t.scope.refs[0], v)
    t.get(t.scope.refs[0])


@compressed(calls=1)
def a_compressed_is_a_store_of_bytes(t: Trial) -> None:
    """No history tells Compressed(s) from a dictionary"""
    t.history(judged=True)
    settled(t)


@compressed()
def a_compressed_keeps_every_value(t: Trial) -> None:
    """get(put(r, v)) = v, whatever v is, also what is compressed already"""
    any_value(t)


@compressed()
def a_compressed_takes_less_room(t: Trial) -> None:
    """put(r, v) of a v that repeats itself: source has less than half as many bytes, by every verb that stores"""
    r, v = t.ref(), t.code("b'so on and ' * 1000")
    verb = t.choose(("put", "merge", "swap"))
    t.expect(None, verb, r, *([MISSING] if verb == "swap" else []), v)
    t.program(is_short, "source", repr(r))


def is_short(source: Any, ref: Any) -> None:
    size = len(source.cells[ref])
    assert size < 5000, f"10,000 bytes that repeat themselves take {size}"


@compressed()
def what_is_not_compressed_is_a_failure(t: Trial) -> None:
    """source has at r what nobody compressed, or half of it: get(r) is a ValueError, not Missing and no answer"""
    t.line(f"store.put({R!r}, bytes(range(256)) * 9)")
    t.line(f"source.cells[{R!r}] = {t.choose((BAD[0], BAD[2], BAD[3]))}")
    t.expect(ValueError, "get", R, because="it cannot be decompressed")


@checked(calls=1)
def a_checked_is_a_store_of_bytes(t: Trial) -> None:
    """No history tells Checked(s) from a dictionary, as long as nobody changes what s holds"""
    t.history(judged=True)
    settled(t)


@checked()
def a_checked_keeps_every_value(t: Trial) -> None:
    """get(put(r, v)) = v, whatever v is"""
    any_value(t)


@checked()
def a_bad_copy_is_never_an_answer(t: Trial) -> None:
    """what source has at r was cut, lengthened, changed or moved there: get(r) is a ValueError; put mends it"""
    no_answer(t, BAD)


@checked()
def a_checked_is_right_about_absence(t: Trial) -> None:
    """source has nothing at r: get(r) raises Missing; a bad copy there is no absence to a swap"""
    t.expect(Missing, "get", R)
    given(t, "source", R, b"bad")
    t.expect(Conflict, "swap", R, MISSING, b"new")
    t.expect(None, "delete", R)
    t.expect(Missing, "get", R)


@encrypted(calls=1)
def an_encrypted_is_a_store_of_bytes(t: Trial) -> None:
    """No history tells Encrypted(s, k) from a dictionary; swap compares what is meant, not what is written"""
    t.history(judged=True)
    settled(t)


@encrypted()
def an_encrypted_keeps_every_value(t: Trial) -> None:
    """get(put(r, v)) = v, whatever v is"""
    any_value(t)


@encrypted()
def what_was_not_sealed_for_this_ref_is_no_answer(t: Trial) -> None:
    """what source has at r was cut, lengthened, changed or moved there: get(r) is a ValueError; put mends it"""
    no_answer(t, BAD)


@encrypted()
def an_encrypted_shows_nothing_of_a_value(t: Trial) -> None:
    """put(r, v): no part of v is in source; put(q, v) and a second put(r, v) are other bytes; by every verb"""
    verb = t.choose(("put", "merge", "swap"))
    before = [MISSING] if verb == "swap" else []
    t.expect(None, verb, R, *before, b"an open secret")
    t.line(f"first = source.cells[{R!r}]")
    t.expect(None, "delete", R)
    t.expect(None, verb, R, *before, b"an open secret")
    t.expect(None, verb, Q, *before, b"an open secret")
    t.program(shows_nothing, "source", "first")


def shows_nothing(source: Any, first: bytes) -> None:
    sealed = [first, *source.cells.values()]
    parts = (b"an o", b"pen", b"secr", b"ret")
    assert not [raw for raw in sealed if any(part in raw for part in parts)], "the value can be read in the source"
    assert len({raw[-16:] for raw in sealed}) == len(sealed), "one value is the same bytes each time, which tells"


@encrypted()
def keys_are_rotated(t: Trial) -> None:
    """Encrypted(s, (new, old)) reads what (old,) wrote; what it writes, (new,) reads, and (old,) does not"""
    t.line("before, after = make(source, (old,)), make(source, (new,))")
    t.expect(None, "put", R, b"x", on="before")
    t.expect(b"x", "get", R)
    done(t, ("put", R, b"y"), ("swap", R, b"x", b"y"))
    t.expect(b"y", "get", R, on="after")
    t.expect(ValueError, "get", R, on="before", because="the old key must not open what the new one sealed")


@encrypted()
def an_encrypted_tells_nobody_its_keys(t: Trial) -> None:
    """neither repr(store) nor what get says of a value that it cannot open has a key in it"""
    given(t, "source", R, b"bad" * 20)
    t.program(tells_no_key, "store", repr(R))


def tells_no_key(store: Any, ref: Any) -> None:
    try:
        said = f"the value {store.get(ref)!r}"
    except ValueError as error:
        said = f"{error!r} {error.__context__!r} {error.__cause__!r}"
    told = f"{store!r} {said}"
    assert not any(part in told for part in ("ooooo", "nnnnn", (b"o" * 4).hex(), (b"n" * 4).hex())), "a key is shown"
