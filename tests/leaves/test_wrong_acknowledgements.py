"""A server that says 200 to a condition and writes all the same: it is tried, found out, and the report says so."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from embedded import App, embedded_s3
from storage_combinators import MISSING, Ref, Refused
from storage_combinators.edges.open_store import open_store
from storage_conformance import judge
from storage_conformance.laws import LAWS

SWAPS = [law for law in LAWS if law.kind == "store" and (law.claim == "swaps" or law.unless[0] == "swaps")]
FORMS = {  # what the server ignores; what is left to claim, and a swap that is not
    "IF_NONE_MATCH IF_MATCH": ("no", (MISSING, b"2")),
    "IF_MATCH": ("create", (b"1", b"2")),
}


def deaf(headers: str) -> Callable[[App], App]:
    """An S3 that never sees these headers, answers 200, and overwrites or removes."""

    def without(app: App) -> App:
        def heard(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            for header in headers.split():
                environ.pop(f"HTTP_{header}", None)
            return app(environ, start_response)

        return heard

    return without


@pytest.fixture(params=FORMS)
def wrong(request: pytest.FixtureRequest) -> Iterator[tuple[str, str, tuple[Any, Any]]]:
    with embedded_s3(deaf(request.param)) as url:
        yield url, *FORMS[request.param]


def test_swap_is_refused_and_nothing_is_overwritten(wrong: tuple[str, str, tuple[Any, Any]]) -> None:
    url, claimed, (old, new) = wrong
    store = open_store(f"{url.replace('?', '/tried?')}")
    store.put(Ref("a"), b"1")
    with pytest.raises(Refused, match="does not keep to the condition"):
        store.swap(Ref("a"), old, new)
    assert store.get(Ref("a")) == b"1"
    assert store.claims["swaps"] == claimed


def test_the_report_exempts_it_and_says_why(wrong: tuple[str, str, tuple[Any, Any]]) -> None:
    url, claimed, _ = wrong
    report = judge(url.replace("?", "/judged?"), step=4, laws=SWAPS)
    assert {law.law: law.why for law in report.laws if law.verdict in ("broken", "not run")} == {}
    assert report.verdict == "conforms"
    assert report.claims["swaps"] == claimed
    why = {law.why for law in report.laws if law.verdict == "exempt"}
    assert why == {f"claims swaps={claimed} only"}
    held = {law.law for law in report.laws if law.verdict == "holds"}
    assert {"swap_refuses_what_it_cannot_do_in_one_step", "swaps"} <= held
    exempt = {law.law for law in report.laws if law.verdict == "exempt"}
    assert {"swap_replaces", "swap_removes"} <= exempt
    assert ("swap_creates_only_where_nothing_is" in exempt) is (claimed == "no")
