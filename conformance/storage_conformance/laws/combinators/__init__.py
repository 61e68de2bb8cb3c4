"""Laws of combinators: each is about a constructor, which the suite calls with sources of its own."""

from ...law import Law, collect
from . import (
    bounded,
    cache,
    cascading,
    choosing,
    codec,
    copier,
    counting,
    drawing,
    failures,
    gathering,
    guards,
    history,
    locked,
    logging,
    measuring,
    merging,
    mount,
    names,
    negative,
    overlay,
    pacing,
    pass_through,
    pieces,
    provenance,
    queue,
    quota,
    redirect,
    relative,
    replicas,
    sequential,
    shard,
    standing_in,
    switch,
    ttl,
    values,
    write_back,
    write_through,
)
from .rig import Family

__all__ = ["COMBINATOR_LAWS", "FAMILIES"]

_MODULES = (
    pass_through, relative, codec, switch, mount, sequential, cache, write_back,
    logging, copier, queue, merging, locked, cascading, redirect, guards, pacing, failures, drawing,
    write_through, negative, ttl, bounded, counting, measuring, history, provenance,
    names, values, pieces, quota, choosing,
    standing_in, gathering, overlay, replicas, shard,
)  # fmt: skip  # in the order of the book
COMBINATOR_LAWS: tuple[Law, ...] = collect(*_MODULES)
FAMILIES: dict[str, Family] = {
    each.name: each for module in _MODULES for each in vars(module).values() if isinstance(each, Family)
}
