"""The tree and its twin in memory: one random sequence of calls, and the suite on both."""

from __future__ import annotations

from os import environ
from random import Random
from typing import Any

from serving import api
from stage import Stage, holds, watched
from tree import backup_of, judged, judged_twin, tree

from storage_combinators import MISSING, Conflict, Missing, Ref, Refused, Store, twin
from storage_conformance import Report, judge
from storage_conformance.report.terminal import show_report

STEPS = 300  # of the random sequence
REFS = [Ref.parse(text) for text in ("zones", "zones/a", "zones/a/b", "b", "api/c", "api/c/d", "api")]
VALUES: list[Any] = [None, 0, "", ["x"], {"zone": "Europe/Berlin", "countries": ["DE", "DK"]}]
VERBS = ("get", "get", "put", "put", "merge", "delete", "swap", "refs")


def alike(stage: Stage) -> str:
    """The tree and its twin answer one random sequence alike."""
    rng = Random(stage.seed)
    with api({}) as server:
        real = tree(stage.fresh("alike"), server.url, stage.bucket)
        small, told = twin(real), list[str]()
        for number in range(STEPS):
            verb, *args = call(rng)
            one, other = answer(real, verb, args), answer(small, verb, args)
            told.append(str(one)[:7])
            holds(one == other, "the twin answers as the tree does", f"step {number}: {verb} {args}: {one}, {other}")
    backup_of(real).waiting.clear()  # it is not for S3
    missing, conflicts = told.count("Missing"), told.count("Conflic")
    stage.facts.update({"steps": STEPS, "seed": stage.seed})
    return f"{STEPS} calls, seed {stage.seed}, equal answers, {missing} of them Missing, {conflicts} Conflict"


def call(rng: Random) -> list[Any]:
    """A random verb and its arguments."""
    verb, ref = rng.choice(VERBS), rng.choice(REFS)
    held = [*VALUES, MISSING]
    more = {"put": [rng.choice(VALUES)], "merge": [rng.choice(VALUES)], "refs": [rng.choice((None, 0, 1))]}
    return [verb, ref, *more.get(verb, [rng.choice(held), rng.choice(held)] if verb == "swap" else [])]


def answer(store: Store[Any], verb: str, args: list[Any]) -> Any:
    """What the store says: a value, a sorted listing, or the class of an exception that is an answer."""
    try:
        found = getattr(store, verb)(*args)
        return sorted(found) if verb == "refs" else found
    except (Missing, Conflict, Refused) as said:
        return type(said).__name__


def suite(stage: Stage) -> str:
    """The suite on the tree and on its twin: both conform, and the reports agree."""
    with api({}) as server:
        environ.update(DEMO_API=server.url, DEMO_BUCKET=stage.bucket)
        one = watched(stage, "the tree", lambda watch: judge(judged, seed=stage.seed, step=stage.step, watch=watch))
    other = watched(stage, "its twin", lambda watch: judge(judged_twin, seed=stage.seed, step=stage.step, watch=watch))
    show_report(one, stage.console)
    stage.facts.update({"report": one, "twin": other})
    holds(one.verdict == "conforms", "the tree conforms", one.verdict)
    holds(other.verdict == "conforms", "its twin conforms", other.verdict)
    pairs = [(mine, its) for mine in one.laws for its in other.laws if mine.law == its.law]
    both = [(mine, its) for mine, its in pairs if "exempt" not in (mine.verdict, its.verdict)]
    holds(all(mine.verdict == its.verdict for mine, its in both), "the two reports agree law by law")
    alone = [mine.law for mine, its in pairs if mine.verdict != its.verdict and "exempt" in (mine.verdict, its.verdict)]
    stage.facts.update({"both": len(both), "alone": alone})
    stage.console.print(
        f"Its twin in memory conforms too: {len(both)} laws were held against both, with equal verdicts;"
    )
    stage.console.print(f"only one of the two can be asked about {', '.join(alone).replace('_', ' ') or 'none'}.")
    return f"{count(one)} hold for the tree, {count(other)} for its twin; {len(both)} judged on both, and equal"


def count(report: Report) -> int:
    """How many laws hold."""
    return sum(result.verdict == "holds" for result in report.laws)
