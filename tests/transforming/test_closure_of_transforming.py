"""Each combinator over a store that conforms still conforms, and gives up no claim that it does not say."""

from collections.abc import Callable
from typing import Any

import pytest

from storage_conformance import judge
from transforming.made import GIVES_UP, MADE, held

LACKING = {"survives", "shared", "types", ""}  # what memory does not claim, and what needs one store below


def subject(name: str) -> Callable[[], Any]:
    def made() -> Any:
        return MADE[name](held())

    made.__qualname__ = name
    made.claims = {"copies": True, "max_value": 2**18}  # type: ignore[attr-defined]  # a factory may say so
    return made


@pytest.mark.parametrize("name", MADE)
def test_what_conforms_still_does(name: str) -> None:
    report = judge(subject(name), step=4)
    assert report.verdict == "conforms", [
        (each.law, each.verdict, each.why) for each in report.laws if each.verdict in ("broken", "not run")
    ]
    exempt = {each.claim for each in report.laws if each.verdict == "exempt"} - LACKING
    assert exempt == GIVES_UP.get(name, set())
