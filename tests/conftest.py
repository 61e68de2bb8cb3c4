"""Fixtures that tests of several folders share."""

from typing import Any

import pytest

from provision.kind import Server


@pytest.fixture
def s3_store(s3_place: Server) -> Any:
    """An S3 store on a prefix of its own, emptied afterwards, on the server of the run."""
    from storage_combinators.edges.open_store import open_store

    return open_store(s3_place.url)
