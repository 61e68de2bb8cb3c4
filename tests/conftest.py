"""Fixtures that tests of several folders share, and which servers they use."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from servers import Server, s3, s3_name


def pytest_report_header() -> str:
    return f"S3: {s3_name()}"


@pytest.fixture(scope="session")
def s3_server() -> Iterator[Server]:
    """One server for each worker."""
    with s3() as server:
        yield server


@pytest.fixture
def s3_store(s3_server: Server) -> Iterator[Any]:
    """An S3 store on a prefix of its own, emptied afterwards."""
    from storage_combinators.edges.open_store import open_store

    whole = open_store(s3_server.url)
    prefix = "/".join(filter(None, [whole.prefix, f"test-{uuid4().hex}"]))
    yield replace(whole, prefix=prefix)
    client, place = whole._client(1), {"Bucket": whole.bucket}
    for page in client.get_paginator("list_objects_v2").paginate(**place, Prefix=f"{prefix}/"):
        if found := [{"Key": entry["Key"]} for entry in page.get("Contents", [])]:
            client.delete_objects(**place, Delete={"Objects": found, "Quiet": True})
