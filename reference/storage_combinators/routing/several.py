"""What combinators of several sources have in common: a listing of all, and what is visible brought up. Ours."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

from ..functions import look
from ..ref import Ref
from ..store import MISSING, Conflict, Depth, Gets, Store

__all__ = ["copy_up", "once"]

V = TypeVar("V")


def once(sources: Iterable[Store[Any]], base: Ref, depth: Depth) -> Iterator[Ref]:
    """The listings of all `sources`, each ref once."""
    told: set[Ref] = set()
    for source in sources:
        for ref in source.refs(base, depth):
            if ref not in told:
                told.add(ref)
                yield ref


def copy_up(whole: Gets[V], upper: Store[V], ref: Ref) -> bool:
    """Make `upper` hold what is visible at `ref` of the `whole`, so that it can be changed there. Is there anything?"""
    visible = look(whole, ref)
    if visible is not MISSING:
        with suppress(Conflict):  # upper has a value, and that is the visible one
            upper.swap(ref, MISSING, visible)
    return visible is not MISSING
