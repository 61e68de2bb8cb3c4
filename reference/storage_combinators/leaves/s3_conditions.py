"""Conditional requests. Some servers accept a condition and answer 200, so it is tried out, never trusted. Ours."""

import os
from collections.abc import Mapping
from typing import Literal, TypeAlias

from botocore.exceptions import ClientError

from ..store import MISSING, Gone, Refused
from .s3_client import Client, is_conflict, status

__all__ = ["Form", "attempt", "demand", "honours"]

Form: TypeAlias = Literal["create", "replace", "remove"]
_OTHER = '"00000000000000000000000000000000"'  # the ETag of nothing


def attempt(client: Client, request: Mapping[str, str], data: bytes | Gone) -> bool:
    """Send one conditional request that writes or removes; False if the server answers that the condition fails."""
    try:
        client.delete_object(**request) if data is MISSING else client.put_object(**request, Body=data)
    except ClientError as error:
        if is_conflict(error):
            return False
        raise
    return True


def demand(honoured: bool, form: Form) -> None:
    """Refused where the server does not honour `form`; a claim of less than that form has no exception."""
    if not honoured:
        raise Refused(f"this server does not keep to the condition of a swap that would {form}")


def honours(client: Client, bucket: str, folder: str, form: Form) -> bool:
    """Does the server refuse a swap of `form` whose condition does not hold? Tried on an object made for it.

    `folder` ends in a slash or is empty. The object is gone afterwards; a listing may see it meanwhile, since there
    is no key that every server takes and no ref names. What a server does when two writers race cannot be tried so.
    """
    place = {"Bucket": bucket, "Key": f"{folder}.probe-{os.urandom(16).hex()}"}
    try:
        return _refuses(client, place, form)
    finally:
        client.delete_object(**place)


def _refuses(client: Client, place: dict[str, str], form: Form) -> bool:
    if form == "create":
        client.put_object(**place, Body=b"1")
        return _refused(client, {**place, "IfNoneMatch": "*"}, b"2")
    data = MISSING if form == "remove" else b"2"
    if not _refused(client, {**place, "IfMatch": _OTHER}, data):  # where nothing is
        return False
    client.put_object(**place, Body=b"1")
    return _refused(client, {**place, "IfMatch": _OTHER}, data)


def _refused(client: Client, request: Mapping[str, str], data: bytes | Gone) -> bool:
    try:
        return not attempt(client, request, data)
    except ClientError as error:
        if status(error) == 501:  # it says that it does not know the condition
            return False
        raise
