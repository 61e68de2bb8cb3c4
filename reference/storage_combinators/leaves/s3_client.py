"""What S3 needs of boto3: clients, listing by pages, and what an error of the server means. Ours."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import boto3.session
from botocore.config import Config
from botocore.exceptions import ClientError

__all__ = ["Client", "code", "connect", "is_conflict", "keys", "status"]

Client: TypeAlias = Any  # boto3 makes its classes when a program runs


def connect(
    endpoint: str | None,
    region: str | None,
    key: str | None,
    secret: str | None,
    attempts: int,
    timeout: float = 30.0,
) -> Client:
    """A client that sends each request at most `attempts` times; credentials not given come from the usual places.

    A session of its own, since making clients from boto3's default session is not safe for threads. A server at an
    endpoint has no DNS name for each bucket, so the bucket goes into the path.
    """
    config = Config(
        connect_timeout=timeout,
        read_timeout=timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        s3={"addressing_style": "path" if endpoint else "auto"},
    )
    session = boto3.session.Session(aws_access_key_id=key, aws_secret_access_key=secret, region_name=region)
    return session.client("s3", endpoint_url=endpoint, config=config)


def keys(client: Client, bucket: str, folder: str, level: bool) -> Iterator[str]:
    """Every key that begins with `folder`, or what is one name below: a request for each 1,000 entries.

    A key and the folder of that name are two entries of a level, perhaps on two pages, but one name.
    """
    shown: set[str] = set()
    options = {"Delimiter": "/"} if level else {}
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder, **options):
        found = {entry["Key"] for entry in page.get("Contents", [])}
        found |= {entry["Prefix"][:-1] for entry in page.get("CommonPrefixes", [])}
        yield from found - shown
        shown |= found if level else set()


def code(error: ClientError) -> str:
    """The server's word for the error, such as NoSuchKey."""
    return error.response.get("Error", {}).get("Code", "")


def status(error: ClientError) -> int:
    """The HTTP status of the error."""
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def is_conflict(error: ClientError) -> bool:
    """Does the answer to a conditional request say that the condition does not hold?

    404 where there is no object; 409 where two conditional requests met, one of which is told to give way.
    """
    return status(error) in (409, 412) or code(error) == "NoSuchKey"
