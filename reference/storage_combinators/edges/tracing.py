"""traced: a tree, each node traced (paper, section 9: what path through the tree did we take?). Plain functions."""

from collections.abc import Callable
from time import perf_counter
from typing import Any, TypeVar

from ..observing.spans import Span, Trace
from ..observing.traced import Traced
from ..store import Store
from .rewrap import is_store, nodes, ports, rewrap

__all__ = ["places", "traced"]

V = TypeVar("V")


def traced(tree: Store[V], tell: Callable[[Span], object], clock: Callable[[], float] = perf_counter) -> Store[V]:
    """The same tree, each of whose operations is handed to `tell` as a tree of spans: ``traced(t, tell) ≈ t``.

    Every store in it is in a Traced, a shared one in one; data and state are those of `tree`, which itself is not
    changed and costs what it did. What a thread that `tree` starts is asked for is inside the operation only if the
    thread runs in its context (contextvars.copy_context); else, or if that has ended, it is told by itself.
    ValueError for a tree that contains itself.

    >>> from storage_combinators import Cache, Json, Memory, Ref
    >>> spans = []; tree = traced(Cache(Memory(), Json(Memory())), spans.append); tree.put(Ref("a"), 1)
    >>> for span in spans[0].spans: print(span)
    delete a at fast (Memory): done
    put a at slow (Json): done
    delete a at fast (Memory): done
    """
    named, trace = places(tree), Trace(tell, clock)
    below = iter([named[id(node)] for node in nodes(tree) if is_store(node)])  # rewrap goes in this order
    return rewrap(tree, lambda node: Traced(node, trace, next(below)))  # type: ignore[no-any-return]  # of one's kind


def places(tree: Store[Any]) -> dict[int, str]:
    """Where each node is, by its identity: the ports that lead to it from the root, ``slow.source``; the first way."""
    found: dict[int, str] = {}

    def visit(node: object, place: str) -> None:
        if id(node) not in found:
            found[id(node)] = place
            for port, part in ports(node).items():
                visit(part, f"{place}.{port}" if place else port)

    nodes(tree)  # for the ValueError
    visit(tree, "")
    return found
