"""The laws of the wire: of whom they are asked, and of whom not; their outlaws are tried with all the others."""

from collections.abc import Iterator
from typing import Any

import pytest

from storage_combinators.edges.http_server import serve
from storage_combinators.leaves.http import Http
from storage_combinators.leaves.memory import Memory
from storage_conformance import LAWS, judge
from storage_conformance.outlaws.on_the_wire import KeepsToTheWire, LeavesBodiesUnread, Server, started

WIRE = [law for law in LAWS if law.kind == "wire"]


def verdicts(given: Any, **options: Any) -> dict[str, str]:
    names = {law.name for law in WIRE}
    report = judge(given, laws=WIRE, step=4, **options)
    return {result.law: f"{result.verdict} {result.why}".strip() for result in report.laws if result.law in names}


@pytest.fixture(scope="module")
def ours() -> Iterator[str]:
    with serve(Memory()) as url:
        yield url


def test_our_server_keeps_to_the_wire(ours: str) -> None:
    assert set(verdicts(ours).values()) == {"holds"}


def test_a_path_in_the_address_is_a_base() -> None:
    assert set(verdicts(f"{started(Server)()}some/path").values()) == {"holds"}


def test_a_listing_may_encode_more_than_it_must() -> None:
    class Cautious(Server):
        def spelt(self, name: str) -> str:
            return "".join(f"%{byte:02x}" for byte in name.encode())

    assert set(verdicts(started(Cautious)).values()) == {"holds"}


def test_a_factory_may_answer_the_address_of_a_server() -> None:
    assert set(verdicts(KeepsToTheWire).values()) == {"holds"}


def test_what_is_no_server_is_not_asked(ours: str) -> None:
    assert verdicts(Memory) == verdicts(lambda: Http(ours)) == verdicts("memory:") == {}


def test_what_a_server_does_not_claim_is_not_asked(ours: str) -> None:
    found = verdicts(ours, without={"swaps": "none", "lists": "none", "merges": "none"})
    asked = sorted(name for name, said in found.items() if said == "holds")
    assert asked == ["a_path_that_names_no_ref_is_refused", "a_request_whose_body_stops_short_changes_nothing"]
    assert all(said.startswith("exempt") for said in verdicts(ours, without={"writes": "read only"}).values())


def test_who_asks_plain_clients_for_more_is_not_judged_by_them() -> None:
    class Guarded(Server):
        def answered(self) -> None:
            if "httpx" in self.headers.get("User-Agent", ""):
                super().answered()
            else:
                self.say(401)

        do_GET = do_HEAD = do_PUT = do_PATCH = do_DELETE = answered

    found = verdicts(started(Guarded))
    assert len(found) == 7
    assert all("401" in said for said in found.values())


def test_who_hangs_up_after_what_it_refuses_is_in_step() -> None:
    class HangsUp(Server):
        def say(self, status: int, body: bytes = b"", **headers: str) -> None:
            self.close_connection = self.close_connection or status == 412  # and does not say so
            super().say(status, body, **headers)

    assert set(verdicts(started(HangsUp)).values()) == {"holds"}


def test_the_first_refusal_that_is_not_read_is_told() -> None:
    (said,) = [said for said in verdicts(LeavesBodiesUnread).values() if said != "holds"]
    assert said.startswith("broken after a PUT with 10 bytes, GET on that connection answers")


def test_our_server_says_nothing_of_who_hangs_up(capfd: pytest.CaptureFixture[str]) -> None:
    with serve(Memory()) as url:  # begun here, so that its log goes to what is read here
        verdicts(url)
    assert "Traceback" not in capfd.readouterr().err
