"""The laws of every store and of every mapping. Those of single combinators are in `combinators`."""

from ..law import Law, collect
from . import (
    durability,
    faults,
    get_and_put,
    handles,
    histories,
    interrupted,
    keeping,
    kills,
    listing,
    mapping_durability,
    mapping_methods,
    mapping_views,
    mappings,
    merging,
    power,
    swapping,
    threads,
    types_and_copies,
    wire,
)

__all__ = ["LAWS"]

LAWS: tuple[Law, ...] = collect(
    get_and_put,
    mappings,
    merging,
    swapping,
    listing,
    mapping_views,
    mapping_methods,
    types_and_copies,
    histories,
    keeping,
    interrupted,
    threads,
    kills,
    faults,
    power,
    durability,
    mapping_durability,
    handles,
    wire,
)
