"""The page about models and kernels: what is allowed, what was seen, what never was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from ..litmus import Litmus
from ..models import Model

__all__ = ["FINDINGS", "forbidden", "page"]

HEAD = """# Crash models and real kernels

Written by `python -m storage_conformance.crash.filesystem.agreement benchmarks/results/crash_agreement.json
docs/crash-agreement.md`, not by hand; a test holds it to the models. Each litmus test (`litmus_cases.py`) ran on the
file system itself: its writes were recorded at the block level, with and without others that sync between two calls;
each crash state was mounted and read. A model has to allow whatever is seen; where it does not, the model is wrong, or
the kernel breaks its promise, which is a finding. That a model allows more is right where the documentation promises no
less, or where too few states were tried to see it: zeros on ext4 after a rename over a file need a disk that is slow
with the bytes, and are seen by `tests/crash/filesystem/test_known_facts.py`.

A folder's content is told as in the litmus tests: `f=a2` is "aa", `z` a byte zero, `?` garbage, which may be any
byte that was seen, `-` an empty folder; by "after" is meant: once the last call had returned.

| file system | kernel | date | model | tests | states | outcomes allowed | seen | never seen | seen, not allowed |
|---|---|---|---|---|---|---|---|---|---|
"""
SECTION = """
## {name}: model `{model}`

| test | before | calls | allowed and seen | allowed, never seen | seen, not allowed |
|---|---|---|---|---|---|
"""
FINDINGS = {
    ("xfs", "overwrite, sync"): "[xfs: sync without a flush](findings/xfs-sync-without-flush.md)",
    ("btrfs", "and fsync of the new folder"): "[btrfs: two names](findings/btrfs-rename-two-names.md)",
}
"""By model and test: what a kernel does against its own documentation."""


def forbidden(litmus: Litmus, model: Model, seen: Mapping[str, Any]) -> set[str]:
    """What was seen of a test and the model does not allow; `seen` holds "ever" and "after"."""
    ever, after = litmus.allowed(model)
    strange = {outcome for outcome in seen["ever"] if not _allowed(outcome, ever)}
    late = {outcome for outcome in seen["after"] if not _allowed(outcome, after)} - strange
    return strange | {f"{outcome}, after" for outcome in late}


def _allowed(outcome: str, among: set[str]) -> set[str]:
    """The outcome itself if it is there; else those that it is, garbage being anything."""
    spread = _spread(outcome)
    like = {each for each in among if len(_spread(each)) == len(spread)}
    return {outcome} & among or {
        each for each in like if all(one in (byte, "?") for one, byte in zip(_spread(each), spread, strict=True))
    }


def _spread(outcome: str) -> str:
    """Each byte of the contents as its letter."""
    return re.sub(r"(\D)(\d+)", lambda run: run[1] * int(run[2]), outcome)


def page(told: Mapping[str, Any], tests: Sequence[Litmus], models: Mapping[str, Model]) -> str:
    """The page in Markdown; `told` is what `agreement.py` measured, by file system."""
    rows = (_summary(name, setting, tests, models[setting["model"]]) for name, setting in told.items())
    parts = (_section(name, setting, tests, models[setting["model"]]) for name, setting in told.items())
    return HEAD + "".join(rows) + "".join(parts)


def _summary(name: str, setting: Mapping[str, Any], tests: Sequence[Litmus], model: Model) -> str:
    found = [(litmus, setting["tests"][litmus.name]) for litmus in tests]
    allowed = sum(len(litmus.allowed(model)[0]) for litmus, _ in found)
    met = sum(len(_met(seen["ever"], litmus.allowed(model)[0])) for litmus, seen in found)
    strange = sum(len(forbidden(litmus, model, seen)) for litmus, seen in found)
    states = sum(seen["states"] for _, seen in found)
    cells = [name, setting["kernel"], setting["date"], f"`{model.name}`", len(found), states, allowed, met]
    return _line([*cells, allowed - met, strange])


def _section(name: str, setting: Mapping[str, Any], tests: Sequence[Litmus], model: Model) -> str:
    rows = (_row(litmus, model, setting["tests"][litmus.name]) for litmus in tests)
    return SECTION.format(name=name, model=model.name) + "".join(rows)


def _row(litmus: Litmus, model: Model, seen: Mapping[str, Any]) -> str:
    ever, after = litmus.allowed(model)
    met, late = _met(seen["ever"], ever), _met(seen["after"], after)
    strange = _told(forbidden(litmus, model, seen))
    why = FINDINGS.get((model.name, litmus.name), "") if strange else ""
    told = _told(met) if after == ever else f"{_told(met)}; after: {_told(late)}"
    cells = [litmus.name, f"`{litmus.before}`", f"`{litmus.calls}`", told, _told(ever - met)]
    return _line([*cells, f"{strange} {why}".strip()])


def _met(seen: Iterable[str], allowed: set[str]) -> set[str]:
    """What is allowed and was seen."""
    return set(chain.from_iterable(_allowed(outcome, allowed) for outcome in seen))


def _told(outcomes: set[str]) -> str:
    return ", ".join(f"`{outcome}`" for outcome in sorted(outcomes))


def _line(cells: Iterable[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |\n"
