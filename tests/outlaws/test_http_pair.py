"""Http over a server of ours is a pass-through of what the server serves: the two are inverse."""

from collections.abc import Iterator
from typing import Any

import pytest

from storage_combinators.edges.http_server import serve
from storage_combinators.leaves.http import Http
from storage_combinators.transforming.pass_through import PassThrough
from storage_conformance import judge
from storage_conformance.laws.combinators.judging import combinator


class Behind(PassThrough[Any]):
    """What is served: a source that is changed for each trial, since to start a server takes long."""

    def now(self, source: Any) -> None:
        object.__setattr__(self, "source", source)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Behind, str]]:
    behind = Behind(None)  # type: ignore[arg-type]  # set before the first request
    with serve(behind) as url:
        yield behind, url


def test_http_over_a_server_is_what_is_served(served: tuple[Behind, str]) -> None:
    behind, url = served

    def through_http(source: Any) -> Any:
        behind.now(source)
        return Http(url)

    report = judge(combinator("pass_through", through_http), step=4)
    assert report.verdict == "conforms", [(result.law, result.why, result.counterexample) for result in report.broken]
    assert len(report.laws) == 5
