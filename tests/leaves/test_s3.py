"""S3: how many requests, and which keys. The general laws are the suite's."""

from contextlib import suppress
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from leaves.s3_helpers import AB, A, requests, warm
from storage_combinators import MISSING, Conflict, Ref, Refused, exists, look, update
from storage_combinators.leaves.s3 import S3


def test_swap_is_one_request_when_it_wins_and_reads_before_a_conflict(s3_store: S3) -> None:
    store = warm(s3_store)
    with requests(store) as sent:
        store.swap(A, MISSING, b"1")
        store.swap(A, b"1", b"2")
    assert sent == ["PutObject", "PutObject"]
    with requests(store) as sent, pytest.raises(Conflict):
        store.swap(A, b"1", b"3")
    assert sent == ["PutObject", "GetObject"]
    with requests(store) as sent, pytest.raises(Conflict):
        store.swap(A, MISSING, b"3")
    assert sent == ["PutObject"]
    with requests(store) as sent:
        update(store, A, lambda old: b"4")
    assert sent == ["GetObject", "PutObject"]


def test_one_ref_is_one_head(s3_store: S3) -> None:
    s3_store.put(A, b"1" * 1000)
    with requests(s3_store) as sent:
        assert exists(s3_store, A)
    assert sent == ["HeadObject"]
    with requests(s3_store) as sent:
        assert not exists(s3_store, AB)
        assert not exists(s3_store, AB)
    assert sent == ["HeadObject", "HeadBucket", "HeadObject"]  # that there is a bucket at all is asked once
    with requests(s3_store) as sent:
        assert not exists(s3_store, Ref())
    assert sent == ["HeadObject"]


names = st.text(st.characters(exclude_characters="/\0\n", exclude_categories=["Cs"]), min_size=1, max_size=8).filter(
    lambda name: name not in (".", "..")
)


@given(st.lists(st.lists(names, min_size=1, max_size=3).map(lambda each: Ref(*each)), unique=True, max_size=4))
@example(
    [Ref("A"), Ref("a"), Ref("é"), Ref("e\u0301"), Ref("%41"), Ref("a+b"), Ref("a b"), Ref("a&b=c?d#e"), Ref("...")]
)
@example([Ref("\x01\x7f"), Ref("\uffff"), Ref("😀"), Ref('"<>&'), Ref("\\"), Ref(" "), Ref("a"), Ref("a", "b")])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_name_is_a_key_exactly(s3_store: S3, refs: list[Ref]) -> None:
    for ref in refs:
        s3_store.put(ref, repr(ref).encode())
    assert {ref: s3_store.get(ref) for ref in s3_store.refs(Ref())} == {ref: repr(ref).encode() for ref in refs}
    assert sorted(s3_store.refs(Ref(), 1)) == sorted({ref.cut(1) for ref in refs})
    for ref in refs:
        s3_store.delete(ref)
    assert list(s3_store.refs(Ref())) == []


def test_a_newline_in_a_name(s3_store: S3) -> None:
    s3_store.put(Ref("a\nb"), b"1")
    assert list(s3_store.refs(Ref())) == [Ref("a\nb")]


@pytest.mark.parametrize("ref", [Ref("x" * 1025), Ref("é" * 513), Ref("x" * 512, "x" * 512)])
def test_what_has_no_key_is_missing_and_refused(s3_store: S3, ref: Ref) -> None:
    store = replace(s3_store, prefix="")
    with requests(store) as sent:
        assert look(store, ref) is MISSING
        assert list(store.refs(ref, 0)) == []
        store.delete(ref)
        for write in (store.put, store.merge, lambda ref, value: store.swap(ref, MISSING, value)):
            with pytest.raises(Refused):
                write(ref, b"1")
    assert sent == []


def test_a_prefix_is_a_wall(s3_store: S3) -> None:
    beside = replace(s3_store, prefix=s3_store.prefix + "x")
    inside = replace(s3_store, prefix=s3_store.prefix + "/a")
    s3_store.put(A, b"1")
    s3_store.put(AB, b"2")
    assert list(beside.refs(Ref())) == []
    assert list(inside.refs(Ref())) == [Ref("b")]
    assert inside.get(Ref("b")) == b"2"


def test_keys_that_no_ref_names_are_not_listed(s3_store: S3) -> None:
    client = s3_store._client(1)
    for key in ("folder/", "a//b", "..", "x/../y", "/", "b", "C.v", "d/.v"):
        with suppress(ClientError):  # MinIO refuses some
            client.put_object(Bucket=s3_store.bucket, Key=f"{s3_store.prefix}/{key}", Body=b"")
    assert client.list_objects_v2(Bucket=s3_store.bucket, Prefix=f"{s3_store.prefix}/")["KeyCount"] >= 3
    s3_store.put(A, b"1")
    assert list(s3_store.refs(Ref())) == [A]
