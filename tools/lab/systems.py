"""Which labs there are, and their steps in the order of the reading."""

from __future__ import annotations

import importlib
from pathlib import Path

from .step import Step, steps_of

__all__ = ["ROOT", "Unknown", "steps_named", "systems"]

ROOT = Path(__file__).parents[2]
LABS = ROOT / "reading-notes" / "labs"


class Unknown(ValueError):
    """A system without a lab, or a step that it does not have; the text names those that there are."""


def systems() -> list[str]:
    """The systems that have steps."""
    return sorted(path.parent.name for path in LABS.glob("*/steps"))


def steps_named(system: str, names: list[str]) -> list[Step]:
    """The steps of `system` with these names, in their own order; without names, all."""
    if system not in systems():
        known = system in {path.name for path in (ROOT / "reading-notes" / "systems").glob("*/")}
        why = "has no lab yet, since no program of it runs here" if known else "is no system of the reading notes"
        raise Unknown(f"{system!r} {why}; SYSTEM is one of {', '.join(systems())}")
    steps = all_steps(system)
    if unknown := sorted(set(names) - {step.name for step in steps}):
        raise Unknown(f"{system} has no step {', '.join(unknown)}; STEP is one of {', '.join(s.name for s in steps)}")
    return [step for step in steps if not names or step.name in names]


def all_steps(system: str) -> list[Step]:
    """The modules of a lab's folder `steps` are read in the order that its ORDER says."""
    package = importlib.import_module(f"labs.{system}.steps")
    modules = [importlib.import_module(f"labs.{system}.steps.{name}") for name in package.ORDER]
    return [step for module in modules for step in steps_of(module)]
