"""The page about models and kernels: what is allowed, what was seen, what never was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..litmus import Litmus
from ..models import Model

__all__ = ["forbidden", "page"]

HEAD = """# Crash models and real kernels

Written by `{command} benchmarks/results/crash_agreement.json docs/crash-agreement.md`, not by hand; a test holds it to
the models. Each litmus test (`litmus_cases.py`) ran on the file system itself: its writes were recorded at the block
level, with and without others that sync between two calls; each crash state was mounted and read. A model has to allow
whatever is seen. That it allows more is right where the documentation promises no less, or where too few states were
tried to see it.

Kernel {kernel}, {date}. A folder's content is told as in the litmus tests: `f=a2` is "aa", `z` a byte zero, `?` garbage,
`-` an empty folder; `(after)` is what may be found, or was found, once the last call had returned, where that differs.

| file system | model | tests | states | outcomes allowed | seen | never seen | seen, not allowed |
|---|---|---|---|---|---|---|---|
"""
SECTION = """
## {filesystem}, {options}: `{model}`

| test | before | calls | allowed and seen | allowed, never seen | seen, not allowed |
|---|---|---|---|---|---|
"""


def forbidden(litmus: Litmus, model: Model, seen: Mapping[str, Any]) -> set[str]:
    """What was seen of a test and the model does not allow; `seen` holds "ever" and "after"."""
    ever, after = litmus.allowed(model)
    return (set(seen["ever"]) - ever) | {f"{outcome} (after)" for outcome in set(seen["after"]) & ever - after}


def page(told: Mapping[str, Any], tests: Iterable[Litmus], models: Mapping[str, Model]) -> str:
    """The page in Markdown; `told` is what `agreement.py` measured."""
    tests, settings = list(tests), told["settings"]
    rows = "".join(_summary(setting, tests, models[setting["model"]]) for setting in settings)
    parts = "".join(_section(setting, tests, models[setting["model"]]) for setting in settings)
    return HEAD.format(**told) + rows + parts


def _summary(setting: Mapping[str, Any], tests: list[Litmus], model: Model) -> str:
    found = [(litmus, setting["tests"][litmus.name]) for litmus in tests]
    allowed = sum(len(litmus.allowed(model)[0]) for litmus, _ in found)
    met = sum(len(litmus.allowed(model)[0] & set(seen["ever"])) for litmus, seen in found)
    strange = sum(len(forbidden(litmus, model, seen)) for litmus, seen in found)
    name = f"{setting['filesystem']}, {setting['options'] or 'defaults'}"
    states = sum(seen["states"] for _, seen in found)
    return f"| {name} | `{model.name}` | {len(found)} | {states} | {allowed} | {met} | {allowed - met} | {strange} |\n"


def _section(setting: Mapping[str, Any], tests: list[Litmus], model: Model) -> str:
    head = SECTION.format(**{**setting, "options": setting["options"] or "defaults"})
    return head + "".join(_row(litmus, model, setting["tests"][litmus.name]) for litmus in tests)


def _row(litmus: Litmus, model: Model, seen: Mapping[str, Any]) -> str:
    ever, after = litmus.allowed(model)
    met = ever & set(seen["ever"])
    cells = [litmus.name, f"`{litmus.before}`", f"`{litmus.calls}`"]
    cells += [_told(met, after if after != ever else set()), _told(ever - met, set())]
    return f"| {' | '.join(cells)} | {_told(forbidden(litmus, model, seen), set())} |\n".replace("`|`", "`\\|`")


def _told(outcomes: set[str], after: set[str]) -> str:
    """Each outcome, those that are allowed after the last call marked."""
    return ", ".join(_cells(outcomes, after))


def _cells(outcomes: set[str], after: set[str]) -> Iterator[str]:
    for outcome in sorted(outcomes):
        yield f"`{outcome}`" + (" (after)" if outcome in after else "")
