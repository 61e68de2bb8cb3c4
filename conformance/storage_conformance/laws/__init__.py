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
    swapping,
    threads,
    types_and_copies,
)

__all__ = ["LAWS"]

LAWS: tuple[Law, ...] = collect(
    get_and_put,
    merging,
    swapping,
    listing,
    types_and_copies,
    histories,
    keeping,
    interrupted,
    threads,
    kills,
    faults,
    durability,
    handles,
    mappings,
    mapping_views,
    mapping_methods,
    mapping_durability,
)
