"""The laws of every store and of every mapping. Those of single combinators are in `combinators`."""

from ..law import Law, collect
from . import (
    durability,
    get_and_put,
    histories,
    interrupted,
    kills,
    listing,
    mapping_durability,
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
    interrupted,
    threads,
    kills,
    durability,
    mappings,
    mapping_durability,
)
