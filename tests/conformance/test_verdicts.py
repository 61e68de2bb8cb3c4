"""What a verdict says: its level, the class of the bug, the claims of a tree; and what comes before the first law."""

import os
from collections.abc import Iterator
from pathlib import Path
from signal import SIGINT
from time import sleep
from typing import Any, ClassVar

import pytest

from compositions import asynchronous_writer, cached_files, home, storage_stack, write_back
from storage_combinators import Bounded, Bytes, Cache, Disk, Locked, Logging, Memory, Relative
from storage_combinators.edges.mapping import as_mapping
from storage_combinators.ref import Ref
from storage_combinators.store import Depth
from storage_conformance import LAWS, BadSubject, judge
from storage_conformance.content import NEARLY, SIZES, groups, nearly, noise, twins
from storage_conformance.laws import durability, mapping_durability
from storage_conformance.names import families
from storage_conformance.outlaws import OUTLAWS
from storage_conformance.verbs import show

FEW = {"step": 4}
OUTLAW = {each.name: each for each in OUTLAWS}


def laws(*names: str) -> list[Any]:
    return [law for law in LAWS if law.name in names]


def cached(directory: Path) -> Any:
    return Cache(Memory(), Disk(directory))


def locked(directory: Path) -> Any:
    return Locked(cached(directory))


def deep(directory: Path) -> Any:
    return Logging(Relative(locked(directory), Ref("under")), id)


def view() -> Any:
    return as_mapping(Memory())


@pytest.mark.parametrize(
    ("factory", "given_up"),
    [
        (Memory, {"copies", "types"}),
        (lambda: Bytes(Memory()), {"copies", "types"}),
        (cached, {"copies", "types", "shared", "threads"}),
        (locked, {"copies", "types", "shared"}),
        (deep, {"copies", "types", "shared"}),
        (view, {"copies", "types", "merges", "swaps"}),
        (home, set()),
    ],
    ids=["leaf", "guarded leaf", "cache", "locked cache", "deep", "mapping", "relative"],
)
def test_what_a_part_gives_up_the_tree_gives_up(factory: Any, given_up: set[str]) -> None:
    claims = judge(factory, laws=[], **FEW).claims
    told = {name for name in ("copies", "types", "shared", "threads", "merges", "lists", "keeps") if not claims[name]}
    told |= {"swaps"} if claims["swaps"] == "no" else set()
    alone = (
        {"shared"} if factory in (Memory, view) or "lambda" in factory.__name__ else set()
    )  # one handle, no directory
    assert told == given_up | alone
    assert set(claims["without"]) >= given_up - {"merges", "swaps"}


def test_what_only_a_part_gave_up_is_never_called_too_modest() -> None:
    report = judge(cached, laws=laws("what_is_no_value_is_a_TypeError", "what_is_no_ref_is_a_TypeError"), **FEW)
    assert report.verdict == "conforms", report.broken  # though it keeps `types`, as Disk does


@pytest.mark.parametrize("factory", [storage_stack, write_back, cached_files, locked])
def test_the_compositions_of_the_paper_conform_without_options(factory: Any) -> None:
    few = [law for law in LAWS if law.kind == "store" and law.claim != "threads" and law.level != "kill"]
    report = judge(factory, laws=few, **FEW)
    assert report.verdict == "conforms", [(each.law, each.why) for each in report.broken]


def evicting(directory: Path) -> Any:
    return Bounded(Disk(directory), 100)


def test_who_evicts_is_not_asked_for_many_refs() -> None:
    report = judge(evicting, laws=laws("many_refs_are_there_after_reopening"), **FEW)
    assert report.laws[0].verdict == "exempt"


class SlowClock:
    """Each look at it is `seconds` later than the one before."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.now = seconds, 0.0

    def monotonic(self) -> float:
        self.now += self.seconds
        return self.now


@pytest.mark.parametrize("seconds", [0.0, 9.0, 30.0])
def test_a_slow_store_is_asked_for_what_was_written_in_time(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (durability, mapping_durability):
        monkeypatch.setattr(module, "time", SlowClock(seconds))
    durability.keeps_the_first(Memory(), Ref(), 130, b"x")
    mapping_durability.keeps_the_first_key({}, 130)
    store, refs, mapping, keys = Memory(), list[int](), dict[str, bytes](), list[int]()
    durability.puts_many(store, Ref(), str, 130, refs)
    durability.has_many(store, Ref(), str, len(refs), lists=True)
    mapping_durability.sets_many(mapping, 130, keys)
    mapping_durability.has_many(mapping, len(keys))
    assert len(refs) == len(keys) == {0.0: 130, 9.0: 3, 30.0: 1}[seconds]


def test_values_are_those_that_every_part_takes() -> None:
    """A cache of JSON takes bytes at first, and fails when it writes them out."""
    assert judge(write_back, laws=[], **FEW).claims["values"] == "json"
    assert judge(asynchronous_writer, laws=[], **FEW).claims["values"] in ("bytes", "json")


def test_what_only_should_hold_breaks_no_verdict() -> None:
    report = judge(OUTLAW["IsAlwaysTrue"].factory, laws=laws("an_empty_mapping_is_false"), **FEW)
    assert [(each.level, each.verdict) for each in report.laws] == [("should", "broken")]
    assert (report.verdict, report.status()) == ("conforms", 0)
    assert report.as_dict()["laws"][0]["level"] == "should"


DIAGNOSES = {
    "FoldsCase": "keys are compared without case",
    "FoldsAccents": "Unicode NFC",
    "CutsNames": "keys are cut at",
    "UnquotesTwice": "keys are unquoted",
    "TrimsNames": "dots and blanks at the end of keys",
    "JoinsNames": "what stands for them is not escaped",
    "StripsKeys": "blanks at the ends of keys",
    "DeletesBelow": "deletes what is below",
    "DeletesByPutting": "what was deleted is still there",
    "OpensAsText": "line ends are translated",
    "CutsValues": "values are cut at 65535 bytes",
    "EndsAtNul": "a NUL ends a value",
    "ReplacesBytes": "what is no UTF-8 is replaced",
    "UnpacksWhatLooksPacked": "what looks packed is unpacked",
    "TakesEmptyForMissing": "an empty value counts as none",
    "LeavesTheTail": "not cut to the length of a shorter value",
    "KeepsTheBuffer": "(aliasing)",
    "SpellsTooLong": "too long for one file",
}


@pytest.mark.parametrize("name", DIAGNOSES)
def test_the_class_of_a_bug_is_named(name: str) -> None:
    report = judge(OUTLAW[name].factory, laws=laws(*OUTLAW[name].laws[-1:]), step=2)
    assert DIAGNOSES[name] in report.broken[0].why.partition("Diagnosis: ")[2]


class HidesWhatIsBelow(Memory):
    """As servers do that walk folders: below a ref that has a value nothing is listed."""

    def refs(self, base: Ref, depth: Depth = None, /) -> Iterator[Ref]:
        every = set(super().refs(base, depth))
        return (ref for ref in every if not any(ref[:n] in every for n in range(len(base) + 1, len(ref))))


def test_a_listing_that_lacks_names_for_another_reason_has_no_diagnosis() -> None:
    (broken,) = judge(HidesWhatIsBelow, laws=laws("refs_that_look_alike_are_listed_apart"), **FEW).broken
    assert "Diagnosis" not in broken.why


def test_a_store_that_is_right_has_no_diagnosis() -> None:
    assert not any("Diagnosis" in each.why for each in judge(Memory, laws=LAWS[:6], **FEW).laws)


class LosesTheSeventh(Memory):
    """Each seventh put is answered and forgotten; names have no part in it."""

    puts = 0

    def put(self, ref: Ref, value: Any, /) -> None:
        type(self).puts += 1
        if self.puts % 7:
            super().put(ref, value)


def test_what_no_name_has_a_part_in_is_put_on_no_name() -> None:
    (broken,) = judge(LosesTheSeventh, laws=laws("a_long_history_answers_as_a_dictionary_does"), **FEW).broken
    assert not any(habit in broken.why for habit in ("key", "name", "separator")), broken.why


class TakesAnything(Memory):
    claims: ClassVar[dict[str, object]] = {"types": True, "copies": True}
    without: ClassVar[dict[str, str]] = {}


def test_refs_that_are_not_looked_at_are_told_as_such() -> None:
    (broken,) = judge(TakesAnything, laws=laws("what_is_no_ref_is_a_TypeError"), **FEW).broken
    assert "Diagnosis: refs or keys are not looked at" in broken.why


def never_opens() -> Any:
    while True:
        sleep(0.01)


def hears_an_interrupt() -> Any:
    os.kill(os.getpid(), SIGINT)
    return never_opens()


def test_a_factory_that_never_returns_is_told_in_one_line() -> None:
    with pytest.raises(BadSubject, match=r"cannot be judged: opening it did not end within 0\.3 s"):
        judge(never_opens, patience=0.3, **FEW)


@pytest.mark.parametrize(
    ("factory", "limit", "why"),
    [(never_opens, 0.2, "the time limit came first"), (hears_an_interrupt, 60.0, "interrupted")],
)
def test_what_ends_before_the_first_law_leaves_a_report(factory: Any, limit: float, why: str) -> None:
    report = judge(factory, time_limit=limit, **FEW)
    assert (report.verdict, report.status()) == ("incomplete", 2)
    assert [(each.verdict, each.why) for each in report.laws] == [("not run", why)]


def test_names_in_a_family_differ_and_are_allowed() -> None:
    for keys in ("any", "path"):
        for family in families(keys, 1024):
            texts = [str(each) for each in family.refs]
            assert len(set(texts)) == len(texts) > 1, family.differ
            assert all(len(text.encode("utf-8", "surrogatepass")) <= 1024 for text in texts), family.differ


def test_sizes_are_round_every_power_of_two_and_over_a_part() -> None:
    near = {2**power + more for power in range(1, 23) for more in (-1, 0, 1)}
    assert near | {5 * 2**20 - 1, 5 * 2**20, 5 * 2**20 + 1} <= set(SIZES)
    tried = {len(value) for group in groups("bytes", 8 * 2**20) for value in group.values}
    assert near <= tried
    assert not {size for size in tried if size > 4096} & {len(v) for g in groups("bytes", 4096) for v in g.values}


LONG = (noise(4097), b"x" * 5000, b"y" + b"x" * 4999, b"x" * 4999 + b"y", b"\0" * 300, NEARLY[0][1])


@pytest.mark.parametrize("value", LONG)
def test_a_long_value_is_written_short_and_means_the_same(value: bytes) -> None:
    assert len(show(value)) < 80
    assert eval(show(value), {"random": __import__("random")}) == value


@pytest.mark.parametrize("held", ["bytes", "json", "text"])
def test_every_value_that_is_tried_can_be_read_from_a_script(held: str) -> None:
    tried = [value for group in groups(held, 2**16) for value in group.values]
    for value in (*tried, *(one for pair in (*twins(held, 8 * 2**20), *NEARLY) for one in pair)):
        assert eval(show(value), {"random": __import__("random")}) == value


def test_twins_are_two() -> None:
    pairs = [pair for held in ("bytes", "json", "text") for pair in twins(held, 8 * 2**20)]
    assert all(show(one) != show(other) for one, other in [*pairs, *NEARLY])
    assert {len(value) for pair in (*twins("bytes", 4096), *nearly("bytes", 4096)) for value in pair} <= {*range(4097)}
