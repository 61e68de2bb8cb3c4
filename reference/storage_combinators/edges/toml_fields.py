"""What a class is made from, as its annotations say: for the tables of a TOML file. Ours."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from inspect import Parameter, isclass, signature
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from .toml_values import anything, kinds, parts
from .toml_variables import Wrong

__all__ = ["Field", "fields_of", "of_list", "of_table"]


class Field(NamedTuple):
    """One argument of a constructor by its name."""

    hint: Any
    required: bool


def fields_of(kind: Any) -> dict[str, Field]:
    """What `kind` can be called with, by name."""
    call: Any = kind
    try:
        hints = get_type_hints(kind.__init__ if isclass(kind) and not is_dataclass(kind) else kind)
        parameters = signature(call).parameters.values()
    except (NameError, TypeError, ValueError):  # annotations of somebody who imports them for a type checker only
        hints, parameters = {}, signature(call).parameters.values()
    named = (each for each in parameters if each.kind in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY))
    found = {each.name: Field(hints.get(each.name, Any), each.default is Parameter.empty) for each in named}
    state = {each.name for each in fields(kind) if not (each.repr or each.compare)} if is_dataclass(kind) else ()
    return {name: field for name, field in found.items() if field.required or name not in state}


def of_table(hint: Any) -> tuple[Any, Any]:
    """The hints of the keys and values where a table without a class stands; Wrong where none may."""
    for part in parts(hint):
        origin = get_origin(part) or part
        if isclass(origin) and issubclass(origin, Mapping):
            key, value = get_args(part) or (str, Any)
            return key, value
    if any(map(anything, kinds(hint))):
        return str, Any
    raise Wrong('a table here is a node, and says which: class = "Cache"')


def of_list(hint: Any) -> tuple[Callable[[Iterable[Any]], Any], Callable[[int], Any]]:
    """What a list becomes, and the hint of each place in it; Wrong where none may stand."""
    made = {
        tuple: tuple,
        list: list,
        set: set,
        frozenset: frozenset,
        Sequence: tuple,
        Collection: tuple,
        Iterable: tuple,
    }
    for part in parts(hint):
        make = made.get(get_origin(part) or part)
        if make is not None:
            return make, _hint_at(get_args(part) or (Any, ...))
    if any(map(anything, kinds(hint))):
        return list, _hint_at((Any, ...))
    raise Wrong("no list is meant here")


def _hint_at(inner: tuple[Any, ...]) -> Callable[[int], Any]:
    """Of each place in a list: ``tuple[A, B]`` has two, all others are alike."""
    alike = inner[-1] is ... or len(inner) == 1
    return lambda place: inner[0] if alike else inner[min(place, len(inner) - 1)]
