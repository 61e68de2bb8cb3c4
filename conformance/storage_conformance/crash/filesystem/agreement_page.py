"""The page about models and kernels: what is allowed, what was seen, what never was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..litmus import Litmus
from ..models import Model

__all__ = ["FINDINGS", "NOT_MODELLED", "forbidden", "page"]

HEAD = """# Crash models and real kernels

Written by `python -m storage_conformance.crash.filesystem.agreement benchmarks/results/crash_agreement.json
docs/crash-agreement.md`, not by hand; a test holds it to the models. Each litmus test (`litmus_cases.py`) ran on the
file system itself: its writes were recorded at the block level, with and without others that sync between two calls;
each crash state was mounted and read. A model has to allow whatever is seen; where it does not, the model is wrong, or
the kernel breaks its promise, which is a finding. That a model allows more is right where the documentation promises no
less, or where too few states were tried to see it: zeros on ext4 after a rename over a file need a disk that is slow
with the bytes, and are seen by `tests/crash/filesystem/test_known_facts.py`.

A folder's content is told as in the litmus tests: `f=a2` is "aa", `z` a byte zero, `?` garbage, `-` an empty folder; by
"after" is meant: once the last call had returned.

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
REUSED = "a freed block in use again before the commit: as documented, and not modelled but as garbage in new bytes"
NOT_MODELLED = dict.fromkeys(
    (
        ("ext4-writeback", "unlink, fsync of the folder"),
        ("ext4-writeback", "O_TRUNC and rewrite"),
        ("ext4-writeback", "O_TRUNC and rewrite with less"),
        ("ext4-writeback", "O_TRUNC and rewrite, fsync"),
    ),
    REUSED,
)
"""By model and test: what a kernel may do, and the model leaves out."""


def forbidden(litmus: Litmus, model: Model, seen: Mapping[str, Any]) -> set[str]:
    """What was seen of a test and the model does not allow; `seen` holds "ever" and "after"."""
    ever, after = litmus.allowed(model)
    return (set(seen["ever"]) - ever) | {f"{outcome}, after" for outcome in set(seen["after"]) & ever - after}


def page(told: Mapping[str, Any], tests: Sequence[Litmus], models: Mapping[str, Model]) -> str:
    """The page in Markdown; `told` is what `agreement.py` measured, by file system."""
    rows = (_summary(name, setting, tests, models[setting["model"]]) for name, setting in told.items())
    parts = (_section(name, setting, tests, models[setting["model"]]) for name, setting in told.items())
    return HEAD + "".join(rows) + "".join(parts)


def _summary(name: str, setting: Mapping[str, Any], tests: Sequence[Litmus], model: Model) -> str:
    found = [(litmus, setting["tests"][litmus.name]) for litmus in tests]
    allowed = sum(len(litmus.allowed(model)[0]) for litmus, _ in found)
    met = sum(len(litmus.allowed(model)[0] & set(seen["ever"])) for litmus, seen in found)
    strange = sum(len(forbidden(litmus, model, seen)) for litmus, seen in found)
    states = sum(seen["states"] for _, seen in found)
    cells = [name, setting["kernel"], setting["date"], f"`{model.name}`", len(found), states, allowed, met]
    return _line([*cells, allowed - met, strange])


def _section(name: str, setting: Mapping[str, Any], tests: Sequence[Litmus], model: Model) -> str:
    rows = (_row(litmus, model, setting["tests"][litmus.name]) for litmus in tests)
    return SECTION.format(name=name, model=model.name) + "".join(rows)


def _row(litmus: Litmus, model: Model, seen: Mapping[str, Any]) -> str:
    ever, after = litmus.allowed(model)
    met, late = ever & set(seen["ever"]), after & set(seen["after"])
    strange = _told(forbidden(litmus, model, seen))
    why = {**NOT_MODELLED, **FINDINGS}.get((model.name, litmus.name), "") if strange else ""
    told = _told(met) if after == ever else f"{_told(met)}; after: {_told(late)}"
    cells = [litmus.name, f"`{litmus.before}`", f"`{litmus.calls}`", told, _told(ever - met)]
    return _line([*cells, f"{strange} {why}".strip()])


def _told(outcomes: set[str]) -> str:
    return ", ".join(f"`{outcome}`" for outcome in sorted(outcomes))


def _line(cells: Iterable[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |\n"
