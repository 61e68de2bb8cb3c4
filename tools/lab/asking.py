"""Requests as a step makes them: the answer as one short line, whatever it is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from storage_combinators.leaves.s3_client import code, status

from .servers import BUCKET

__all__ = ["answer", "bits", "get", "keys", "put", "short"]


def answer(call: Callable[..., Any], **arguments: Any) -> str:
    """Status and code of one call of boto3's client: ``200``, ``412 PreconditionFailed``; else the failure's name."""
    try:
        return str(call(**arguments)["ResponseMetadata"]["HTTPStatusCode"])
    except ClientError as error:
        return f"{status(error)} {code(error)}"
    except BotoCoreError as error:
        return type(error).__name__


def put(client: Any, key: str, data: bytes, **more: Any) -> str:
    """The answer to a PUT."""
    return answer(client.put_object, Bucket=BUCKET, Key=key, Body=data, **more)


def get(client: Any, key: str, data: bytes, **more: Any) -> str:
    """The answer to a GET, and the body held against `data`: ``200 right``, ``200 cut at 1048576 of 4194304``."""
    try:
        said = client.get_object(Bucket=BUCKET, Key=key, **more)
        found, size = bytearray(), said["ContentLength"]
        number = said["ResponseMetadata"]["HTTPStatusCode"]
    except ClientError as error:
        return f"{status(error)} {code(error)}"
    except BotoCoreError as error:
        return type(error).__name__
    try:
        while piece := said["Body"].read(65536):
            found += piece
    except (BotoCoreError, HTTPError, OSError):
        return f"{number} cut at {len(found)} of {size}"
    if bytes(found) == data:
        return f"{number} right"
    return f"{number} WRONG ({sum(a != b for a, b in zip(found, data, strict=False))} bytes differ)"


def keys(client: Any, **more: Any) -> list[str]:
    """The keys that a listing shows, common prefixes among them."""
    said = client.list_objects_v2(Bucket=BUCKET, **more)
    prefixes = [entry["Prefix"] for entry in said.get("CommonPrefixes", [])]
    return sorted([entry["Key"] for entry in said.get("Contents", [])] + prefixes)


def bits(size: int, seed: str = "lab") -> bytes:
    """So many bytes that do not compress, the same each time for a seed."""
    return hashlib.shake_128(seed.encode()).digest(size)


def short(data: bytes) -> str:
    """The first bytes, to show."""
    return f"{data[:24].hex(' ')}{' ...' if len(data) > 24 else ''}"
