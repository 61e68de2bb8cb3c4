"""Fixtures that tests of several folders share."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from provision.kind import Server


@pytest.fixture
def s3_store(s3_place: Server) -> Any:
    """An S3 store on a prefix of its own, emptied afterwards, on the server of the run."""
    from storage_combinators.edges.open_store import open_store

    return open_store(s3_place.url)


@pytest.fixture(autouse=True)
def clients_end_where_that_is_expected(request: pytest.FixtureRequest) -> Iterator[None]:
    """Connections of a client without a close end when it is collected, which Python warns of: not in a later test."""
    expected = any("Unraisable" in text for mark in request.node.iter_markers("filterwarnings") for text in mark.args)
    if expected:
        gc.freeze()  # what is older than the test is not looked at below, which is much quicker
    yield
    if expected:
        gc.collect()
        gc.unfreeze()
