"""swap through a codec: encoded alike, or equal when decoded (the table of docs/decisions/swap-by-value.md)."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from storage_combinators import (
    MISSING,
    Conflict,
    Inverse,
    Json,
    JsonCodec,
    Mapped,
    Memory,
    PackCodec,
    PickleCodec,
    Ref,
    Serialized,
    TextCodec,
    TupleCodec,
    update,
)

A = Ref("a")


class NoEquality:
    """Pickles alike, and is equal to nothing but itself."""


class RaisingEquality:
    def __eq__(self, other: object) -> bool:
        raise ValueError("the truth value is ambiguous")

    __hash__ = None  # type: ignore[assignment]  # as arrays have it


@dataclass(frozen=True)
class Salted(Mapped[bytes, bytes]):
    """A codec whose every encoding differs, as encryption with a nonce."""

    salt: "count[int]" = field(default_factory=count)

    def encode(self, ref: Ref, value: bytes) -> bytes:
        return b"%d:" % next(self.salt) + value

    def decode(self, ref: Ref, raw: bytes) -> bytes:
        return raw.split(b":", 1)[1]


def test_a_foreign_encoding_of_the_same_value_is_the_same() -> None:
    store = Json(Memory({A: b'{ "n" : 1 }'}))
    store.swap(A, {"n": 1}, {"n": 2})
    assert store.source.get(A) == b'{"n":2}'


@pytest.mark.parametrize("value", [NoEquality(), RaisingEquality(), {"x", "y", "z"}])
def test_what_has_no_useful_equality_is_the_same_when_encoded_alike(value: object) -> None:
    store = Serialized(Memory(), PickleCodec())
    store.put(A, value)
    store.swap(A, store.get(A), "next")
    assert store.get(A) == "next"


def test_an_equality_that_raises_is_a_conflict_and_no_failure() -> None:
    store: Memory[object] = Memory({A: RaisingEquality()})
    with pytest.raises(Conflict):
        store.swap(A, RaisingEquality(), 1)


def test_an_encoding_that_never_repeats_is_compared_decoded() -> None:
    store = Salted(Memory())
    store.put(A, b"0")
    for _ in range(5):
        update(store, A, lambda old: b"none" if old is MISSING else b"%d" % (int(old) + 1))
    assert store.get(A) == b"5"


def test_layers_compare_one_by_one() -> None:
    store = Serialized(Salted(Memory()), PickleCodec())
    store.put(A, NoEquality())
    store.swap(A, store.get(A), "next")
    assert store.get(A) == "next"


def test_a_swap_by_the_same_encoding_reads_nothing() -> None:
    class Unread(Memory[bytes]):
        def get(self, ref: Ref, /) -> bytes:
            raise AssertionError(f"read {ref!r}")

    store = Json(Unread({A: b"1"}))
    store.swap(A, 1, 2)
    assert store.source.cells == {A: b"2"}  # type: ignore[attr-defined]  # an Unread


def test_a_real_conflict_stays_one_and_changes_nothing() -> None:
    store = Json(Memory({A: b"1"}))
    for old in (2, MISSING):
        with pytest.raises(Conflict):
            store.swap(A, old, 3)
    assert store.get(A) == 1


def test_what_cannot_be_decoded_is_a_failure_and_not_absence() -> None:
    store = Json(Memory({A: b"{"}))
    with pytest.raises(ValueError, match="Expecting"):
        store.get(A)


@pytest.mark.parametrize("value", [(1, 2), {1: "a"}, {"a": (1,)}, object(), b"bytes", {1, 2}])
def test_json_refuses_what_it_would_change(value: object) -> None:
    store = Json(Memory())
    with pytest.raises(TypeError):
        store.put(A, value)  # type: ignore[arg-type]  # that is the point
    assert store.source.cells == {}  # type: ignore[attr-defined]  # a Memory


def test_json_has_no_nan() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        Json(Memory()).put(A, float("nan"))


@pytest.mark.parametrize("value", [None, True, 0, 1.5, "", "\ud800", "é\n", [], {"a": [None, {"b": "c"}]}])
def test_json_gives_back_what_was_put(value: object) -> None:
    store = Json(Memory())
    store.put(A, value)  # type: ignore[arg-type]  # each of them is JSON
    assert store.get(A) == value


def test_the_inverse_of_a_codec_serves_objects_as_bytes() -> None:
    objects = Memory({A: {"n": 1}})
    wire = Serialized(objects, Inverse(JsonCodec()))
    assert wire.get(A) == b'{"n":1}'
    wire.put(A, b'{"n": 2}')
    assert objects.get(A) == {"n": 2}


def test_text_is_utf_8() -> None:
    store = Serialized(Memory(), TextCodec())
    store.put(A, "é")
    assert store.source.get(A) == "é".encode()


@pytest.mark.parametrize(
    ("codec", "raw"),
    [
        (TextCodec(), b"\xff"),
        (JsonCodec(), b"{"),
        (TupleCodec(), b"{"),
        *((PackCodec(), raw) for raw in (b"[]\n", b"1\n", b'{"a":"1"}\n1', b'{"a":-1,"b":2}\n1', b"{}")),
        *((PickleCodec(), raw) for raw in (b"", b"\xff", b"cno.such\nthing\n.", b"cos\nnothing\n.", b"0.")),
    ],
)
def test_what_cannot_be_decoded_says_where_it_is(codec: Any, raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"^what is at Ref\('a'\) cannot be decoded: "):
        Serialized(Memory({A: raw}), codec).get(A)
