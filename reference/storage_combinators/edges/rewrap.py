"""A tree of stores as data: its ports, its nodes, and the same tree made again. Plain functions, by identity. Ours.

A node is a store, or a filter that a store writes to (a dataclass that can be called, such as Queue or Copier).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, fields, is_dataclass, replace
from typing import Any, TypeGuard, TypeVar

from ..store import Store

__all__ = ["is_filter", "is_store", "nodes", "plain_fields", "ports", "rewrap"]

V = TypeVar("V")
VERBS = ("get", "put", "merge", "delete", "swap", "refs")


def is_store(value: object) -> TypeGuard[Store[Any]]:
    """Has it all six verbs? Classes have them too, and are none."""
    return not isinstance(value, type) and all(callable(getattr(value, verb, None)) for verb in VERBS)


def is_filter(value: object) -> bool:
    """Is it a dataclass that can be called and is no store?"""
    return is_dataclass(value) and callable(value) and not isinstance(value, type) and not is_store(value)


def ports(node: object) -> dict[str, Any]:
    """What `node` stands on, by the name of the place: ``fast``, ``sources[0]``, ``routes['a']``. State is no port."""
    return {name: value for field in _shown(node) for name, value in _found(field.name, getattr(node, field.name))}


def plain_fields(node: object) -> dict[str, Any]:
    """The fields that repr shows and that hold no node."""
    values = ((field.name, getattr(node, field.name)) for field in _shown(node))
    return {name: value for name, value in values if not any(_found(name, value))}


def nodes(root: object) -> list[Any]:
    """Every node of the tree once, those that it stands on before it; ValueError for one that contains itself."""
    done: dict[int, Any] = {}
    _visit(root, done, {})
    return list(done.values())


def rewrap(root: Store[V], wrap: Callable[[Any], Any], wrap_filter: Callable[[Any], Any] = lambda node: node) -> Any:
    """The tree made again from below, each store being ``wrap(it, on what its ports have become)``.

    A node in two places is wrapped once and stays one. Plain fields and state are kept: both trees share them.
    Filters follow to the new stores and go through `wrap_filter`. ValueError for a tree that contains itself.

    >>> from storage_combinators import Memory, PassThrough
    >>> rewrap(PassThrough(Memory()), PassThrough)
    PassThrough(source=PassThrough(source=PassThrough(source=Memory())))
    """
    made: dict[int, Any] = {}
    for node in nodes(root):  # what a node stands on comes first, so its replacement is known
        change = {field.name: _moved(getattr(node, field.name), made) for field in _shown(node) if field.init}
        moved = {name: value for name, value in change.items() if value is not getattr(node, name)}
        again = replace(node, **moved) if moved else node
        made[id(node)] = wrap(again) if is_store(node) else wrap_filter(again)
    return made[id(root)]


def _shown(node: object) -> Iterator[Field[Any]]:
    if is_dataclass(node) and not isinstance(node, type):
        yield from (field for field in fields(node) if field.repr)


def _found(name: str, value: object) -> Iterator[tuple[str, Any]]:
    if is_store(value) or is_filter(value):
        yield name, value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _found(f"{name}[{str(key)!r}]", part)
    elif isinstance(value, tuple | list):
        for place, part in enumerate(value):
            yield from _found(f"{name}[{place}]", part)


def _moved(value: Any, made: dict[int, Any]) -> Any:
    """`value` with each node in it replaced; the very same value when there is none."""
    if not any(_found("", value)):
        return value
    if isinstance(value, Mapping):
        return {key: _moved(part, made) for key, part in value.items()}
    if isinstance(value, tuple | list):
        moved = [_moved(part, made) for part in value]
        return getattr(value, "_make", type(value))(moved)  # a named tuple has its own way
    return made[id(value)]


def _visit(node: object, done: dict[int, Any], path: dict[int, str]) -> None:
    if id(node) in path:
        raise ValueError(f"a store contains itself: {' / '.join([*path.values(), type(node).__name__])}")
    if id(node) not in done:
        inside = {**path, id(node): type(node).__name__}
        for part in ports(node).values():
            _visit(part, done, inside)
        done[id(node)] = node
