"""How much is tried: the step is chosen by what a call costs, and no call is made that proves nothing."""

from collections import Counter
from collections.abc import Iterator

import pytest

from storage_combinators import Memory
from storage_combinators.ref import Ref
from storage_combinators.store import Depth
from storage_conformance import LAWS, judge, profiles
from storage_conformance.profiles import step_of
from storage_conformance.subjects import Subject, subject

TELLS = [law for law in LAWS if law.name in ("get_answers_what_was_put", "swap_creates", "delete_removes")]


class Timed(Memory[bytes]):
    """A store on a clock of its own, which goes on by `call` seconds with each call, by `opening` when it is made."""

    now = 0.0
    call = opening = 0.0

    def __init__(self) -> None:
        super().__init__()
        Timed.now += self.opening

    def put(self, ref: Ref, value: bytes, /) -> None:
        Timed.now += self.call
        super().put(ref, value)

    def get(self, ref: Ref, /) -> bytes:
        Timed.now += self.call
        return super().get(ref)

    def delete(self, ref: Ref, /) -> None:
        Timed.now += self.call
        super().delete(ref)


@pytest.mark.parametrize(
    ("call", "opening", "step"),
    [
        (10e-6, 100e-6, 1),
        (100e-6, 0, 2),
        (10e-6, 1e-3, 2),  # it is opened less often than called
        (0.5e-3, 0, 3),
        (10e-6, 10e-3, 3),
        (2e-3, 0, 4),
        (10e-6, 20e-3, 4),
    ],
)
def test_the_slower_a_call_or_an_opening_the_fewer_trials(
    call: float, opening: float, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Timed, "call", call)
    monkeypatch.setattr(Timed, "opening", opening)
    monkeypatch.setattr(profiles, "perf_counter", lambda: Timed.now)
    assert step_of(subject(Timed), b"x") == step


class Counted(Memory[bytes]):
    """A place that all share, and how often each verb was called."""

    def __init__(self, calls: Counter[str]) -> None:
        super().__init__()
        self.calls = calls

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        self.calls["refs"] += 1
        return super().refs(base, depth)

    def put(self, ref: Ref, value: bytes, /) -> None:
        self.calls["put"] += 1
        super().put(ref, value)


def test_what_a_trial_wrote_is_removed_without_a_listing_and_what_it_finds_is_not_listed_again() -> None:
    store = Counted(Counter())
    store.put(Ref("mine"), b"1")
    report = judge(Subject("counted", lambda: store, (), url=True), step=3, laws=TELLS)
    assert [each.verdict for each in report.laws[: len(TELLS)]] == ["holds"] * len(TELLS)
    assert store.calls["put"] > 50
    assert store.calls["refs"] < 20  # of probes, and of the sweep at the end
    assert [*store.refs(Ref())] == [Ref("mine")]


def test_what_a_store_keeps_against_its_word_is_swept_away_at_the_end() -> None:
    class Keeps(Memory[bytes]):
        """Does not delete a ref when told to for the first time."""

        def delete(self, ref: Ref, /) -> None:
            if ref in told:
                super().delete(ref)
            told.add(ref)

    told, store = set[Ref](), Keeps()
    report = judge(Subject("keeps", lambda: store, (), url=True), step=4, laws=TELLS)
    assert "delete_removes" in [each.law for each in report.broken]
    assert [*store.refs(Ref())] == []
