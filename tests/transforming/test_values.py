"""Values there and back: damage of any kind, keys, streams, packs; and that no key is ever shown."""

import sys
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from storage_combinators import (
    MISSING,
    Checked,
    Chunked,
    Compressed,
    Conflict,
    ContentAddressed,
    Damaged,
    Encrypted,
    Failing,
    Memory,
    Missing,
    Null,
    PackCodec,
    Packed,
    PassThrough,
    Quota,
    Ref,
    Retry,
    Stamped,
    StampedCodec,
    TupleCodec,
    as_text,
    copy,
    twin,
)
from storage_combinators.edges.draw_dot import as_dot
from storage_combinators.edges.rewrap import rewrap
from transforming.made import KEY, MADE, held

A, B = Ref("a"), Ref("b")
MIB = 2**20


@pytest.mark.parametrize("codec", ["zlib", "gzip", "bz2", "lzma"])
@given(value=st.binary(max_size=300))
def test_every_codec_gives_back_what_was_put_and_writes_the_same_bytes_again(codec: Any, value: bytes) -> None:
    store = Compressed(Memory(), codec)
    store.put(A, value)
    store.put(B, value)
    assert store.get(A) == value
    assert store.source.get(A) == store.source.get(B)


@pytest.mark.parametrize("codec", ["zlib", "gzip", "bz2", "lzma"])
@pytest.mark.parametrize("raw", [b"", b"x", bytes(range(99))])
def test_what_no_codec_wrote_is_a_failure_and_says_where(codec: Any, raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"Ref\('a'\)"):
        Compressed(Memory({A: raw}), codec).get(A)


@pytest.mark.parametrize("codec", ["zlib", "gzip", "bz2", "lzma"])
def test_a_value_cut_anywhere_is_a_failure(codec: Any) -> None:
    store = Compressed(Memory(), codec)
    store.put(A, b"some value")
    whole = store.source.get(A)
    for length in range(len(whole)):
        store.source.put(A, whole[:length])
        with pytest.raises(ValueError, match=r"Ref\('a'\)"):
            store.get(A)


def test_a_codec_that_there_is_not_is_named() -> None:
    with pytest.raises(ValueError, match="no codec 'zip'; there are zlib"):
        Compressed(Memory(), "zip")  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize("make", [Checked, lambda source: Encrypted(source, (KEY,))], ids=["Checked", "Encrypted"])
@given(value=st.binary(max_size=40), raw=st.data())
def test_whatever_became_of_it_a_bad_copy_is_no_answer(make: Any, value: bytes, raw: st.DataObject) -> None:
    store = make(Memory())
    store.put(A, value)
    right = store.source.get(A)
    place = raw.draw(st.integers(0, len(right)))
    bad = right[:place] + raw.draw(st.binary(max_size=3)) + right[place + raw.draw(st.integers(0, 3)) :]
    assume(bad != right)
    store.source.put(A, bad)
    with pytest.raises(Damaged):
        store.get(A)


def test_only_who_has_the_key_writes_what_is_read() -> None:
    source: Memory[bytes] = Memory()
    Checked(source, b"mine").put(A, b"x")
    assert Checked(source, b"mine").get(A) == b"x"
    for other in (b"", b"theirs"):
        with pytest.raises(Damaged):
            Checked(source, other).get(A)


@pytest.mark.parametrize("keys", [(), KEY, [KEY], ("text" * 8,), (b"too short",), (KEY, b"x" * 31)])
def test_what_is_no_key_is_refused_when_made_and_not_shown(keys: Any) -> None:
    with pytest.raises((TypeError, ValueError)) as refused:
        Encrypted(Memory(), keys)
    assert "text" not in str(refused.value)
    assert "xxx" not in str(refused.value)
    assert "too short" not in str(refused.value)


def test_keys_are_renewed_by_copying() -> None:
    source: Memory[bytes] = Memory()
    Encrypted(source, (KEY,)).put(A, b"x")
    new = bytes(reversed(KEY))
    both = Encrypted(source, (new, KEY))
    copy(both, both)
    assert Encrypted(source, (new,)).get(A) == b"x"


def test_without_the_library_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'storage-combinators\[crypto\]'"):
        Encrypted(Memory(), (KEY,))


@pytest.mark.parametrize(
    "make", [lambda s: Encrypted(s, (b"k" * 32,)), lambda s: Checked(s, b"k" * 32)], ids=["Encrypted", "Checked"]
)
def test_no_key_is_shown(make: Any) -> None:
    store = make(Memory())
    store.put(A, b"x")
    shown = [repr(store), as_text(store), as_dot(store), repr(twin(store)), repr(rewrap(store, PassThrough))]
    assert not [text for text in shown if "kkk" in text]


@pytest.mark.parametrize("name", MADE)
def test_each_is_drawn_rebuilt_and_twinned_without_a_line_for_it(name: str) -> None:
    tree = MADE[name](held())
    tree.put(A, b"here")
    traced, other = rewrap(tree, PassThrough), twin(tree)
    other.put(A, b"there")
    assert (traced.get(A), tree.get(A), other.get(A)) == (b"here", b"here", b"there")
    assert type(other) is type(tree)
    assert as_text(tree).splitlines()[0].startswith(type(tree).__name__)


@given(st.lists(st.binary(max_size=9), max_size=6), st.integers(1, 7))
def test_a_stream_comes_back_in_pieces_of_one_size(parts: list[bytes], size: int) -> None:
    store = Chunked(Memory(), Memory(), size)
    store.put(A, tuple(parts))
    whole = store.get(A)
    assert bytes(whole) == b"".join(whole) == b"".join(parts)
    assert whole.size == len(bytes(whole))
    assert all(len(piece) == size for piece in list(whole)[:-1])
    store.put(B, parts)
    assert store.get(B) == whole
    assert not list(store.leftover())


def test_a_stream_is_never_in_memory_as_a_whole() -> None:
    class Stream:
        def __iter__(self) -> Iterator[bytes]:
            for number in range(48):
                yield bytes([number]) * MIB

    store = Chunked(Memory(), Null(), MIB)
    tracemalloc.start()
    store.put(A, Stream())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert store.get(A).size == 48 * MIB
    assert peak < 12 * MIB


@pytest.mark.parametrize("kind", ["generator", "file"])
def test_a_stream_that_can_be_read_only_once_is_not_taken(kind: str) -> None:
    def once() -> Iterator[bytes]:
        return BytesIO(b"a ") if kind == "file" else (part for part in [b"a "])

    store = Chunked(Memory(), Memory(), 4)
    store.put(A, b"here")
    for write in (store.put, store.merge):
        with pytest.raises(TypeError, match="only once"):
            write(A, once())
    with pytest.raises(TypeError, match="only once"):
        store.swap(A, b"here", once())
    assert bytes(store.get(A)) == b"here"


def test_a_stream_is_whole_at_the_second_try() -> None:
    failures = iter([ConnectionError()])

    def before(verb: str, ref: Ref) -> None:
        for failure in failures:
            raise failure

    store = Retry(Chunked(Failing(Memory(), before=before), Memory(), 4), pauses=(0,))
    store.put(A, [b"hello ", b"world"])
    assert bytes(store.get(A)) == b"hello world"  # type: ignore[arg-type]  # what is got knows its bytes


def test_equal_values_share_their_pieces_and_a_lost_one_is_damage() -> None:
    store = Chunked(Memory(), Memory(), 4)
    store.put(A, b"abcdabcd")
    store.put(B, [b"abcdabcd"])
    (piece,) = store.pieces.refs(Ref())
    store.pieces.delete(piece)
    with pytest.raises(Damaged, match="gone"):
        bytes(store.get(A))
    with pytest.raises(Missing):
        store.get(Ref("c"))


def test_a_big_value_is_swapped_by_its_digest() -> None:
    store = Chunked(Memory(), Memory(), 4)
    store.put(A, b"one value")
    held = store.get(A)
    store.pieces.delete(next(iter(store.pieces.refs(Ref()))))  # so that nothing can be read
    store.swap(A, held, [b"another"])
    with pytest.raises(Conflict):
        store.swap(A, held, [b"a third"])
    assert bytes(store.get(A)) == b"another"


def test_pieces_of_another_size_are_the_same_value() -> None:
    lists, pieces = Memory[bytes](), Memory[bytes]()
    Chunked(lists, pieces, 3).put(A, b"one value")
    store = Chunked(lists, pieces, 4)
    store.swap(A, store.get(A), b"another")
    assert bytes(store.get(A)) == b"another"


@given(st.dictionaries(st.text(max_size=5), st.binary(max_size=20), max_size=5), st.integers(1, 9))
def test_a_pack_comes_back_and_one_that_was_cut_does_not(pack: dict[str, bytes], cut: int) -> None:
    codec = PackCodec()
    raw = codec.encode(pack)
    assert codec.decode(raw) == pack
    with pytest.raises(ValueError):  # noqa: PT011  # json's, or that the size is wrong
        codec.decode(raw[:-cut])


def test_packs_of_fewer_than_no_names_are_told_when_they_are_made() -> None:
    with pytest.raises(ValueError, match="at least 0, not -1"):
        Packed(Memory(), -1)


def test_what_is_added_twice_is_there_once_and_where_it_says() -> None:
    store = ContentAddressed(Memory())
    assert store.add(b"x") == store.add(bytearray(b"x"))
    assert len(list(store.refs(Ref()))) == 1
    ref = store.add(b"x")
    store.source.put(ref, b"y")
    with pytest.raises(Damaged):
        store.get(ref)


def test_a_number_of_names_below_zero_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="at least 0, not -1"):
        Quota(Memory(), Memory(), 9, -1)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_of_any_type_go_behind_a_head_and_nothing_else_does(kind: Any) -> None:
    assert TupleCodec().encode((1, kind(b"x"))) == b"[1]\nx"
    assert StampedCodec().encode(Stamped(1, "t", kind(b"x"))) == b'[1, "t", true]\nx'
    with pytest.raises(TypeError, match="holds bytes, not list"):
        StampedCodec().encode(Stamped(1, "t", [kind(b"x")]))


@pytest.mark.parametrize("size", [1, 4, 8])
def test_values_in_pieces_are_compared_by_digest_whatever_the_size_of_a_piece(size: int) -> None:
    lists, pieces = Memory[bytes](), Memory[bytes]()
    Chunked(lists, pieces, 4).put(A, [b"0123456789"])
    store = Chunked(lists, pieces, size)
    with pytest.raises(Conflict):
        store.swap(A, [b"012345678"], [b"x"])
    store.swap(A, [b"01234", b"56789"], [b"x"])
    assert b"".join(store.get(A)) == b"x"
    store.swap(A, store.get(A), MISSING)
    assert lists.cells == {}
