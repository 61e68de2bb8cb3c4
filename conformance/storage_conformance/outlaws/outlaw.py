"""What an outlaw is, as data: a store or combinator that is wrong on purpose, and the law that says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

__all__ = ["Outlaw", "collected", "outlaw"]

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Outlaw:
    """One outlaw. `laws`: those that it is meant to break, each of which must catch it. `wrong`: what is wrong, in a
    sentence. `seen`: where such a thing was met, "" for nowhere. `family`: of a combinator, else "".
    """

    name: str
    factory: Callable[..., Any]
    laws: tuple[str, ...]
    wrong: str
    seen: str = ""
    family: str = ""


def outlaw(*laws: str, wrong: str, seen: str = "", family: str = "") -> Callable[[F], F]:
    """Register a factory: it is an outlaw that breaks `laws`."""

    def registered(factory: F) -> F:
        if family:  # functions inherit none
            factory.family = family  # type: ignore[attr-defined]  # said, to whoever judges it
        factory.outlaw = Outlaw(factory.__name__, factory, laws, wrong, seen, family)  # type: ignore[attr-defined]  # said
        return factory

    return registered


def collected(*modules: object) -> tuple[Outlaw, ...]:
    """The outlaws of these modules, in the order in which they are written down."""
    found = [getattr(each, "__dict__", {}).get("outlaw") for module in modules for each in vars(module).values()]
    return tuple(dict.fromkeys(each for each in found if isinstance(each, Outlaw)))  # one may be imported by another
