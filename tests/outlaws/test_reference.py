"""The reference's own combinators keep the laws of their families."""

from typing import Any

import pytest

from storage_combinators.caching.bounded import Bounded
from storage_combinators.caching.cache import Cache
from storage_combinators.caching.negative import Negative
from storage_combinators.caching.ttl import TimeToLive
from storage_combinators.caching.write_back import WriteBack
from storage_combinators.caching.write_through import WriteThrough
from storage_combinators.edges.draw import as_text
from storage_combinators.edges.draw_dot import as_dot
from storage_combinators.edges.rewrap import rewrap
from storage_combinators.guarding.create_only import CreateOnly
from storage_combinators.guarding.default import Default
from storage_combinators.guarding.delayed import Delayed
from storage_combinators.guarding.dry_run import DryRun
from storage_combinators.guarding.failing import Failing
from storage_combinators.guarding.limited import Limited
from storage_combinators.guarding.locked import Locked
from storage_combinators.guarding.quota import Quota
from storage_combinators.guarding.read_only import ReadOnly
from storage_combinators.guarding.required import Required
from storage_combinators.guarding.retry import Retry
from storage_combinators.guarding.small import Small
from storage_combinators.guarding.throttled import Throttled
from storage_combinators.guarding.timeout import Timeout
from storage_combinators.observing.copier import Copier
from storage_combinators.observing.counting import Counting
from storage_combinators.observing.history import History
from storage_combinators.observing.logging import Logging
from storage_combinators.observing.measuring import Measuring
from storage_combinators.observing.provenance import Provenance
from storage_combinators.observing.queue import Queue
from storage_combinators.routing.by_verb import ByVerb
from storage_combinators.routing.compare import Compare
from storage_combinators.routing.condition import Condition
from storage_combinators.routing.fail_over import FailOver
from storage_combinators.routing.fanout import Fanout
from storage_combinators.routing.levels import Levels
from storage_combinators.routing.migrate import Migrate
from storage_combinators.routing.mount import Mount
from storage_combinators.routing.overlay import Overlay
from storage_combinators.routing.replica import Replica
from storage_combinators.routing.sequential import Sequential
from storage_combinators.routing.shadow import Shadow
from storage_combinators.routing.shard import Shard
from storage_combinators.routing.size_split import SizeSplit
from storage_combinators.routing.switch import Switch
from storage_combinators.routing.template_router import TemplateRouter
from storage_combinators.routing.union import Union
from storage_combinators.transforming.cascading import CascadingDelete
from storage_combinators.transforming.checked import Checked
from storage_combinators.transforming.chunked import Chunked
from storage_combinators.transforming.compressed import Compressed
from storage_combinators.transforming.content_addressed import ContentAddressed
from storage_combinators.transforming.encrypted import Encrypted
from storage_combinators.transforming.escaped import Escaped
from storage_combinators.transforming.extension import Extension
from storage_combinators.transforming.hashed import Hashed
from storage_combinators.transforming.inventory import Inventory
from storage_combinators.transforming.merging import Merging
from storage_combinators.transforming.packed import Packed
from storage_combinators.transforming.pass_through import PassThrough
from storage_combinators.transforming.redirected import Redirected
from storage_combinators.transforming.relative import Relative
from storage_combinators.transforming.rename_table import RenameTable
from storage_combinators.transforming.serialized import Serialized
from storage_combinators.transforming.spread import Spread
from storage_conformance import BadSubject
from storage_conformance.laws.combinators import COMBINATOR_LAWS, FAMILIES
from storage_conformance.laws.combinators.judging import judge_combinator

OURS = [
    ("pass_through", PassThrough), ("relative", Relative), ("codec", Serialized), ("switch", Switch), ("mount", Mount),
    ("sequential", Sequential), ("cache", Cache), ("write_back", WriteBack), ("logging", Logging), ("copier", Copier),
    ("queue", Queue), ("merging", Merging), ("locked", Locked), ("cascading", CascadingDelete),
    ("redirect", Redirected), ("drawing", as_text), ("drawing", as_dot), ("rewrap", rewrap), ("read_only", ReadOnly),
    ("create_only", CreateOnly), ("required", Required), ("default", Default), ("small", Small), ("dry_run", DryRun),
    ("retry", Retry), ("delayed", Delayed), ("failing", Failing), ("limited", Limited), ("throttled", Throttled),
    ("timeout", Timeout),
    ("write_through", WriteThrough), ("cache", WriteThrough), ("negative", Negative), ("time_to_live", TimeToLive),
    ("bounded", Bounded), ("counting", Counting), ("measuring", Measuring), ("history", History),
    ("provenance", Provenance),
    ("fail_over", FailOver), ("by_verb", ByVerb), ("shadow", Shadow), ("compare", Compare), ("union", Union),
    ("condition", Condition), ("migrate", Migrate), ("overlay", Overlay), ("levels", Levels), ("fanout", Fanout),
    ("replica", Replica), ("shard", Shard),
    ("extension", Extension), ("rename_table", RenameTable), ("escaped", Escaped), ("hashed", Hashed),
    ("compressed", Compressed), ("checked", Checked), ("encrypted", Encrypted), ("chunked", Chunked),
    ("packed", Packed), ("content_addressed", ContentAddressed), ("quota", Quota), ("size_split", SizeSplit),
    ("template_router", TemplateRouter), ("spread", Spread), ("inventory", Inventory),
]  # fmt: skip  # one pair each


@pytest.mark.parametrize(("family", "make"), OURS, ids=[f"{family}-{make.__name__}" for family, make in OURS])
def test_ours_keeps_the_laws_of_its_family(family: str, make: Any) -> None:
    report = judge_combinator(family, make)
    assert report.verdict == "conforms", [(result.law, result.why, result.counterexample) for result in report.broken]
    assert [result.law for result in report.laws] == [law.name for law in COMBINATOR_LAWS if law.kind == family]


@pytest.mark.parametrize(
    ("family", "make"), [("pass_through", Locked), ("pass_through", Relative), ("cache", WriteBack)]
)
def test_what_is_of_another_family_is_judged_by_the_one_that_is_named(family: str, make: Any) -> None:
    if make is Relative:
        with pytest.raises(BadSubject, match="cannot be called as make"):
            judge_combinator(family, make)
    else:
        assert judge_combinator(family, make).verdict == ("conforms" if make is Locked else "breaks")


def test_every_family_is_shown_one_of_ours() -> None:
    assert {family for family, _ in OURS} == set(FAMILIES) == {law.kind for law in COMBINATOR_LAWS}


def test_a_family_that_there_is_not_is_named() -> None:
    with pytest.raises(BadSubject, match="no family 'cash'"):
        judge_combinator("cash", Cache)


def test_one_seed_is_one_report() -> None:
    class Forgets(Cache[Any]):
        def get(self, ref: Any, /) -> Any:
            return self.slow.get(ref)

    def laws() -> list[Any]:
        return [result.as_dict() for result in judge_combinator("cache", Forgets, seed=5).laws]

    assert laws() == laws()
