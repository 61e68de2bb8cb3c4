"""S3: conditional requests are tried out, and what swap makes of the answers."""

from hashlib import md5
from typing import Any

import pytest
from botocore.exceptions import ClientError

from leaves.s3_helpers import AB, A, requests, warm
from provision.kind import Server
from storage_combinators import MISSING, Conflict, Ref, Refused, look
from storage_combinators.leaves.s3 import S3
from storage_combinators.leaves.s3_conditions import honours


def test_the_server_is_tried_once_for_each_form_and_nothing_is_left(s3_store: S3) -> None:
    with requests(s3_store) as sent:
        s3_store.swap(A, MISSING, b"1")
        s3_store.swap(A, b"1", b"2")
    assert len([each for each in sent if each == "DeleteObject"]) == 2
    assert list(s3_store.refs(Ref())) == [A]
    with requests(s3_store) as sent:
        s3_store.swap(A, b"2", b"3")
    assert sent == ["PutObject"]


def test_what_a_server_keeps_to_is_claimed(s3_server: Server, s3_store: S3) -> None:
    assert s3_store.claims["swaps"] in (["all"] if "moto" in s3_server.what else ["write", "all"])
    assert s3_store.claims["max_key"] == (1024 - len(f"{s3_store.prefix}/.v")) * 136 // 139 // 3


def deaf(client: Any, to: str) -> None:
    """Make the server ignore a condition of an operation, by taking it out of what is sent."""
    operation, header = to.split()

    def drop(request: Any, **_: Any) -> Any:
        if header in request.headers:
            del request.headers[header]

    client.meta.events.register(f"before-sign.s3.{operation}", drop)


@pytest.mark.parametrize(
    ("ignored", "swaps", "refused"),
    [
        ("PutObject If-None-Match", "no", "create"),
        ("PutObject If-Match", "create", "replace"),
        ("DeleteObject If-Match", "write", "remove"),
    ],
)
def test_a_server_that_ignores_a_condition_is_not_trusted(s3_store: S3, ignored: str, swaps: str, refused: str) -> None:
    for attempts in (1, 3):
        deaf(s3_store._client(attempts), ignored)
    s3_store.put(A, b"1")
    ref, old, new = {"create": (AB, MISSING, b"2"), "replace": (A, b"1", b"2"), "remove": (A, b"1", MISSING)}[refused]
    for _ in range(2):
        with pytest.raises(Refused, match=refused):
            s3_store.swap(ref, old, new)
        assert look(s3_store, ref) == old
    if refused != "create":  # a question is of the form that creates, and refused with it
        s3_store.swap(Ref("c"), MISSING, MISSING)
    assert s3_store.claims["swaps"] == swaps


class Answering:
    """A client whose writes answer statuses in turn."""

    def __init__(self, *statuses: int, clash: str = "ConditionalRequestConflict") -> None:
        self.statuses, self.clash = list(statuses), clash
        self.deleted = 0

    def put_object(self, **request: str) -> None:
        status = self.statuses.pop(0) if "IfMatch" in request or "IfNoneMatch" in request else 200
        if status != 200:
            code = {404: "NoSuchKey", 409: self.clash}.get(status, str(status))
            raise ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "PutObject")

    def delete_object(self, **request: str) -> None:
        self.deleted += 1


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [([404, 412], True), ([412, 412], True), ([200], False), ([404, 200], False), ([501], False), ([404, 409], True)],
)
def test_what_counts_as_keeping_to_a_replacement(statuses: list[int], verdict: bool) -> None:
    client = Answering(*statuses)
    assert honours(client, "bucket", "x/", "replace") is verdict
    assert client.deleted == 1


def test_not_every_409_is_a_condition_that_fails() -> None:
    client = Answering(409, clash="ObjectParentIsFile")
    with pytest.raises(ClientError, match="ObjectParentIsFile"):
        honours(client, "bucket", "x/", "create")


def test_a_failing_trial_is_a_failure_and_tried_again() -> None:
    client = Answering(500)
    with pytest.raises(ClientError):
        honours(client, "bucket", "x/", "create")
    assert client.deleted == 1


def test_a_value_whose_tag_is_no_digest_is_swapped_all_the_same(s3_store: S3) -> None:
    client, place = s3_store._client(1), {"Bucket": s3_store.bucket, "Key": f"{s3_store.prefix}/a.v"}
    upload = client.create_multipart_upload(**place)["UploadId"]
    part = client.upload_part(**place, UploadId=upload, PartNumber=1, Body=b"big")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": part}]}
    client.complete_multipart_upload(**place, UploadId=upload, MultipartUpload=parts)
    assert md5(b"big").hexdigest() != client.head_object(**place)["ETag"].strip('"')
    with requests(warm(s3_store)) as sent:
        s3_store.swap(A, b"big", b"small")
    assert sent == ["PutObject", "GetObject", "PutObject"]
    assert s3_store.get(A) == b"small"


@pytest.mark.parametrize("new", [b"2", MISSING])
def test_a_swap_of_what_is_gone_is_a_conflict_and_not_missing(s3_store: S3, new: Any) -> None:
    with pytest.raises(Conflict if new is not MISSING or s3_store.claims["swaps"] == "all" else Refused):
        s3_store.swap(A, b"1", new)
    assert look(s3_store, A) is MISSING


def test_values_are_bytes(s3_store: Any) -> None:
    s3_store.put(A, memoryview(b"12")[:1])
    s3_store.swap(A, bytearray(b"1"), bytearray(b""))
    assert s3_store.get(A) == b""
    for value in ("text", 1, None, MISSING):
        with pytest.raises(TypeError):
            s3_store.put(A, value)
    with pytest.raises(TypeError):
        s3_store.swap(A, "", b"3")
    with pytest.raises(TypeError, match="is no Ref"):
        s3_store.put("a", b"3")
