"""compose: a stack out of a description, for trees that come from a table or a file (paper, section 4.1, figure 23)."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

from ..store import Store
from .rewrap import is_filter, is_store

__all__ = ["compose"]


def compose(description: list[Any]) -> Store[Any]:
    """The stack that `description` lists, outermost first: ``compose([A, B, C]) == A(B(C()))``.

    Each element is the source of the one before: a class is instantiated, an instance used as it is, a function
    (``partial(Relative, base=Ref("tasks"))``) called with its source; a list inside the list is several sources, a
    dict is named fields, or routes where its keys name no fields. As a source or in a dict a list is a stack again.
    ValueError says where in the description something is wrong, in one line.

    >>> from storage_combinators import Cache, Json, Memory, Sequential
    >>> compose([Cache, {"fast": Memory, "slow": [Json, Memory]}])
    Cache(fast=Memory(), slow=Json(source=Memory()))
    >>> compose([Sequential, [Memory, [Json, Memory]]])
    Sequential(sources=(Memory(), Json(source=Memory())))
    """
    store = _node(_built(description, "description"), "description")
    if not is_store(store):
        raise ValueError(f"description: a {type(store).__name__} is a filter, no store")
    return store


def _built(part: Any, where: str) -> Any:
    """A list as a stack, a dict as a dict of what it describes, a class as an instance; all else is itself."""
    if isinstance(part, list):
        return _stack(part, where)
    if isinstance(part, dict):
        return {key: _built(value, f"{where}[{key!r}]") for key, value in part.items()}
    return _made(part, where) if isinstance(part, type) else part


def _stack(parts: list[Any], where: str) -> Any:
    if not parts:
        raise ValueError(f"{where}: an empty list describes no store")
    *outer, last = parts
    place = len(outer)
    if outer and isinstance(last, list | dict):
        made = _node(_over(outer.pop(), last, where, place), f"{where}[{place - 1}]")
    else:
        made = _node(_built(last, f"{where}[{place}]"), f"{where}[{place}]")
    for place in range(len(outer) - 1, -1, -1):
        made = _node(_made(outer[place], f"{where}[{place}]", made), f"{where}[{place}]")
    return made


def _over(kind: Any, sources: list[Any] | dict[Any, Any], where: str, place: int) -> Any:
    """`kind` on several sources, on named fields, or on routes."""
    inside, here = f"{where}[{place}]", f"{where}[{place - 1}]"
    if isinstance(sources, list) and sources:
        several = (_node(_built(part, f"{inside}[{n}]"), f"{inside}[{n}]") for n, part in enumerate(sources))
        return _made(kind, here, tuple(several))
    built = _built(sources, inside)  # of an empty list: the error that it deserves
    if built and built.keys() <= _fields(kind):
        return _made(kind, here, **built)
    return _made(kind, here, {key: _node(part, f"{inside}[{key!r}]") for key, part in built.items()})


def _fields(kind: object) -> set[str]:
    return {field.name for field in fields(kind)} if is_dataclass(kind) else set()


def _made(kind: Callable[..., Any], where: str, *sources: Any, **named: Any) -> Any:
    if not callable(kind) or is_store(kind):
        raise ValueError(f"{where}: a {type(kind).__name__} stands before another element, but takes no source")
    try:
        return kind(*sources, **named)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{where}: {error}") from error


def _node(made: Any, where: str) -> Any:
    if is_store(made) or is_filter(made):
        return made
    raise ValueError(f"{where}: a {type(made).__name__} is no store")
