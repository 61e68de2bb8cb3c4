"""The judge of combinators: ``judge_combinator("cache", Cache)``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...report.result import Report
from ...subjects import BadSubject, import_lines
from . import FAMILIES
from .rig import Combinator

__all__ = ["combinator", "judge_combinator"]


def combinator(family: str, make: Callable[..., Any], name: str = "", lines: tuple[str, ...] = ()) -> Combinator:
    """The constructor `make` as a subject of `family`; BadSubject when it cannot be called as one."""
    if family not in FAMILIES:
        raise BadSubject(f"there is no family {family!r}; there are {', '.join(FAMILIES)}")
    name = name or f"{make.__module__}:{make.__qualname__}"
    subject = Combinator(name, make, lines or import_lines(make), kind=family, family=FAMILIES[family])
    try:
        subject.place().close()
    except Exception as error:  # a foreign constructor may raise anything
        how = FAMILIES[family].signature
        raise BadSubject(f"{name} cannot be called as {how}: {type(error).__name__}: {error}") from error
    return subject


def judge_combinator(
    family: str, make: Callable[..., Any], profile: str = "quick", seed: int = 0, **options: Any
) -> Report:
    """Hold the laws of `family` against the constructor `make`, which is called as FAMILIES says; else as `judge`.

    ``judge_combinator("cache", Cache).verdict`` is "conforms" or "breaks". A class that says ``family = "cache"`` can
    be given to `judge`, and to store-conform, as it is. Raises BadSubject. Source: ours.
    """
    from ...judging import judge  # which knows this module: a subject may be a combinator

    return judge(combinator(family, make), profile, seed, **options)
