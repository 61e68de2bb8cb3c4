"""What S3 needs of boto3: clients, listing by pages, and what an error of the server means. Ours."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import boto3.session
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import create_loader

from .folders import SUFFIX

__all__ = ["Client", "body", "code", "connect", "is_conflict", "keys", "status"]

_DESCRIPTIONS = create_loader()  # of the service: to read them anew takes ten times as long as all else of a client

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
        connect_timeout=timeout,  # both in seconds of silence
        read_timeout=timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        s3={"addressing_style": "path" if endpoint else "auto"},
    )
    core = botocore.session.get_session()
    core.register_component("data_loader", _DESCRIPTIONS)
    # Dates are left as text: nobody reads them, and a head that was cut may end within one.
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=str)
    session = boto3.session.Session(key, secret, region_name=region, botocore_session=core)
    client = session.client("s3", endpoint_url=endpoint, config=config)
    client.meta.events.register("before-parse.s3", _demand_whole)
    client.meta.events.register_last("before-call.s3", _ask_nothing_first)
    return client


class CutShort(BotoCoreError):
    """The connection ended within an answer."""

    fmt = "the answer to {operation} was cut short"


def _demand_whole(response_dict: Client, operation_model: Client, **_: object) -> None:
    """Python takes the end of a connection for the end of a head, and botocore an empty body for an empty listing."""
    headers, body = response_dict["headers"], response_dict["body"]
    length = headers.get("content-length", "")
    whole = headers.get("transfer-encoding") == "chunked" or length.isdigit()
    whole |= operation_model.name == "HeadBucket"  # its status says all; versitygw gives no length
    if operation_model.name == "GetObject":
        whole &= headers.get("etag", "").endswith('"')  # its body is for read() to check
    elif operation_model.http["method"] != "HEAD" and length:
        whole &= str(len(body)) == length
    if response_dict["status_code"] == 200 and not whole:
        raise CutShort(operation=operation_model.name)


def _ask_nothing_first(params: Client, **_: object) -> None:
    """No ``Expect: 100-continue``: where a connection ends in the answer to it, botocore reads on for ever."""
    params["headers"].pop("Expect", None)


def body(answer: Client) -> bytes:
    """The body of an answer: as long as its head said, and with the checksum that is there."""
    try:
        data: bytes = answer["Body"].read()
    except ValueError as error:  # half of a checksum is none
        raise CutShort(operation="GetObject") from error
    return data


def keys(client: Client, bucket: str, folder: str, level: bool) -> Iterator[str]:
    """Every key that begins with `folder`, without suffix, or what is one name below: a request for 1,000 entries.

    A key and the folder of that name are two entries of a level, perhaps on two pages, but one name. The folder of
    a long name, which ends in a plus, is looked into for the rest of it.
    """
    shown: set[str] = set()
    options = {"Delimiter": "/"} if level else {}
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder, **options):
        every = (entry["Key"] for entry in page.get("Contents", []))
        found = {key.removesuffix(SUFFIX) for key in every if key.endswith(SUFFIX)}
        folders = {entry["Prefix"] for entry in page.get("CommonPrefixes", [])}
        found |= {each[:-1] for each in folders if not each.endswith("+/")}
        yield from found - shown
        shown |= found if level else set()
        for each in sorted(folders):
            if each.endswith("+/"):
                yield from keys(client, bucket, each, level)


def code(error: ClientError) -> str:
    """The server's word for the error, such as NoSuchKey."""
    return error.response.get("Error", {}).get("Code", "")


def status(error: ClientError) -> int:
    """The HTTP status of the error."""
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def is_conflict(error: ClientError) -> bool:
    """Does the answer to a conditional request say that the condition does not hold?

    404 where there is no object; a 409 of its own where two conditional requests met, one of which gives way.
    """
    return status(error) == 412 or code(error) in ("ConditionalRequestConflict", "NoSuchKey")
