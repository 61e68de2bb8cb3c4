"""The pytest plugin: one test for each law. Imports nothing but pytest until a store is judged.

On the command line, for any subject that store-conform takes::

    pytest --store-subject package.module:factory

In a test file, in one line::

    test_mine = storage_conformance.test(factory)

A broken law fails with its sentence, its steps and its script; one that the subject is exempt from is skipped with the
reason; one that only should hold and does not is an expected failure. Options of `test` are those of
storage_conformance.judge: profile, seed, claims, without, step, patience, time_limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .report.result import Result

__all__ = ["test"]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("storage conformance")
    group.addoption(
        "--store-subject", metavar="SUBJECT", help="module:factory, file.py:factory or URL: a test for each law"
    )
    group.addoption("--store-profile", default="quick", choices=("quick", "full"), help="how much is tried")
    group.addoption("--store-seed", type=int, default=0, metavar="N", help="of what is random")
    group.addoption("--store-step", type=int, choices=(1, 2, 3, 4), metavar="N", help="1 (fast store) to 4 (slow)")
    group.addoption("--store-claim", action="append", default=[], metavar="NAME[=VALUE]", help="what the subject keeps")
    group.addoption("--store-without", action="append", default=[], metavar="NAME=REASON", help="what it does not keep")


def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    given = config.getoption("--store-subject")
    if given:
        from .masking import masked  # only where a store is judged

        items.extend(StoreSubject.from_parent(session, name=masked(given)).collect())


class StoreSubject(pytest.Collector):
    """What is judged; its items are the laws."""

    def collect(self) -> Iterable[pytest.Item]:
        from .claims import BadClaim, parse_claim, parse_without  # only where a store is judged
        from .subjects import BadSubject

        option = self.config.getoption
        try:
            claims = {
                name: value for text in option("--store-claim") or () for name, value in parse_claim(text).items()
            }
            without = {
                name: why for text in option("--store-without") or () for name, why in parse_without(text).items()
            }
            chosen = (option("--store-profile"), option("--store-seed"))
            more = {"claims": claims, "without": without, "step": option("--store-step")}
            checks, sweep = _prepared(option("--store-subject"), *chosen, **more)
        except (BadClaim, BadSubject) as error:
            raise pytest.UsageError(str(error)) from None
        self.config.add_cleanup(sweep)
        return [LawItem.from_parent(self, name=name, check=check) for name, check in checks]


class LawItem(pytest.Item):
    """One law as a test."""

    def __init__(self, *, check: Callable[[], Result], **more: Any) -> None:
        super().__init__(**more)
        self.check = check

    def runtest(self) -> None:
        _tell(self.check())

    def reportinfo(self) -> tuple[Any, None, str]:
        return self.path, None, f"{self.parent.name if self.parent else ''}: {self.name}"


def _prepared(
    given: Any, *args: Any, **options: Any
) -> tuple[list[tuple[str, Callable[[], Result]]], Callable[[], None]]:
    """The checks by name, and what cleans up after them."""
    from .bench import checks  # only where a store is judged
    from .judging import laws_for, prepare

    bench = prepare(given, *args, **options)
    return checks(bench, laws_for(bench)), bench.sweep


def _tell(result: Result) -> None:
    if result.verdict == "broken" and result.level == "should":
        pytest.xfail(f"it should: {result.why}")
    if result.verdict == "broken":
        steps = "\n".join(f"  {number}. {step}" for number, step in enumerate(result.counterexample, 1))
        equation = f"{result.equation}  [{result.source}]"
        pytest.fail("\n\n".join(filter(None, (result.why, steps, result.script, equation))), pytrace=False)
    if result.verdict != "holds":
        pytest.skip(f"{result.verdict}: {result.why}")


def test(given: Any, profile: str = "quick", seed: int = 0, **options: Any) -> Callable[..., None]:
    """A test function with a parameter for each law of the subject `given`: a factory, a Subject or what names one.

    The subject is opened when the test file is imported. Raises BadSubject and BadClaim. Source: ours.
    """
    checks, sweep = _prepared(given, profile, seed, **options)

    @pytest.mark.parametrize("check", [pytest.param(check, id=name) for name, check in checks])
    def test_store(check: Callable[[], Result]) -> None:
        try:
            _tell(check())
        finally:
            sweep()

    return test_store


test.__test__ = False  # type: ignore[attr-defined]  # it makes tests, and is none, wherever it is imported
