"""A law: a plain function of a Trial. Its name is a sentence, its docstring the equation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .trial import Trial

__all__ = ["Law", "collect", "law"]


@dataclass(frozen=True)
class Law:
    """One law and what it stands on.

    `claim` is what a subject must claim for the law to be held against it, "" for always; `level` the least value of
    that claim, where it has several. `needs` are further claims without which it cannot be asked. `source` is the
    paper's section, or "ours". `kind` is "store", "mapping", "wire" or a family of combinators; `group` the heading in
    reports. `calls`: how many calls of its own count in the exhaustive engine, if not those that it makes. `unless`:
    (claim, level) with which the law has no subject matter. `bound`: which of the Counts says how many trials it has
    at most. `strength`: "must", or "should" of what a good store does and the contract does not demand (RFC 2119).
    """

    check: Callable[[Trial], None]
    claim: str = ""
    level: str = ""
    needs: tuple[str, ...] = ("writes",)
    source: str = "ours"
    chapter: str = ""
    kind: str = "store"
    group: str = ""
    calls: int = 0
    unless: tuple[str, str] = ("", "")
    bound: str = "trials"
    strength: str = "must"

    @property
    def name(self) -> str:
        return self.check.__name__

    @property
    def equation(self) -> str:
        return cleandoc(self.check.__doc__ or "")

    def __call__(self, trial: Trial) -> None:
        self.check(trial)


def law(
    claim: str = "",
    *,
    level: str = "",
    needs: tuple[str, ...] = ("writes",),
    source: str = "ours",
    chapter: str = "",
    kind: str = "store",
    group: str = "",
    calls: int = 0,
    unless: tuple[str, str] = ("", ""),
    bound: str = "trials",
    strength: str = "must",
) -> Callable[[Callable[[Trial], None]], Law]:
    """Make a law of a function. `group` is the name of its module unless given."""

    def made(check: Callable[[Trial], None]) -> Law:
        heading = group or check.__module__.rpartition(".")[2].replace("_", " ")
        return Law(check, claim, level, needs, source, chapter, kind, heading, calls, unless, bound, strength)

    return made


def collect(*modules: object) -> tuple[Law, ...]:
    """The laws of these modules, in the order in which they are written down."""
    return tuple(found for module in modules for found in vars(module).values() if isinstance(found, Law))
