"""Outlaws: stores and combinators that are wrong on purpose, each caught by the law that it breaks; and controls.

``store-conform storage_conformance.outlaws:KeepsTheFirst`` judges one; ``python -m storage_conformance.outlaws`` all.
"""

from collections.abc import Callable
from typing import Any

from . import (
    bounding,
    caching,
    changing,
    choosing,
    claiming,
    combinators,
    expiring,
    failures,
    faulty,
    gathered,
    guarding,
    guards,
    holding,
    listing,
    many,
    mappings,
    metering,
    methods,
    nearer,
    observing,
    on_disk,
    on_the_wire,
    pacing,
    pieces,
    quotas,
    recalling,
    remembering,
    reopening,
    reopening_mappings,
    replicated,
    right,
    right_mappings,
    routing,
    sealed,
    spelling,
    spelt,
    standing_in,
    swapping,
    threads,
    unplugged,
    writing_back,
)  # fmt: skip  # one word each
from .outlaw import Outlaw, collected

__all__ = ["CONTROLS", "OUTLAWS", "Outlaw"]

OUTLAWS: tuple[Outlaw, ...] = collected(
    *(holding, spelling, swapping, listing, remembering, claiming, on_disk, mappings, methods, threads, faulty),
    *(changing, guarding, guards, pacing, failures, routing, caching, writing_back, observing, unplugged),
    *(expiring, bounding, metering, recalling),
    *(reopening, reopening_mappings),
    *(spelt, sealed, pieces, quotas, choosing),
    *(standing_in, gathered, replicated, on_the_wire),
)
_RIGHT = (
    combinators,
    nearer,
    guards,
    pacing,
    failures,
    expiring,
    bounding,
    metering,
    recalling,
    spelt,
    sealed,
    pieces,
    quotas,
    many,
    replicated,
)
CONTROLS: tuple[Callable[..., Any], ...] = (
    right.Plain, right.Narrow, right.Listed, right.CopyOnWrite, right.Sharded, right.Folder, right.LogFile,
    right.Sqlite, right_mappings.Entries, right_mappings.NarrowEntries, right_mappings.FolderEntries,
    on_the_wire.KeepsToTheWire,
    *(getattr(module, name) for module in _RIGHT for name in module.__all__ if name != "parts"),
)  # fmt: skip  # stores in memory and in a directory, mappings, combinators


def __getattr__(name: str) -> Any:
    """The factory of an outlaw or control by its name."""
    for factory in [*(each.factory for each in OUTLAWS), *CONTROLS]:
        if factory.__name__ == name:
            return factory
    raise AttributeError(f"there is no outlaw {name!r}")
